/** ECS: the stand-in's machine on the kernel's clock, and the SDK's client as functions have it. */
import { ConflictException, type ECSClient, InvalidParameterException } from '@aws-sdk/client-ecs';
import { container, homeVolume } from '@shellpod/functions/env.ts';
import type { Answered } from '../../../local/ecs/machine/calls.ts';
import type { TaskEvent } from '../../../local/ecs/machine/describe.ts';
import { EcsError } from '../../../local/ecs/machine/errors.ts';
import type { Effect } from '../../../local/ecs/machine/lifecycle.ts';
import { createEcsMachine, type EcsMachine, type Step } from '../../../local/ecs/machine/machine.ts';
import { emptyEcs, type TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Environment, Release } from './lambda.ts';
import { account, cluster, deployment, fileSystem, networkOf, region, stopTimeout } from './names.ts';
import type { Ports } from './ports.ts';
import { createStrikes } from './strikes.ts';
import { InjectedError } from './table.ts';

export interface EcsOptions {
	kernel: Kernel;
	faults: Faults;
	ports: Ports;
	published(event: TaskEvent): void;
	/** what the machine wants done with containers */
	effect(effect: Effect): void;
	/** The machine under a task is gone, and with it what runs there, or is about to. */
	lost(task: TaskRecord): void;
	/** Everything is deployed anew while somebody waits for an answer. */
	redeploy(): void;
	/** It is asked for something that moves the tasks of this family. */
	acted(family: string): void;
	/** It is asked to stop a task. */
	stops(arn: string, reason: string | undefined): void;
	/** Called when a task was made. */
	made(task: TaskRecord, token: string): void;
}

interface RunTaskInput {
	clientToken?: string;
	networkConfiguration?: { awsvpcConfiguration?: { subnets?: string[] } };
}

export interface SimulatedEcs {
	readonly machine: EcsMachine;
	/** A deploy: another base definition, other subnets. */
	deploy(): Release;
	/** Somebody else runs a task in the same cluster. */
	runOther(): void;
	/** RunTask by somebody who is no function of ours, and does not ask again. */
	run(request: object): void;
	clientOf(environment: Environment): ECSClient;
	/** What containers do. */
	observe(look: (machine: EcsMachine, now: number) => Step): void;
}

const baseContainer = { name: container, essential: true, stopTimeout };
const baseSpec = {
	family: `${deployment}-base`,
	networkMode: 'awsvpc',
	requiresCompatibilities: ['FARGATE'],
	cpu: '512',
	memory: '1024',
	executionRoleArn: `arn:aws:iam::${account}:role/execution`,
	volumes: [
		{
			name: homeVolume,
			efsVolumeConfiguration: {
				fileSystemId: fileSystem,
				transitEncryption: 'ENABLED' as const,
				authorizationConfig: { accessPointId: 'fsap-base', iam: 'ENABLED' as const },
			},
		},
	],
	taskRoleArn: `arn:aws:iam::${account}:role/base`,
};

/** The errors that the adapters tell apart are the SDK's classes. */
const sdkError = (error: EcsError): Error => {
	const fields = { message: error.message, $metadata: { httpStatusCode: error.status } };
	if (error.code === 'ConflictException') return new ConflictException(fields);
	if (error.code === 'InvalidParameterException') return new InvalidParameterException(fields);
	return new InjectedError(error.message, { name: error.code, $metadata: fields.$metadata });
};

/** As it is on its way. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const times = ['createdAt', 'startedAt', 'pullStartedAt', 'pullStoppedAt', 'executionStoppedAt', 'stoppedAt'] as const;

/** As the SDK reads it: times are Dates. */
const withDates = (answer: Record<string, unknown>): Record<string, unknown> => {
	const { tasks } = answer as { tasks?: Record<string, unknown>[] };
	for (const task of tasks ?? []) for (const name of times) if (typeof task[name] === 'number') task[name] = new Date(task[name] * 1000);
	return answer;
};

/** Tasks that a list or a description leaves out, though they are there. */
const hiddenFrom = (operation: string, input: unknown, all: readonly TaskRecord[], at: number): TaskRecord[] => {
	const { family, tasks } = input as { family?: string; tasks?: string[] };
	if (operation === 'ListTasks') return all.filter((task) => (family === undefined || task.family === family) && (task.listedFrom ?? 0) > at);
	if (operation === 'DescribeTasks') return all.filter((task) => tasks?.includes(task.arn) && (task.describedFrom ?? 0) > at);
	return [];
};

/** The family whose tasks a request moves. */
const actedFor = (operation: string, input: unknown, all: readonly TaskRecord[]): string | undefined => {
	const { taskDefinition = '', task = '' } = input as { taskDefinition?: string; task?: string };
	if (operation === 'RunTask') return /task-definition\/([^:]+)/.exec(taskDefinition)?.[1];
	return operation === 'StopTask' ? all.find(({ arn }) => arn === task)?.family : undefined;
};

