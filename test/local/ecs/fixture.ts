/** ECS with its neighbours over one state folder, an image whose containers do what their command says, and a Home. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand, type Task, type Volume } from '@aws-sdk/client-ecs';
import { CreateAccessPointCommand, EFSClient } from '@aws-sdk/client-efs';
import { createEcs, type EcsOptions } from '../../../local/ecs/ecs.ts';
import { createEfs } from '../../../local/efs/efs.ts';
import { type FaultPlan, noPlan } from '../../../local/faults/faults.ts';
import { createIam } from '../../../local/iam/iam.ts';
import type { StandIn } from '../../../local/stand-in.ts';
import { type AwsServer, createAwsServer } from '../aws-server.ts';

const image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:hash';
const uid = 100_200;
const trust = { Statement: { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' } };
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' as const } };

/** What a stack has made, for whoever drives it. */
export interface Made {
	base: string;
	state: string;
	cluster: string;
	roleArn: string;
	/** the Home's folder on this machine */
	home: string;
	volumes: Volume[];
}

export interface Stack {
	server: AwsServer;
	ecs: StandIn;
	made: Made;
}

/** The stand-ins of one start of a stack. */
export const startStack = async (server: AwsServer, options: EcsOptions = {}): Promise<Stack> => {
	const context = join(server.state, 'context');
	mkdirSync(context, { recursive: true });
	writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nENTRYPOINT ["/bin/bash", "-c"]\n');
	server.images.set(image, { directory: context });
	const world = server.world();
	const iam = createIam(world);
	const efs = createEfs(world, iam);
	const ecs = createEcs(world, { efs, iam }, options);
	server.serve(iam, efs, ecs);
	const fileSystemId = (await efs.create(server.resource('AWS::EFS::FileSystem', {}))).ref;
	const role = await iam.create(server.resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust }, 'Home'));
	const cluster = await ecs.create(server.resource('AWS::ECS::Cluster', {}));
	const { AccessPointId: accessPointId = '' } = await new EFSClient(server.client('efs'))
		.send(
			new CreateAccessPointCommand({
				ClientToken: 'home',
				FileSystemId: fileSystemId,
				RootDirectory: { Path: `/homes/${uid}`, CreationInfo: { OwnerUid: uid, OwnerGid: uid, Permissions: '0700' } },
			}),
		)
		// at a second start it is there
		.catch((error: { AccessPointId?: string }) => error);
	const home = efs.mount(fileSystemId, accessPointId, { role: undefined, session: 'test', tls: true }).folder;
	// the tests' processes write into it as root and as others
	chmodSync(home, 0o777);
	await ecs.start?.();
	return {
		server,
		ecs,
		made: {
			base: server.base,
			state: server.state,
			cluster: cluster.attributes.Arn ?? '',
			roleArn: role.attributes.Arn ?? '',
			home,
			volumes: [
				{
					name: 'home',
					efsVolumeConfiguration: { fileSystemId, transitEncryption: 'ENABLED', authorizationConfig: { accessPointId, iam: 'ENABLED' } },
				},
			],
		},
	};
};

export interface Driver {
	client: ECSClient;
	/** registers a definition whose container runs the script */
	register(family: string, script: string, more?: Record<string, unknown>): Promise<string>;
	run(taskDefinition: string, more?: Record<string, unknown>): Promise<Task>;
	/** resolves once the Home has that file */
	wrote(name: string): Promise<string>;
}

/** Drives a stack by its API. */
export const createDriver = (made: Made): Driver => {
	const client = new ECSClient({
		endpoint: `${made.base}/ecs`,
		region: 'us-east-1',
		credentials: { accessKeyId: 'ASIAX', secretAccessKey: 'x' },
		maxAttempts: 1,
	});
	return {
		client,
		register: async (family, script, more = {}) => {
			const { taskDefinition } = await client.send(
				new RegisterTaskDefinitionCommand({
					family,
					networkMode: 'awsvpc',
					requiresCompatibilities: ['FARGATE'],
					cpu: '1024',
					memory: '2048',
					taskRoleArn: made.roleArn,
					volumes: made.volumes,
					containerDefinitions: [
						{
							name: 'session',
							image,
							command: [script],
							stopTimeout: 2,
							environment: [{ name: 'FROM_DEFINITION', value: 'yes' }],
							linuxParameters: { initProcessEnabled: true },
							mountPoints: [{ sourceVolume: 'home', containerPath: '/home/dev' }],
							...more,
						},
					],
				}),
			);
			return taskDefinition?.taskDefinitionArn ?? '';
		},
		run: async (taskDefinition, more = {}) => {
			const { tasks } = await client.send(
				new RunTaskCommand({ cluster: made.cluster, taskDefinition, launchType: 'FARGATE', networkConfiguration: network, ...more }),
			);
			if (!tasks?.[0]) throw new Error('no task was made');
			return tasks[0];
		},
		wrote: async (name) => {
			while (!readdirSync(made.home).includes(name)) await new Promise((resolve) => setTimeout(resolve, 5));
			return readFileSync(join(made.home, name), 'utf8');
		},
	};
};

export interface EcsFixture extends Driver, Stack {
	/** the event of that task with that status */
	reached(task: Task, lastStatus: string): Promise<Record<string, unknown>>;
	close(): Promise<void>;
}

/** @param faults what goes wrong; default nothing */
export const createEcsFixture = async (faults: FaultPlan = noPlan): Promise<EcsFixture> => {
	const stack = await startStack(await createAwsServer({ faults }));
	const { server, ecs, made } = stack;
	return {
		...stack,
		...createDriver(made),
		reached: (task, lastStatus) => server.event((detail) => detail.taskArn === task.taskArn && detail.lastStatus === lastStatus),
		close: async () => {
			await ecs.stop?.();
			await server.close();
		},
	};
};
