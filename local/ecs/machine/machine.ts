/**
 * ECS as far as sessions need it, as a pure machine: requests, observations of containers and the time go in; answers, events and things
 * to do come out. The stand-in drives it with processes and the wall clock.
 */
import {
	type DefinitionsOptions,
	deregisterDefinition,
	describeDefinition,
	findDefinition,
	needDefinition,
	registerDefinition,
} from './definitions.ts';
import { describeClusters, describeTask, type TaskEvent, taskEvent } from './describe.ts';
import { clientFault, EcsError, invalid } from './errors.ts';
import { type Change, createLifecycle, type Delays, type Effect, type Exit } from './lifecycle.ts';
import * as requests from './requests.ts';
import { checkRunTask, earlierAnswer, forgetTokens, makeTask, type NewTask, rememberToken } from './run-task.ts';
import type { Definition, EcsState, Failure, TaskRecord } from './state.ts';
import { createBucket } from './throttle.ts';

export interface EcsMachineOptions extends DefinitionsOptions, NewTask {
	delays: Delays;
	/** Fault: a reason why there is no room for a task now, answered as `failures` with HTTP 200. */
	noRoom?: () => Failure | undefined;
}

export interface Step {
	events: TaskEvent[];
	effects: Effect[];
}

export interface Answered extends Step {
	answer: Record<string, unknown>;
}

export interface EcsMachine {
	/**
	 * Answers a request; `advance` comes first, so that what is due has happened.
	 * @throws EcsError, as AWS refuses
	 */
	call(operation: string, input: unknown, caller: string, now: number): Answered;
	/** does what is due */
	advance(now: number): Step;
	/** when something is due next */
	nextAt(): number | undefined;
	launched(task: string, now: number): Step;
	failed(task: string, reason: string, now: number): Step;
	exited(task: string, exit: Exit, now: number): Step;
	/** The machine goes down: every task ends, SIGKILL after `grace` ms; nothing new is run. */
	shutDown(grace: number, now: number): Step;
	addCluster(name: string): string;
	register(spec: unknown, caller: string, now: number): Definition;
	tasks(): readonly TaskRecord[];
	task(arn: string): TaskRecord;
	definitionOf(task: TaskRecord): Definition;
}

/** documented: described for an hour after their end; docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html */
const rememberStopped = 3_600_000;
/** s; documented default of stopTimeout */
const defaultStopTimeout = 30;

