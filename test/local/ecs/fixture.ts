/** ECS with its neighbours over one state folder, an image whose containers do what their command says, and a Home. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { createEcs, type EcsOptions } from '../../../local/ecs/ecs.ts';
import { createEfs } from '../../../local/efs/efs.ts';
import { createIam } from '../../../local/iam/iam.ts';
import type { StandIn } from '../../../local/stand-in.ts';
import { type AwsServer, createAwsServer } from '../aws-server.ts';

const image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/assets:hash';
const uid = 100_200;
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' as const } };

export interface EcsFixture {
	server: AwsServer;
	client: ECSClient;
	cluster: string;
	roleArn: string;
	/** the Home's folder on this machine */
	home: string;
	ecs(): StandIn;
	/** what a new start of the stack does, without a word to the old one */
	restart(options?: EcsOptions): Promise<void>;
	/** registers a definition whose container runs the script */
	register(family: string, script: string, more?: Record<string, unknown>): Promise<string>;
	run(taskDefinition: string, more?: Record<string, unknown>): Promise<Task>;
	/** the event of that task with that status */
	reached(task: Task, lastStatus: string): Promise<Record<string, unknown>>;
	/** resolves once the Home has that file */
	wrote(name: string): Promise<string>;
	close(): Promise<void>;
}

export const createEcsFixture = async (): Promise<EcsFixture> => {
	const server = await createAwsServer();
	const context = join(server.state, 'context');
	mkdirSync(context);
	writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nENTRYPOINT ["/bin/bash", "-c"]\n');
	server.images.set(image, { directory: context });

	let current: StandIn;
	let home = '';
	let cluster = '';
	let roleArn = '';
	let definitionVolumes: unknown;
	const begin = async (options: EcsOptions = {}): Promise<void> => {
		const world = server.world();
		const [iam, efs] = [createIam(world), createEfs(world)];
		current = createEcs(world, { efs, iam }, options);
		server.serve(iam, efs, current);
		const fs = (await efs.create(server.resource('AWS::EFS::FileSystem', {}))).ref;
		roleArn = (await iam.create(server.resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [] } }, 'Home'))).attributes.Arn ?? '';
		cluster = (await current.create(server.resource('AWS::ECS::Cluster', {}))).attributes.Arn ?? '';
		if (!home) {
			const made = await efs.endpoints?.EFS?.({
				method: 'POST',
				path: '/2015-02-01/access-points',
				query: new URLSearchParams(),
				headers: {},
				principal: { roleArn, sessionName: 'test' },
				body: Buffer.from(
					JSON.stringify({
						ClientToken: 'home',
						FileSystemId: fs,
						RootDirectory: { Path: `/homes/${uid}`, CreationInfo: { OwnerUid: uid, OwnerGid: uid, Permissions: '0700' } },
					}),
				),
			});
			const { AccessPointId: accessPointId } = JSON.parse(String(made?.body));
			home = efs.mount(fs, accessPointId);
			definitionVolumes = [
				{
					name: 'home',
					efsVolumeConfiguration: { fileSystemId: fs, transitEncryption: 'ENABLED', authorizationConfig: { accessPointId, iam: 'ENABLED' } },
				},
			];
		}
		await current.start?.();
	};
	await begin();
	const client = new ECSClient(server.client('ecs'));
	// the tests' processes write into it as root and as others
	chmodSync(home, 0o777);

	return {
		server,
		client,
		get cluster() {
			return cluster;
		},
		roleArn,
		home,
		ecs: () => current,
		restart: begin,
		register: async (family, script, more = {}) => {
			const { taskDefinition } = await client.send(
				new RegisterTaskDefinitionCommand({
					family,
					networkMode: 'awsvpc',
					requiresCompatibilities: ['FARGATE'],
					cpu: '1024',
					memory: '2048',
					taskRoleArn: roleArn,
					volumes: definitionVolumes as never,
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
				new RunTaskCommand({ cluster, taskDefinition, launchType: 'FARGATE', networkConfiguration: network, ...more }),
			);
			if (!tasks?.[0]) throw new Error('no task was made');
			return tasks[0];
		},
		reached: (task, lastStatus) => server.event((detail) => detail.taskArn === task.taskArn && detail.lastStatus === lastStatus),
		wrote: async (name) => {
			while (!readdirSync(home).includes(name)) await new Promise((resolve) => setTimeout(resolve, 5));
			return readFileSync(join(home, name), 'utf8');
		},
		close: async () => {
			await current.stop?.();
			await server.close();
		},
	};
};
