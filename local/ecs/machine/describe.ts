/** A task as ECS tells it: in answers with times as seconds, in events with times as text. */
import type { TaskRecord } from './state.ts';

type TimeForm = (at: number) => number | string;

const address = (id: string): string => `10.0.${Number.parseInt(id.slice(0, 2), 16)}.${Number.parseInt(id.slice(2, 4), 16)}`;

const form = (task: TaskRecord, time: TimeForm, eniType: string): Record<string, unknown> => {
	const times = {
		createdAt: task.createdAt,
		connectivityAt: task.pullStartedAt,
		pullStartedAt: task.pullStartedAt,
		pullStoppedAt: task.pullStoppedAt,
		startedAt: task.startedAt,
		stoppingAt: task.stoppingAt,
		executionStoppedAt: task.executionStoppedAt,
		stoppedAt: task.stoppedAt,
	};
	const connected = task.pullStartedAt !== undefined;
	const gone = task.lastStatus === 'STOPPED';
	return {
		attachments: [
			{
				id: `${task.id.slice(0, 8)}-${task.id.slice(8, 12)}-4${task.id.slice(13, 16)}-8${task.id.slice(17, 20)}-${task.id.slice(20)}`,
				type: eniType,
				status: gone ? 'DELETED' : connected ? 'ATTACHED' : 'PRECREATED',
				details: [
					{ name: 'subnetId', value: task.subnet },
					{ name: 'privateIPv4Address', value: address(task.id) },
				],
			},
		],
		availabilityZone: `${task.arn.split(':')[3]}a`,
		clusterArn: task.cluster,
		...(connected ? { connectivity: 'CONNECTED' } : {}),
		containers: task.containers.map((one) => ({
			containerArn: one.arn,
			taskArn: task.arn,
			name: one.name,
			image: one.image,
			lastStatus: one.lastStatus,
			...(one.exitCode === undefined ? {} : { exitCode: one.exitCode }),
			...(one.reason === undefined ? {} : { reason: one.reason }),
			runtimeId: one.runtimeId,
			networkInterfaces: connected ? [{ privateIpv4Address: address(task.id) }] : [],
			cpu: '0',
		})),
		cpu: task.cpu,
		memory: task.memory,
		desiredStatus: task.desiredStatus,
		enableExecuteCommand: false,
		group: task.group,
		lastStatus: task.lastStatus,
		launchType: 'FARGATE',
		platformFamily: 'Linux',
		platformVersion: '1.4.0',
		overrides: { containerOverrides: task.containers.map(({ name }) => ({ name })), ...task.overrides },
		...(task.startedBy === undefined ? {} : { startedBy: task.startedBy }),
		...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
		...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
		taskArn: task.arn,
		taskDefinitionArn: task.definition,
		version: task.version,
		ephemeralStorage: { sizeInGiB: task.overrides.ephemeralStorage?.sizeInGiB ?? 20 },
		...Object.fromEntries(Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, time(at)]]))),
	};
};

export const describeTask = (task: TaskRecord, withTags: boolean): Record<string, unknown> => ({
	...form(task, (at) => at / 1000, 'ElasticNetworkInterface'),
	tags: withTags ? task.tags : [],
});

export interface TaskEvent {
	source: 'aws.ecs';
	'detail-type': 'ECS Task State Change';
	resources: string[];
	detail: Record<string, unknown>;
}

/** documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
export const taskEvent = (task: TaskRecord, now: number): TaskEvent => ({
	source: 'aws.ecs',
	'detail-type': 'ECS Task State Change',
	resources: [task.arn],
	detail: { ...form(task, (at) => new Date(at).toISOString(), 'eni'), updatedAt: new Date(now).toISOString() },
});

/** The clusters that were asked for, by ARN; one that isn't there is a failure. */
export const describeClusters = (asked: readonly string[], known: readonly string[], tasks: readonly TaskRecord[]) => ({
	clusters: known
		.filter((clusterArn) => asked.includes(clusterArn))
		.map((clusterArn) => {
			const own = tasks.filter((task) => task.cluster === clusterArn && task.lastStatus !== 'STOPPED');
			const running = own.filter((task) => task.lastStatus === 'RUNNING').length;
			return {
				clusterArn,
				clusterName: clusterArn.split('/')[1],
				status: 'ACTIVE',
				registeredContainerInstancesCount: 0,
				runningTasksCount: running,
				pendingTasksCount: own.length - running,
				activeServicesCount: 0,
			};
		}),
	failures: asked.filter((arn) => !known.includes(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
});
