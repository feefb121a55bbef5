/**
 * ECS as far as sessions need it, as a pure machine: requests, observations of containers and the time go in; answers, events and things
 * to do come out. The stand-in drives it with processes and the wall clock.
 */
import { type Faults, noFaults } from '../../faults/faults.ts';
import type { Answered, Operations, Step } from './calls.ts';
import { definitionCalls } from './definition-calls.ts';
import { type DefinitionsOptions, findDefinition, registerDefinition } from './definitions.ts';
import { taskEvent } from './describe.ts';
import { EcsError, rateExceeded } from './errors.ts';
import { type Change, createLifecycle, type Delays, type Exit } from './lifecycle.ts';
import * as requests from './requests.ts';
import { forgetTokens, type NewTask } from './run-task.ts';
import type { Definition, EcsState, TaskRecord } from './state.ts';
import { taskCalls } from './task-calls.ts';

export type { Step } from './calls.ts';

export interface EcsMachineOptions extends DefinitionsOptions, NewTask {
	delays: Delays;
	/** what goes wrong; default nothing */
	faults?: Faults;
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
	const { faults = noFaults } = options;
	let goingDown = false;
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
		faults,
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

	const operations: Operations = {
		...definitionCalls(state, options),
		...taskCalls({
			state,
			options,
			provisioning: options.delays.PROVISIONING,
			faults,
			clusterArn,
			goingDown: () => goingDown,
			stop: (task, reason, now) => told(task, lifecycle.stop(task, 'UserInitiated', reason, now), now),
		}),
	};

	return {
		call: (operation, input, caller, now) => {
			const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
			if (!run) throw new EcsError('UnknownOperationException', `The local ECS doesn't cover ${operation}.`);
			if (faults.happens('ecs-throttled')) throw rateExceeded();
			if (faults.happens('ecs-fails')) throw new EcsError('ServerException', 'Server error', {}, 500);
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
