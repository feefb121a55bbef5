/** What the operator's command meets, over the wire: the stand-ins of CloudFormation and the user pool, a real table, and @connections that tests script. */

import type { DeployedStack } from '../../local/assembly/deploy.ts';
import { createCloudFormation } from '../../local/cloud-formation/cloud-formation.ts';
import type { AwsResponse } from '../../local/stand-in.ts';
import { operationOf } from '../../local/user-pool/needs.ts';
import type { UserPoolStandIn } from '../../local/user-pool/user-pool.ts';
import { createUserPool } from '../../local/user-pool/user-pool.ts';
import { openShellPod } from '../../operator/open.ts';
import type { Screen, ShellPod } from '../../operator/shellpod.ts';
import { type AwsServer, createAwsServer } from '../local/aws-server.ts';
import { type AnsweringServer, startAnsweringServer } from '../support/answering-server.ts';
import { startTable, type TestTable } from '../support/dynoxide.ts';

export const page = 'https://d1.cloudfront.example';
export const everybodys = { sessions: 10, startsPerHour: 30, createsPerDay: 20 };

export interface Served {
	aws: AwsServer;
	table: TestTable;
	connections: AnsweringServer;
	userPool: UserPoolStandIn;
	/** what the account's stacks are */
	show(stacks: DeployedStack[]): void;
	/** the two stacks of a deployment */
	stacks(name?: string, outputs?: Record<string, string>): DeployedStack[];
	/** An answer instead of the user pool's own. */
	fault: ((operation: string) => AwsResponse | undefined) | undefined;
	/** operations that the user pool was asked for */
	asked: string[];
	now: Date;
	open(deployment?: string): Promise<ShellPod>;
	stop(): Promise<void>;
}

/** An error as the user pools API has it. */
export const refusal = (code: string, message = 'words of AWS', status = 400): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/x-amz-json-1.1' },
	body: JSON.stringify({ __type: code, message }),
});

export const serve = async (): Promise<Served> => {
	const [aws, table, connections] = await Promise.all([createAwsServer(), startTable(), startAnsweringServer()]);
	const world = aws.world();
	const userPool = createUserPool(world);
	const cloudFormation = createCloudFormation(world);
	const { ref: pool } = await userPool.create(aws.resource('AWS::Cognito::UserPool', {}, 'Users'));
	const api = userPool.endpoints?.COGNITO_IDENTITY_PROVIDER;
	if (!api) throw new Error('the user pool has no API');
	const told = async (request: Parameters<typeof api>[0]): Promise<AwsResponse> => {
		served.asked.push(operationOf(request));
		return served.fault?.(operationOf(request)) ?? api(request);
	};
	aws.serve({ ...userPool, endpoints: { COGNITO_IDENTITY_PROVIDER: told } }, cloudFormation);
	connections.answer = () => ({ status: 410, body: '' });
	const served: Served = {
		aws,
		table,
		connections,
		userPool,
		show: cloudFormation.show,
		stacks: (name = 'shellpod', outputs = {}) => {
			const stack = (part: string, description: string, all: Record<string, string>): DeployedStack => ({
				name: `${name}-${part}`,
				id: `arn:aws:cloudformation:us-east-1:123456789012:stack/${name}-${part}/1`,
				description,
				outputs: Object.entries({ ...all, ...outputs }).flatMap(([key, value]) => (value === '' ? [] : [{ key, value }])),
			});
			return [
				stack('data', 'ShellPod: what holds data', { UserPoolId: pool, TableName: table.table.name }),
				stack('app', 'ShellPod: control plane, sessions, page', {
					PageAddress: page,
					Connections: `${connections.url}/ws`,
					Limits: JSON.stringify(everybodys),
				}),
			];
		},
		fault: undefined,
		asked: [],
		now: new Date(),
		open: (deployment = 'shellpod') =>
			openShellPod({
				identity: { region: 'us-east-1', accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
				environment: {
					AWS_ENDPOINT_URL_CLOUDFORMATION: `${aws.base}/cloudformation`,
					AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `${aws.base}/cognito_identity_provider`,
					AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
				},
				deployment,
				by: 'olga',
				wait: () => Promise.resolve(),
				now: () => served.now,
				log: { info: () => {}, warn: () => {}, error: () => {} },
			}),
		stop: async () => {
			await Promise.all([aws.close(), table.stop(), connections.stop()]);
		},
	};
	served.show(served.stacks());
	return served;
};

/** Keeps what is said; `answers` are given one after the other. */
export const paper = (...answers: string[]): Screen & { lines: string[] } => {
	const lines: string[] = [];
	return { lines, say: (line) => void lines.push(line), ask: async () => answers.shift() };
};
