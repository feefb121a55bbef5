/** The API's operations on clusters and tasks. */
import type { Faults } from '../../faults/faults.ts';
import { type Answered, type Operations, page, quiet, type Step } from './calls.ts';
import { describeClusters, describeTask, taskEvent } from './describe.ts';
import { EcsError, invalid } from './errors.ts';
import { befall, noRoom } from './fate.ts';
import * as requests from './requests.ts';
import { checkRunTask, earlierAnswer, makeTask, type NewTask, rememberToken } from './run-task.ts';
import type { EcsState, TaskRecord } from './state.ts';
import { createBucket } from './throttle.ts';

interface TaskCallsDeps {
	state: EcsState;
	options: NewTask;
	/** ms of PROVISIONING */
	provisioning: number;
	faults: Faults;
	clusterArn(name: string): string;
	/** the machine goes down: nothing new is run */
	goingDown(): boolean;
	/** as the user wants it */
	stop(task: TaskRecord, reason: string, now: number): Step;
}

/** Of a call whose answer is lost nobody knows whether it was done. */
const lost = (faults: Faults, work: () => Answered): Answered => {
	if (faults.choose('D8b', ['done', 'not done']) === 'not done') return quiet(undefined);
	return { ...work(), answer: undefined };
};

export const taskCalls = ({ state, options, provisioning, faults, clusterArn, goingDown, stop }: TaskCallsDeps): Operations => {
	const buckets = {
		// documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
		launches: createBucket(100, 20),
		runTask: createBucket(20, 20),
	};
	const needCluster = (name: string | undefined): string => {
		const short = (name ?? 'default').replace(/^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\//, '');
		if (!state.clusters.includes(short)) throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
		return clusterArn(short);
	};
	/** by ARN or by id */
	const findTask = (cluster: string, name: string): TaskRecord | undefined => {
		if (![32, 36].includes(name.slice(name.lastIndexOf('/') + 1).length)) throw invalid('taskId length should be one of [32,36]');
		return state.tasks.find((task) => task.cluster === cluster && (task.arn === name || task.id === name));
	};

	const run = (input: unknown, now: number): Answered => {
		const request = requests.read('RunTask', requests.RunTask, input);
		const cluster = needCluster(request.cluster);
		const earlier = earlierAnswer(state, request, cluster);
		// assumed: the tasks are described as they are now
		if (earlier)
			return quiet({
				tasks: earlier.tasks.flatMap((arn) => findTask(cluster, arn) ?? []).map((task) => describeTask(task, false)),
				failures: earlier.failures,
			});
		const definition = checkRunTask(state, request);
		const failure = noRoom(faults);
		if (failure) {
			rememberToken(state, request, cluster, [], [failure], now);
			return quiet({ tasks: [], failures: [failure] });
		}
		const count = request.count ?? 1;
		buckets.launches.take(count, now);
		const made = Array.from({ length: count }, () => makeTask(request, definition, cluster, now + provisioning, now, options));
		for (const task of made) befall(task, faults);
		state.tasks.push(...made);
		const arns = made.map((task) => task.arn);
		rememberToken(state, request, cluster, arns, [], now);
		return {
			...quiet({ tasks: made.map((task) => describeTask(task, true)), failures: [] }),
			events: made.map((task) => taskEvent(task, now)),
		};
	};

	const stopTask = (input: unknown, now: number): Answered => {
		const request = requests.read('StopTask', requests.StopTask, input);
		const task = findTask(needCluster(request.cluster), request.task);
		if (!task) throw invalid('The referenced task was not found.');
		if (faults.happens('stop-ignored')) return quiet({ task: describeTask(task, false) });
		// documented: stopping a task deletes its tags
		task.tags = [];
		const step = stop(task, request.reason ?? 'Task stopped by user', now);
		return { ...quiet({ task: describeTask(task, false) }), ...step };
	};

	return {
		ListClusters: (input) => {
			const request = requests.read('ListClusters', requests.ListClusters, input);
			const { found, ...more } = page(state.clusters.map(clusterArn), request.maxResults ?? 100, request.nextToken);
			return quiet({ clusterArns: found, ...more });
		},
		DescribeClusters: (input) => {
			const { clusters = ['default'] } = requests.read('DescribeClusters', requests.DescribeClusters, input);
			const asked = clusters.map((name) => (name.startsWith('arn:') ? name : clusterArn(name)));
			return quiet(describeClusters(asked, state.clusters.map(clusterArn), state.tasks));
		},
		RunTask: (input, _caller, now) => {
			buckets.runTask.take(1, now);
			if (goingDown()) throw new EcsError('ServerException', 'The machine is going down.', {}, 500);
			return faults.happens('run-answer-lost') ? lost(faults, () => run(input, now)) : run(input, now);
		},
		StopTask: (input, _caller, now) => (faults.happens('stop-answer-lost') ? lost(faults, () => stopTask(input, now)) : stopTask(input, now)),
		DescribeTasks: (input, _caller, now) => {
			const request = requests.read('DescribeTasks', requests.DescribeTasks, input);
			const cluster = needCluster(request.cluster);
			const known = (name: string): TaskRecord | undefined => {
				const task = findTask(cluster, name);
				return task && (task.describedFrom ?? 0) <= now ? task : undefined;
			};
			const found = request.tasks.map((name) => ({ name, task: known(name) }));
			return quiet({
				tasks: found.flatMap(({ task }) => (task ? [describeTask(task, request.include?.includes('TAGS') ?? false)] : [])),
				failures: found.flatMap(({ name, task }) =>
					task ? [] : [{ arn: name.startsWith('arn:') ? name : `${cluster.replace(':cluster/', ':task/')}/${name}`, reason: 'MISSING' }],
				),
			});
		},
		ListTasks: (input, _caller, now) => {
			const request = requests.read('ListTasks', requests.ListTasks, input);
			const cluster = needCluster(request.cluster);
			// documented: "it must be the only filter that you use"; assumed: desiredStatus counts as one
			if (request.startedBy !== undefined && (request.family ?? request.desiredStatus ?? request.launchType) !== undefined)
				throw invalid('startedBy must be the only filter.');
			const desired = request.desiredStatus ?? 'RUNNING';
			const arns = state.tasks
				.filter((task) => task.cluster === cluster && task.desiredStatus === desired && (task.listedFrom ?? 0) <= now)
				.filter((task) => request.family === undefined || task.family === request.family)
				.filter((task) => request.startedBy === undefined || task.startedBy === request.startedBy)
				.filter(() => request.launchType === undefined || request.launchType === 'FARGATE')
				.map((task) => task.arn);
			const { found, ...more } = page(arns, request.maxResults ?? 100, request.nextToken);
			return quiet({ taskArns: found, ...more });
		},
	};
};
