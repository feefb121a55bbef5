/** ECS: the stand-in's machine on the kernel's clock, and the SDK's client as functions have it. */
import { ConflictException, type ECSClient, InvalidParameterException } from '@aws-sdk/client-ecs';
import { container, homeVolume } from '@shellpod/functions/env.ts';
import type { TaskEvent } from '../../../local/ecs/machine/describe.ts';
import { EcsError } from '../../../local/ecs/machine/errors.ts';
import type { Effect } from '../../../local/ecs/machine/lifecycle.ts';
import { createEcsMachine, type EcsMachine, type Step } from '../../../local/ecs/machine/machine.ts';
import { emptyEcs, type TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Environment } from './lambda.ts';
import { account, deployment, fileSystem, region, stopTimeout } from './names.ts';
import type { Ports } from './ports.ts';
import { InjectedError } from './table.ts';

export interface EcsOptions {
	kernel: Kernel;
	faults: Faults;
	ports: Ports;
	published(event: TaskEvent): void;
	/** what the machine wants done with containers */
	effect(effect: Effect): void;
	/** Called when a task was made. */
	made(task: TaskRecord, token: string): void;
}

export interface SimulatedEcs {
	readonly machine: EcsMachine;
	/** ARN of the base definition */
	readonly base: string;
	clientOf(environment: Environment): ECSClient;
	/** What containers do. */
	observe(look: (machine: EcsMachine, now: number) => Step): void;
}

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
	containerDefinitions: [{ name: container, image: 'image:1', essential: true, stopTimeout }],
};

/** The errors that the adapters tell apart are the SDK's classes. */
const sdkError = (error: EcsError): Error => {
	const fields = { message: error.message, $metadata: { httpStatusCode: error.status } };
	if (error.code === 'ConflictException') return new ConflictException(fields);
	if (error.code === 'InvalidParameterException') return new InvalidParameterException(fields);
	return new InjectedError(error.message, { name: error.code, $metadata: fields.$metadata });
};

const times = ['createdAt', 'pullStartedAt', 'pullStoppedAt'] as const;

/** As the SDK reads it: times are Dates. */
const withDates = (answer: Record<string, unknown>): Record<string, unknown> => {
	const { tasks } = answer as { tasks?: Record<string, unknown>[] };
	for (const task of tasks ?? []) for (const name of times) if (typeof task[name] === 'number') task[name] = new Date(task[name] * 1000);
	return answer;
};

export const createEcs = ({ kernel, faults, ports, published, effect, made }: EcsOptions): SimulatedEcs => {
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
		noRoom: () => (faults.happens('no-capacity') ? { reason: 'Capacity is unavailable at this time. Please try again later' } : undefined),
	});
	machine.addCluster(deployment);
	const base = machine.register(baseSpec, 'deploy', now()).arn;
	/** by task: until when lists and descriptions don't show it */
	const hidden = new Map<string, number>();
	const known = new Set<string>();
	let wakeAt = Number.POSITIVE_INFINITY;

	const apply = ({ events, effects }: Step): void => {
		for (const event of events) published(event);
		for (const one of effects) effect(one);
		const next = machine.nextAt();
		if (next === undefined || next >= wakeAt) return;
		wakeAt = next;
		kernel.after(next - kernel.now(), 'ecs', () => {
			wakeAt = Number.POSITIVE_INFINITY;
			apply(machine.advance(now()));
		});
	};

	const shown = (arn: string): boolean => (hidden.get(arn) ?? 0) <= kernel.now();

	/** Eventual consistency: a task that was made just now may not be seen yet. */
	const stale = (operation: string, answer: Record<string, unknown>): Record<string, unknown> => {
		if (operation === 'ListTasks') return { ...answer, taskArns: (answer.taskArns as string[]).filter(shown) };
		if (operation !== 'DescribeTasks') return answer;
		const tasks = answer.tasks as { taskArn: string }[];
		const unseen = tasks.filter(({ taskArn }) => !shown(taskArn)).map(({ taskArn }) => ({ arn: taskArn, reason: 'MISSING' }));
		return { ...answer, tasks: tasks.filter(({ taskArn }) => shown(taskArn)), failures: [...(answer.failures as object[]), ...unseen] };
	};

	const noteMade = (token: string): void => {
		for (const task of machine.tasks()) {
			if (known.has(task.arn)) continue;
			known.add(task.arn);
			if (faults.happens('list-stale')) hidden.set(task.arn, kernel.now() + faults.spread('list-stale', 500, 60_000));
			made(task, token);
		}
	};

	const request = async (operation: string, input: unknown): Promise<unknown> => {
		await kernel.sleep(chance.between(20, 250), operation);
		if (faults.happens('ecs-throttled'))
			throw new InjectedError('Rate exceeded', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
		if (faults.happens('ecs-fails')) throw new InjectedError('Server error', { name: 'ServerException', $metadata: { httpStatusCode: 500 } });
		if (operation === 'StopTask' && faults.happens('stop-ignored')) return {};
		let answer: Record<string, unknown>;
		try {
			apply(machine.advance(now()));
			const answered = machine.call(operation, input, 'functions', now());
			if (operation === 'RunTask') noteMade(String((input as { clientToken?: string }).clientToken));
			apply(answered);
			answer = answered.answer;
		} catch (error) {
			throw error instanceof EcsError ? sdkError(error) : error;
		}
		if (operation === 'RunTask' && faults.happens('run-answer-lost'))
			throw new InjectedError('socket hang up', { name: 'TimeoutError', $metadata: {} });
		await kernel.sleep(chance.between(5, 50), operation);
		return withDates(stale(operation, structuredClone(answer)));
	};

	return {
		machine,
		base,
		clientOf: (environment) => {
			const send = (command: { constructor: { name: string }; input: unknown }): Promise<unknown> => {
				const operation = command.constructor.name.replace(/Command$/, '');
				return ports.call(environment, operation, () => request(operation, structuredClone(command.input)));
			};
			// The SDK's class has private parts; the adapters use nothing but `send`.
			return { send } as unknown as ECSClient;
		},
		observe: (look) => apply(look(machine, now())),
	};
};
