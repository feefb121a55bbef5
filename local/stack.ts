/** The whole stack on one machine: stand-ins from the cloud assembly, the two servers, start and orderly end. */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createApiGateway } from './api-gateway/api-gateway.ts';
import { addressRewriter } from './assembly/addresses.ts';
import { deploy } from './assembly/deploy.ts';
import { readAssembly } from './assembly/read.ts';
import { createCloudFormation } from './cloud-formation/cloud-formation.ts';
import { writeWhole } from './disk.ts';
import { createDynamoDb } from './dynamodb/dynamodb.ts';
import { createEcs } from './ecs/ecs.ts';
import { createEfs } from './efs/efs.ts';
import type { EndpointServer } from './endpoints.ts';
import { createEvents } from './events/events.ts';
import type { BusEvent } from './events/machine.ts';
import type { FaultPlan } from './faults/faults.ts';
import type { FrontServer } from './front.ts';
import { createGate, type Gate } from './gate/gate.ts';
import { createIam } from './iam/iam.ts';
import { createJudge, operatorArn } from './iam/judge.ts';
import { createLambda } from './lambda/stand-in.ts';
import { createMeterEndpoint } from './meters/stand-in.ts';
import { createCloudFront } from './page/cloudfront.ts';
import { createS3 } from './s3/s3.ts';
import { createVerifier } from './sigv4.ts';
import { createSqs } from './sqs/sqs.ts';
import type { StandIn } from './stand-in.ts';
import { createUserPool } from './user-pool/user-pool.ts';
import { account, createWorld, region } from './world.ts';

export interface StackOptions {
	/** absolute path of the cloud assembly */
	assembly: string;
	/** absolute path of the state folder, which exists and is ours */
	state: string;
	key: string | undefined;
	/** both listen already */
	front: FrontServer;
	endpoints: EndpointServer;
	faults: FaultPlan;
	log: (line: string) => void;
	/** a part of the start has ended */
	ended?: (part: string) => void;
}

export interface LocalStack {
	readonly gate: Gate;
	/** processes beside this one: tables, tasks */
	pids(): number[];
	/** what points an SDK here, with the operator's rights */
	operatorEnvironment(): Record<string, string>;
	stop(): Promise<void>;
}

const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' && address ? address.port : 0);

export const startStack = async (options: StackOptions): Promise<LocalStack> => {
	const { state, log, front, endpoints, ended = () => {} } = options;
	const endpointHost = `127.0.0.1:${portOf(endpoints.server.address())}`;
	const port = portOf(front.server.address());
	const assembly = readAssembly(options.assembly);
	const standIns: StandIn[] = [];
	let publish = (_: BusEvent): void => {};
	const world = createWorld({
		state,
		assembly,
		endpointBase: `http://${endpointHost}`,
		pageBase: `http://localhost:${port}`,
		standIns: () => standIns,
		publish: (event) => publish(event),
		log,
		faults: options.faults,
	});

	const iam = createIam(world);
	const efs = createEfs(world, iam);
	const dynamoDb = createDynamoDb(world);
	const ecs = createEcs(world, { efs, iam });
	const userPool = createUserPool(world);
	const sqs = createSqs(world, createJudge({ iam, account }));
	const lambda = createLambda(world, sqs);
	const gateway = createApiGateway(world, lambda);
	const events = createEvents(world, lambda, sqs);
	const s3 = createS3(world);
	const cloudFront = createCloudFront(s3, gateway);
	const cloudFormation = createCloudFormation(world);
	const meters = createMeterEndpoint(world);
	publish = events.publish;
	// begun in this order; schedules last, since they call everything else
	standIns.push(iam, efs, dynamoDb, userPool, sqs, lambda, gateway, s3, cloudFront, cloudFormation, ecs, meters, events);

	const rewrite = addressRewriter({ endpoints: world.endpointBase, page: world.pageBase, region });
	cloudFormation.show(await deploy({ assembly, standIns, rewrite, region, account }));
	ended('resources');
	const gate = createGate({ folder: state, key: options.key, port, open: userPool.passesGate, now: Date.now });
	const verify = createVerifier(world.credentials, () => world.now().getTime());
	const judge = createJudge({ iam, account });
	const apiArn = `arn:aws:execute-api:${region}:${account}`;
	endpoints.serve({ standIns, gateway, verify, judge, apiArn, host: endpointHost, log });
	for (const standIn of standIns) await standIn.start?.();
	front.serve({ gate, userPool, cloudFront, log });
	ended('stand-ins');
	await events.firstRuns;
	ended('first runs');

	const operatorEnvironment = (): Record<string, string> => {
		const credentials = world.credentials.issue({ roleArn: operatorArn(account), sessionName: 'operator' });
		const [socket] = gateway.sockets();
		return {
			...world.sdkEnvironment(),
			...(socket ? { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `${world.endpointBase}/execute-api/${socket.id}/${socket.stage}` } : {}),
			AWS_DEFAULT_REGION: region,
			AWS_ACCESS_KEY_ID: credentials.accessKeyId,
			AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
			AWS_SESSION_TOKEN: credentials.sessionToken,
		};
	};
	writeWhole(join(state, 'aws-env.json'), JSON.stringify(operatorEnvironment()));

	/** Schedules first, so that nothing is started any more; then tasks, whose agents say goodbye through what is still there. */
	const stopOrder = [events, ecs, gateway, lambda, userPool, dynamoDb, efs, iam, s3, cloudFront, meters];
	return {
		gate,
		pids: () => standIns.flatMap((standIn) => standIn.pids?.() ?? []),
		operatorEnvironment,
		stop: async () => {
			for (const standIn of stopOrder as StandIn[]) await standIn.stop?.();
		},
	};
};
