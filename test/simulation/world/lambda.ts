/** AWS Lambda: the stand-in's machine of a function, with environments whose modules are factories and whose time is the kernel's. */
import type { Network } from '@shellpod/functions/core/record.ts';
import { createConcurrency, usualConcurrency } from '../../../local/lambda/concurrency.ts';
import type { Effect, FunctionMachine, Outcome } from '../../../local/lambda/machine.ts';
import { createFunctionMachine } from '../../../local/lambda/machine.ts';
import { createAsyncQueue, type QueueEffect, type Retry, usualRetry } from '../../../local/lambda/queue.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createLife } from '../kernel/life.ts';
import type { Faults } from './faults.ts';
import type { Caller } from './ports.ts';

export interface Environment extends Caller {
	/** what its machine's clock says */
	readonly now: () => Date;
	/** of the deploy that it was made of */
	readonly release: Release;
	/** It logs an error by this name. */
	readonly failed: (event: string) => void;
}

/** What a deploy changes of what functions are told. */
export interface Release {
	/** ARN of the base definition */
	readonly base: string;
	readonly network: Network;
}

export type Handler = (event: never) => Promise<unknown>;

export interface SimulatedFunction {
	timeoutMs: number;
	/** What loading its module does, once per environment. */
	load(environment: Environment): Handler;
	/** of asynchronous invocations; the usual one unless the template says other */
	retry?: Retry;
}

export interface Lambda {
	/** Runs a function and waits for it. */
	invoke(name: string, event: unknown): Promise<Outcome>;
	/** An asynchronous invocation: it is taken, and run when there is room. */
	send(name: string, payload: string): void;
	/** The present release is another: environments of the one before go on for a while, and take events. */
	deployed(): void;
}

/** Sees what functions are asked, and what they read of the clock. `by`: the environment's name. */
export interface CallWatch {
	began(by: string, name: string, event: unknown): void;
	/** ms since 1970, by the clock of its machine */
	read(by: string, at: number): void;
	ended(by: string, answer: unknown): void;
	/** It logged an error, by its name. */
	failed(by: string, event: string): void;
}

export interface LambdaOptions {
	kernel: Kernel;
	faults: Faults;
	functions: Readonly<Record<string, SimulatedFunction>>;
	release: () => Release;
	/** A handler threw. `inCall`: what one of its calls to the outside threw at it. */
	threw(name: string, error: unknown): void;
	/** of one function at a time, at most; who comes then waits. AWS makes more as long as the account's concurrency lasts. */
	environments?: number | undefined;
	watch: CallWatch;
}

const limits = { initMs: 10_000, idleMs: 5 * 60_000 };
/** ms for which environments of two deploys take events */
const longestOverlapMs = 60_000;
/** ms between two looks for environments that nobody needs */
const idleLookMs = 60_000;

interface Running {
	environment: Environment;
	handler: Handler | undefined;
}