export const createEcsMachine = (state: EcsState, options: EcsMachineOptions): EcsMachine => {
	let goingDown = false;
	const buckets = {
		// documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
		launches: createBucket(100, 20),
		runTask: createBucket(20, 20),
		// as quoted in aws-actions/amazon-ecs-deploy-task-definition#502
		register: createBucket(20, 1),
	};
	const clusterArn = (name: string): string => `arn:aws:ecs:${options.region}:${options.account}:cluster/${name}`;
	const needTask = (arn: string): TaskRecord => {
		const task = state.tasks.find((one) => one.arn === arn);
		if (!task) throw new Error(`there is no task ${arn}`);
		return task;
	};
	const definitionOf = (task: TaskRecord): Definition => {
		const definition = findDefinition(state, task.definition);
		if (!definition) throw new Error(`${task.arn} has no definition`);
		return definition;
	};
	const lifecycle = createLifecycle(
		options.delays,
		(task) => (definitionOf(task).spec.containerDefinitions[0]?.stopTimeout ?? defaultStopTimeout) * 1000,
	);

	/** Counts a change and tells it. */
	const told = (task: TaskRecord, change: Change, now: number): Step => {
		if (!change.changed) return { events: [], effects: change.effects };
		task.version += 1;
		return { events: [taskEvent(task, now)], effects: change.effects };
	};
	const advance = (now: number): Step => {
		state.tasks = state.tasks.filter((task) => task.stoppedAt === undefined || now - task.stoppedAt <= rememberStopped);
		forgetTokens(state, now);
		const step: Step = { events: [], effects: [] };
		for (const task of state.tasks)
			for (;;) {
				const { events, effects } = told(task, lifecycle.advance(task, now), now);
				if (events.length === 0 && effects.length === 0) break;
				step.events.push(...events);
				step.effects.push(...effects);
			}
		return step;
	};
	const change = (arn: string, make: (task: TaskRecord) => Change, now: number): Step => {
		const task = needTask(arn);
		return told(task, make(task), now);
	};

	const needCluster = (name: string | undefined): string => {
		const short = (name ?? 'default').replace(/^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\//, '');
		if (!state.clusters.includes(short)) throw new EcsError('ClusterNotFoundException', 'Cluster not found.');
		return clusterArn(short);
	};
	/** by ARN or by id */
	const findTask = (cluster: string, name: string): TaskRecord | undefined =>
		state.tasks.find((task) => task.cluster === cluster && (task.arn === name || task.id === name));
	const page = <T>(all: readonly T[], most: number, token: string | undefined): { found: T[]; nextToken?: string } => {
		const from = Number(token ?? 0);
		if (!Number.isSafeInteger(from)) throw invalid('Invalid token.');
		const next = from + most;
		return { found: all.slice(from, next), ...(next < all.length ? { nextToken: String(next) } : {}) };
	};
	const quiet = (answer: Record<string, unknown>): Answered => ({ answer, events: [], effects: [] });

	type Operation = (input: unknown, caller: string, now: number) => Answered;
	const operations: Record<string, Operation> = {
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
		RegisterTaskDefinition: (input, caller, now) => {
			buckets.register.take(1, now);
			const spec = requests.read('RegisterTaskDefinition', requests.RegisterTaskDefinition, input, 'ClientException');
			const definition = registerDefinition(state, options, spec, caller, now);
			return quiet({ taskDefinition: describeDefinition(definition), tags: definition.tags });
		},
		DescribeTaskDefinition: (input) => {
			const request = requests.read('DescribeTaskDefinition', requests.DescribeTaskDefinition, input);
			const definition = needDefinition(state, request.taskDefinition);
			return quiet({ taskDefinition: describeDefinition(definition), ...(request.include?.includes('TAGS') ? { tags: definition.tags } : {}) });
		},
		DeregisterTaskDefinition: (input, _caller, now) => {
			const { taskDefinition } = requests.read('DeregisterTaskDefinition', requests.DeregisterTaskDefinition, input);
			if (!/:\d+$/.test(taskDefinition)) throw invalid('Invalid revision number. Number: null');
			const definition = needDefinition(state, taskDefinition);
			deregisterDefinition(definition, now);
			return quiet({ taskDefinition: describeDefinition(definition) });
		},
		ListTaskDefinitions: (input) => {
			const request = requests.read('ListTaskDefinitions', requests.ListTaskDefinitions, input);
			const arns = state.definitions
				.filter((one) => one.status === (request.status ?? 'ACTIVE') && (request.familyPrefix === undefined || one.family === request.familyPrefix))
				.sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : a.revision - b.revision))
				.map((one) => one.arn);
			const { found, ...more } = page(request.sort === 'DESC' ? arns.reverse() : arns, request.maxResults ?? 100, request.nextToken);
			return quiet({ taskDefinitionArns: found, ...more });
		},
		RunTask: (input, _caller, now) => {
			buckets.runTask.take(1, now);
			if (goingDown) throw new EcsError('ServerException', 'The machine is going down.', {}, 500);
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
			const failure = options.noRoom?.();
			if (failure) {
				rememberToken(state, request, cluster, [], [failure], now);
				return quiet({ tasks: [], failures: [failure] });
			}
			const count = request.count ?? 1;
			buckets.launches.take(count, now);
			const made = Array.from({ length: count }, () => makeTask(request, definition, cluster, now + options.delays.PROVISIONING, now, options));
			state.tasks.push(...made);
			rememberToken(
				state,
				request,
				cluster,
				made.map((task) => task.arn),
				[],
				now,
			);
			return {
				answer: { tasks: made.map((task) => describeTask(task, true)), failures: [] },
				events: made.map((task) => taskEvent(task, now)),
				effects: [],
			};
		},
		StopTask: (input, _caller, now) => {
			const request = requests.read('StopTask', requests.StopTask, input);
			const task = findTask(needCluster(request.cluster), request.task);
			if (!task) throw invalid('The referenced task was not found.');
			// documented: stopping a task deletes its tags
			task.tags = [];
			const step = told(task, lifecycle.stop(task, 'UserInitiated', request.reason ?? 'Task stopped by user', now), now);
			return { answer: { task: describeTask(task, false) }, ...step };
		},
		DescribeTasks: (input) => {
			const request = requests.read('DescribeTasks', requests.DescribeTasks, input);
			const cluster = needCluster(request.cluster);
			const found = request.tasks.map((name) => ({ name, task: findTask(cluster, name) }));
			return quiet({
				tasks: found.flatMap(({ task }) => (task ? [describeTask(task, request.include?.includes('TAGS') ?? false)] : [])),
				failures: found.flatMap(({ name, task }) =>
					task ? [] : [{ arn: name.startsWith('arn:') ? name : `${cluster.replace(':cluster/', ':task/')}/${name}`, reason: 'MISSING' }],
				),
			});
		},
		ListTasks: (input) => {
			const request = requests.read('ListTasks', requests.ListTasks, input);
			const cluster = needCluster(request.cluster);
			// documented: "it must be the only filter that you use"; assumed: desiredStatus counts as one
			if (request.startedBy !== undefined && (request.family ?? request.desiredStatus ?? request.launchType) !== undefined)
				throw invalid('startedBy must be the only filter.');
			const desired = request.desiredStatus ?? 'RUNNING';
			const arns = state.tasks
				.filter((task) => task.cluster === cluster && task.desiredStatus === desired)
				.filter((task) => request.family === undefined || task.family === request.family)
				.filter((task) => request.startedBy === undefined || task.startedBy === request.startedBy)
				.filter(() => request.launchType === undefined || request.launchType === 'FARGATE')
				.map((task) => task.arn);
			const { found, ...more } = page(arns, request.maxResults ?? 100, request.nextToken);
			return quiet({ taskArns: found, ...more });
		},
	};

	return {
		call: (operation, input, caller, now) => {
			const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
			if (!run) throw clientFault(`The local ECS doesn't cover ${operation}.`);
			return run(input, caller, now);
		},
		advance,
		nextAt: () => {
			const times = state.tasks.flatMap((task) => [task.dueAt ?? [], task.killAt ?? []].flat());
			return times.length === 0 ? undefined : Math.min(...times);
		},
		launched: (arn, now) => change(arn, (task) => lifecycle.launched(task, now), now),
		failed: (arn, reason, now) => change(arn, (task) => lifecycle.failed(task, reason, now), now),
		exited: (arn, exit, now) => change(arn, (task) => lifecycle.exited(task, exit, now), now),
		shutDown: (grace, now) => {
			goingDown = true;
			const steps = state.tasks.map((task) => told(task, lifecycle.stop(task, 'TerminationNotice', 'The machine was shut down', now, grace), now));
			return { events: steps.flatMap((step) => step.events), effects: steps.flatMap((step) => step.effects) };
		},
		addCluster: (name) => {
			if (!state.clusters.includes(name)) state.clusters.push(name);
			return clusterArn(name);
		},
		register: (spec, caller, now) =>
			registerDefinition(
				state,
				options,
				requests.read('RegisterTaskDefinition', requests.RegisterTaskDefinition, spec, 'ClientException'),
				caller,
				now,
			),
		tasks: () => state.tasks,
		task: needTask,
		definitionOf,
	};
};