export const createEcs = ({ kernel, faults, ports, published, effect, lost, redeploy, acted, stops, made }: EcsOptions): SimulatedEcs => {
	const chance = kernel.random('ecs');
	const now = (): number => Math.floor(kernel.now());
	const machine = createEcsMachine(emptyEcs(), {
		region,
		account,
		newId: () =>
			Array.from({ length: 4 }, () =>
				Math.floor(chance.next() * 2 ** 32)
					.toString(16)
					.padStart(8, '0'),
			).join(''),
		delays: {
			PROVISIONING: Math.round(chance.between(2_000, 20_000)),
			ACTIVATING: Math.round(chance.between(200, 2_000)),
			DEACTIVATING: Math.round(chance.between(200, 2_000)),
			DEPROVISIONING: Math.round(chance.between(2_000, 30_000)),
		},
		faults,
	});
	machine.addCluster(deployment);
	let deploys = 0;
	let present: Release | undefined;
	const asked = new Set<string>();
	const known = new Set<string>();
	let wakeAt = Number.POSITIVE_INFINITY;

	const apply = ({ events, effects }: Step): void => {
		for (const event of events) {
			published(event);
			strikes.told(machine.task(event.resources[0] ?? ''));
		}
		for (const one of effects) {
			if (one.kind === 'launch' && one.apart) faults.fires('never-connects');
			effect(one);
		}
		const next = machine.nextAt();
		if (next === undefined || next >= wakeAt) return;
		wakeAt = next;
		kernel.after(next - kernel.now(), 'ecs', () => {
			wakeAt = Number.POSITIVE_INFINITY;
			spare();
			apply(machine.advance(now()));
		});
	};

	/** A task that has no container yet fails by itself. */
	const lose = (task: TaskRecord): void => {
		lost(task);
		const before = ({ PROVISIONING: 'PENDING', PENDING: 'ACTIVATING' } as const)[task.lastStatus as string];
		if (!before) return;
		task.fate = { failure: { before, after: 0, reason: 'ResourceInitializationError: the underlying host is gone' } };
		task.dueAt = now();
		apply(machine.advance(now()));
	};
	const strikes = createStrikes({ kernel, faults, lose });

	/** Once faults have stopped nothing befalls the tasks that there are, but what has begun. */
	const spare = (): void => {
		if (faults.stopped) for (const task of machine.tasks()) delete task.fate;
	};

	const noteAsked = ({ clientToken = '', networkConfiguration }: RunTaskInput): void => {
		const other = networkConfiguration?.awsvpcConfiguration?.subnets?.[0] !== present?.network.subnets[0];
		if (asked.has(clientToken) && other) faults.fires('other-parameters');
		asked.add(clientToken);
		noteMade(clientToken);
	};

	const noteMade = (token: string): void => {
		for (const task of machine.tasks()) {
			if (known.has(task.arn)) continue;
			known.add(task.arn);
			made(task, token);
		}
	};

	const request = async (operation: string, input: unknown): Promise<unknown> => {
		await kernel.sleep(chance.between(20, 250), operation);
		spare();
		const family = actedFor(operation, input, machine.tasks());
		if (family !== undefined) acted(family);
		if (operation === 'StopTask') {
			const { task = '', reason } = input as { task?: string; reason?: string };
			stops(task, reason);
		}
		let answered: Answered;
		try {
			apply(machine.advance(now()));
			answered = machine.call(operation, input, 'functions', now());
			strikes.hidden(hiddenFrom(operation, input, machine.tasks(), now()));
			if (operation === 'RunTask') noteAsked(input as RunTaskInput);
			apply(answered);
		} catch (error) {
			throw error instanceof EcsError ? sdkError(error) : error;
		}
		const { answer, takes } = answered;
		if (!answer && operation === 'RunTask' && faults.happens('other-parameters')) redeploy();
		if (!answer) throw new InjectedError('socket hang up', { name: 'TimeoutError', $metadata: {} });
		const copy = copyOf(answer);
		await kernel.sleep(takes + chance.between(5, 50), operation);
		return withDates(copy);
	};

	const run = (request: object): void => {
		try {
			apply(machine.call('RunTask', request, 'others', now()));
		} catch (error) {
			if (!(error instanceof EcsError)) throw error;
		}
		for (const task of machine.tasks()) known.add(task.arn);
	};

	return {
		machine,
		run,
		deploy: () => {
			const { arn } = machine.register({ ...baseSpec, containerDefinitions: [{ ...baseContainer, image: `image:${++deploys}` }] }, 'deploy', now());
			present = { base: arn, network: networkOf(deploys) };
			return present;
		},
		runOther: () => {
			const { arn } = machine.register(
				{ ...baseSpec, family: 'other', containerDefinitions: [{ ...baseContainer, image: 'other' }] },
				'others',
				now(),
			);
			const awsvpcConfiguration = { subnets: networkOf(0).subnets, assignPublicIp: 'ENABLED' };
			run({ cluster, taskDefinition: arn, launchType: 'FARGATE', startedBy: 'other', networkConfiguration: { awsvpcConfiguration } });
		},
		clientOf: (environment) => {
			const send = (command: { constructor: { name: string }; input: unknown }): Promise<unknown> => {
				const operation = command.constructor.name.replace(/Command$/, '');
				return ports.call(environment, operation, () => request(operation, copyOf(command.input)));
			};
			// The SDK's class has private parts; the adapters use nothing but `send`.
			return { send } as unknown as ECSClient;
		},
		observe: (look) => apply(look(machine, now())),
	};
};
