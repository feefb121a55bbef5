/** What a task asks the machine about itself: its role's credentials and its metadata. Not signed: each address or token is the task's own. */
import { timingSafeEqual } from 'node:crypto';
import type { AwsResponse, OpenHandler, World } from '../stand-in.ts';
import { taskPaths } from './environment.ts';
import { describeTask } from './machine/describe.ts';
import type { Definition, TaskRecord } from './machine/state.ts';

interface InsideDeps {
	world: World;
	/** a task that isn't over, by its id */
	find(id: string): { task: TaskRecord; definition: Definition } | undefined;
	/** what the task must show for its credentials */
	tokenOf(task: TaskRecord): string;
}

/** ms; documented: about six hours, renewed well before their end */
const credentialsLife = 6 * 3_600_000;

const json = (status: number, body: unknown): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/json' },
	body: JSON.stringify(body),
});

const same = (shown: string, wanted: string): boolean => {
	const [a, b] = [Buffer.from(shown), Buffer.from(wanted)];
	return a.length === b.length && timingSafeEqual(a, b);
};

/** documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html */
const containerMetadata = (task: TaskRecord): Record<string, unknown>[] =>
	task.containers.map((one) => ({
		DockerId: one.runtimeId,
		Name: one.name,
		DockerName: one.name,
		Image: one.image,
		Labels: {
			'com.amazonaws.ecs.cluster': task.cluster,
			'com.amazonaws.ecs.container-name': one.name,
			'com.amazonaws.ecs.task-arn': task.arn,
			'com.amazonaws.ecs.task-definition-family': task.family,
			'com.amazonaws.ecs.task-definition-version': task.definition.split(':').at(-1),
		},
		DesiredStatus: task.desiredStatus,
		KnownStatus: one.lastStatus,
		CreatedAt: new Date(task.createdAt).toISOString(),
		...(task.startedAt === undefined ? {} : { StartedAt: new Date(task.startedAt).toISOString() }),
		Type: 'NORMAL',
		ContainerARN: one.arn,
	}));

const taskMetadata = (task: TaskRecord): Record<string, unknown> => ({
	Cluster: task.cluster,
	TaskARN: task.arn,
	Family: task.family,
	Revision: task.definition.split(':').at(-1),
	DesiredStatus: task.desiredStatus,
	KnownStatus: task.lastStatus,
	Limits: { CPU: Number(task.cpu) / 1024, Memory: Number(task.memory) },
	...(task.pullStartedAt === undefined ? {} : { PullStartedAt: new Date(task.pullStartedAt).toISOString() }),
	...(task.pullStoppedAt === undefined ? {} : { PullStoppedAt: new Date(task.pullStoppedAt).toISOString() }),
	AvailabilityZone: describeTask(task, false).availabilityZone,
	LaunchType: 'FARGATE',
	Containers: containerMetadata(task),
});

export const createInside = ({ world, find, tokenOf }: InsideDeps): OpenHandler => {
	const credentials = (task: TaskRecord, roleArn: string): AwsResponse => {
		const { accessKeyId, secretAccessKey, sessionToken } = world.credentials.issue({ roleArn, sessionName: task.id });
		const expiration = new Date(world.now().getTime() + credentialsLife).toISOString();
		return json(200, { RoleArn: roleArn, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration });
	};
	return async ({ method, path, headers }) => {
		const [, kind, id = '', ...rest] = path.split('/');
		const found = find(id);
		if (method !== 'GET' || !found) return json(404, { message: 'not found' });
		const { task, definition } = found;
		const roleArn = task.overrides.taskRoleArn ?? definition.spec.taskRoleArn;
		if (kind === taskPaths.credentials && rest.length === 0) {
			if (roleArn === undefined || !same(headers.authorization ?? '', tokenOf(task))) return json(403, { message: 'not allowed' });
			return credentials(task, roleArn);
		}
		if (kind === taskPaths.metadata && rest.length === 0) return json(200, containerMetadata(task)[0]);
		if (kind === taskPaths.metadata && rest.join('/') === 'task') return json(200, taskMetadata(task));
		return json(404, { message: `local mode doesn't cover ${path}` });
	};
};