export const createLambda = ({ kernel, faults, functions, release, threw, watch, environments: maxEnvironments = 20 }: LambdaOptions): Lambda => {
	const waiting = new Map<string, { payload: string; answer: (outcome: Outcome) => void }>();
	/** by invocation: its deadline is off */
	const inTime = new Map<string, () => void>();
	const chance = kernel.random('lambda');
	const concurrency = createConcurrency(faults.count('lambda-concurrency') ?? usualConcurrency);
	let invocations = 0;

	const drive = (name: string, definition: SimulatedFunction) => {
		const machine: FunctionMachine = createFunctionMachine({
			...limits,
			maxEnvironments,
			timeoutMs: definition.timeoutMs,
			share: concurrency.share(),
			faults,
		});
		const environments = new Map<number, Running>();
		/** those that are at work */
		const running = new Set<number>();
		const step = (input: Parameters<FunctionMachine['step']>[0]): void => apply(machine.step(input, kernel.now()));

		const start = (id: number, coldMs: number, skewMs: number): void => {
			const life = createLife(kernel, `${name}#${id}`);
			const environment: Environment = {
				name,
				life,
				now: () => {
					const at = new Date(kernel.now() + skewMs);
					watch.read(life.name, at.getTime());
					return at;
				},
				release: release(),
				failed: (event) => watch.failed(life.name, event),
				pending: new Map(),
				crash: (why) => {
					kernel.note(`CRASH ${name}#${id} ${why}`);
					life.end();
					environments.delete(id);
					// Whoever called is told by the runtime, a moment later.
					kernel.after(chance.between(1, 50), `${name}#${id} has died`, () =>
						step({ type: 'exited', environment: id, error: { errorType: 'Runtime.ExitError', errorMessage: 'the environment died' } }),
					);
				},
			};
			environments.set(id, { environment, handler: undefined });
			const cold = faults.happens('cold-slow') ? faults.between('cold-slow', 2_000, 8_000) : chance.between(100, 400);
			life.after(coldMs + cold, () => {
				const loaded = environments.get(id);
				if (!loaded) return;
				loaded.handler = definition.load(environment);
				step({ type: 'ready', environment: id });
			});
		};

		/** The old ones end one by one, each when it has nothing to do. */
		const retire = (): void => {
			for (const [id, { environment }] of environments)
				kernel.after(chance.between(1_000, longestOverlapMs), `${environment.life.name} is of the old deploy`, () => {
					if (!environments.has(id)) return;
					if (running.has(id)) return retire();
					environment.crash('of the old deploy');
				});
		};

		const run = async (id: number, { environment, handler }: Running, payload: string): Promise<void> => {
			let outcome: Outcome;
			if (environment.release !== release()) faults.fires('old-code');
			running.add(id);
			const event: unknown = JSON.parse(payload);
			watch.began(environment.life.name, name, event);
			try {
				const answer = await handler?.(event as never);
				watch.ended(environment.life.name, answer);
				outcome = { kind: 'success', payload: JSON.stringify(answer ?? null) };
			} catch (error) {
				if (!environment.life.alive) return;
				threw(name, error);
				const [errorType, errorMessage] = error instanceof Error ? [error.name, error.message] : ['Error', String(error)];
				outcome = { kind: 'failure', error: { errorType, errorMessage } };
			}
			running.delete(id);
			if (!environment.life.alive) return;
			// What goes on after the answer is frozen with its environment, and on AWS perhaps never done. A read that nobody waits for any more is nothing.
			const writes = [...environment.pending.values()].filter((call) => !/^(get|list|due|List|Describe)/.test(call));
			if (writes.length > 0) kernel.violated('S15', `${environment.life.name} answered while these were under way: ${writes.join(', ')}`);
			step({ type: 'settled', environment: id, outcome });
		};

		const apply = (effects: readonly Effect[]): void => {
			for (const effect of effects)
				switch (effect.type) {
					case 'start':
						start(effect.environment, effect.coldMs, effect.skewMs);
						break;
					case 'run': {
						const chosen = environments.get(effect.environment);
						const { invocation, deadline } = effect;
						inTime.set(
							invocation,
							kernel.after(deadline - kernel.now(), `${name} deadline`, () => step({ type: 'tick' })),
						);
						if (chosen) void run(effect.environment, chosen, waiting.get(invocation)?.payload ?? 'null');
						break;
					}
					case 'kill':
						environments.get(effect.environment)?.environment.life.end();
						environments.delete(effect.environment);
						break;
					case 'answer':
						waiting.get(effect.invocation)?.answer(effect.outcome);
						waiting.delete(effect.invocation);
						inTime.get(effect.invocation)?.();
						inTime.delete(effect.invocation);
						break;
				}
		};
		return { step, retire };
	};

	const drivers = new Map(Object.entries(functions).map(([name, definition]) => [name, drive(name, definition)]));
	const look = (): void => {
		for (const { step } of drivers.values()) step({ type: 'tick' });
		kernel.after(idleLookMs, 'idle environments', look);
	};
	kernel.after(idleLookMs, 'idle environments', look);

	const invoke: Lambda['invoke'] = (name, event) =>
		new Promise((answer) => {
			const driver = drivers.get(name);
			if (!driver) throw new Error(`there is no function ${name}`);
			const invocation = `i${invocations++}`;
			kernel.note(`invoke ${name} ${invocation}`);
			waiting.set(invocation, { payload: JSON.stringify(event), answer });
			driver.step({ type: 'invoke', invocation });
		});

	const queue = createAsyncQueue({ retryOf: (name) => functions[name]?.retry ?? usualRetry, faults });
	let wakeAt = Number.POSITIVE_INFINITY;
	const apply = (effects: readonly QueueEffect[]): void => {
		for (const effect of effects) {
			const { id, arn: name, payload } = effect;
			if (effect.type === 'give-up') {
				kernel.note(`an event for ${name} is given up: ${effect.condition}`);
				continue;
			}
			kernel.after(chance.between(5, 500), `event to ${name}`, () => {
				void invoke(name, JSON.parse(payload)).then(({ kind }) => apply(queue.ended(id, kind, kernel.now())));
			});
		}
		const next = queue.next() ?? Number.POSITIVE_INFINITY;
		if (next >= wakeAt) return;
		wakeAt = next;
		kernel.after(Math.max(0, next - kernel.now()), 'queued events', () => {
			wakeAt = Number.POSITIVE_INFINITY;
			apply(queue.tick(kernel.now()));
		});
	};

	return {
		invoke,
		send: (name, payload) => apply(queue.accept({ arn: name, payload }, kernel.now())),
		deployed: () => {
			for (const { retire } of drivers.values()) retire();
		},
	};
};
