/** What the contract makes at run time, as the product does: two access points, a role that may mount one of them, definitions, tasks. */
import {
	DeregisterTaskDefinitionCommand,
	DescribeTasksCommand,
	RegisterTaskDefinitionCommand,
	RunTaskCommand,
	type RunTaskCommandInput,
	StopTaskCommand,
	type Task,
} from '@aws-sdk/client-ecs';
import { CreateAccessPointCommand, type CreateAccessPointCommandInput, DeleteAccessPointCommand } from '@aws-sdk/client-efs';
import { CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Sight, Target } from './target.ts';

const uid = 100_777;
/** s until IAM has told everybody of a new role, and names of a new file system's mount targets can be looked up */
const settled = 120;

export interface House {
	roleArn: string;
	/** that the role may mount */
	own: string;
	/** that it may not */
	foreign: string;
	/** that made `own` */
	request: CreateAccessPointCommandInput;
	/** ms since 1970 */
	since: number;
}

export interface Wanted {
	accessPoint: string;
	/** what the probe does at the end */
	end: string;
	stopTimeout?: number;
}

const build = async (target: Target): Promise<House> => {
	const { efs, iam, outputs, kind } = target;
	const name = target.mark();
	const makePoint = async (request: CreateAccessPointCommandInput) => {
		const { AccessPointId = '', AccessPointArn = '' } = await efs.send(new CreateAccessPointCommand(request));
		target.atEnd(() => efs.send(new DeleteAccessPointCommand({ AccessPointId })));
		return { id: AccessPointId, arn: AccessPointArn };
	};
	const point = (folder: string): CreateAccessPointCommandInput => ({
		ClientToken: `${name}-${folder}`,
		FileSystemId: outputs.FileSystem,
		PosixUser: { Uid: uid, Gid: uid },
		RootDirectory: { Path: `/${name}/${folder}`, CreationInfo: { OwnerUid: uid, OwnerGid: uid, Permissions: '0700' } },
	});
	const request = point('own');
	const own = await makePoint(request);
	const foreign = await makePoint(point('foreign'));
	const trust = {
		Version: '2012-10-17',
		Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
	};
	const { Role } = await iam.send(
		new CreateRoleCommand({ RoleName: name, Path: '/shellpod-contract/', AssumeRolePolicyDocument: JSON.stringify(trust) }),
	);
	target.atEnd(() => iam.send(new DeleteRoleCommand({ RoleName: name })));
	const statements = [
		{
			Effect: 'Allow',
			Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
			Resource: outputs.FileSystemArn,
			Condition: { StringEquals: { 'elasticfilesystem:AccessPointArn': own.arn } },
		},
		{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: outputs.ToldRoute },
	];
	const PolicyName = 'home';
	await iam.send(
		new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }),
	);
	target.atEnd(() => iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName })));
	const since = Date.now();
	if (kind === 'account') await target.pause(settled);
	return { roleArn: Role?.Arn ?? '', own: own.id, foreign: foreign.id, request, since };
};

const houses = new WeakMap<Target['ecs'], Promise<House>>();

/** The one of this target, made when it is first asked for. */
export const houseOf = (target: Target): Promise<House> => {
	const found = houses.get(target.ecs) ?? build(target);
	houses.set(target.ecs, found);
	return found;
};

/** Registers a definition of the probe; gives its ARN. */
export const register = async (
	target: Target,
	house: House,
	{ accessPoint, end, stopTimeout = 30 }: Wanted,
	family = target.mark(),
): Promise<string> => {
	const { ecs, outputs } = target;
	const { taskDefinition } = await ecs.send(
		new RegisterTaskDefinitionCommand({
			family,
			networkMode: 'awsvpc',
			requiresCompatibilities: ['FARGATE'],
			cpu: '256',
			memory: '512',
			runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
			executionRoleArn: outputs.ExecutionRole,
			taskRoleArn: house.roleArn,
			volumes: [
				{
					name: 'home',
					efsVolumeConfiguration: {
						fileSystemId: outputs.FileSystem,
						transitEncryption: 'ENABLED',
						authorizationConfig: { accessPointId: accessPoint, iam: 'ENABLED' },
					},
				},
			],
			containerDefinitions: [
				{
					name: 'probe',
					image: outputs.Image,
					essential: true,
					stopTimeout,
					mountPoints: [{ sourceVolume: 'home', containerPath: '/home/dev' }],
					environment: [
						{ name: 'PROBE_API', value: outputs.Http },
						{ name: 'PROBE_END', value: end },
					],
				},
			],
		}),
	);
	const arn = taskDefinition?.taskDefinitionArn ?? '';
	target.atEnd(() => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn })));
	return arn;
};

/** What RunTask is asked for; `mark` is its `startedBy`, and told to the probe. */
export const request = ({ outputs }: Target, taskDefinition: string, mark: string): RunTaskCommandInput => ({
	cluster: outputs.Cluster,
	taskDefinition,
	launchType: 'FARGATE',
	startedBy: mark,
	networkConfiguration: { awsvpcConfiguration: { subnets: outputs.Subnets.split(','), securityGroups: [outputs.Group], assignPublicIp: 'ENABLED' } },
	overrides: { containerOverrides: [{ name: 'probe', environment: [{ name: 'PROBE_MARK', value: mark }] }] },
});

/** Runs one task; it is stopped at the end, if it still runs. */
export const run = async (target: Target, wanted: RunTaskCommandInput): Promise<Task> => {
	const { tasks = [], failures = [] } = await target.ecs.send(new RunTaskCommand(wanted));
	const [task] = tasks;
	if (!task) throw new Error(`no task: ${failures.map(({ reason }) => reason).join()}`);
	target.atEnd(() => target.ecs.send(new StopTaskCommand({ cluster: wanted.cluster, task: task.taskArn })));
	return task;
};

export const lookAt = async ({ ecs, outputs }: Target, task: Task): Promise<Task | undefined> =>
	(await ecs.send(new DescribeTasksCommand({ cluster: outputs.Cluster, tasks: [task.taskArn ?? ''], include: ['TAGS'] }))).tasks?.[0];

/** s that a task may take for anything, an image's pull and the end included */
const patience = 420;

/** The states that ECS told of, until one fits. */
export const told = async (target: Target, mark: string, fits: (all: readonly Sight[]) => boolean): Promise<Sight[]> =>
	target.sights(mark, fits, patience);

export const states = (all: readonly Sight[]): Record<string, unknown>[] =>
	all
		.filter(({ kind }) => kind === 'task')
		.map(({ seen }) => seen)
		.sort((a, b) => Number(a.version) - Number(b.version));

export const isStopped = (all: readonly Sight[]): boolean => states(all).some(({ lastStatus }) => lastStatus === 'STOPPED');
export const hasSaid = (kind: string) => (all: readonly Sight[]) => all.some((sight) => sight.kind === kind);
