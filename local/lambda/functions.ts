/** Drives the machines of all functions: threads, the wall clock, log files. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Faults } from '../faults/faults.ts';
import type { Meters } from '../meters/meters.ts';
import { createConcurrency, usualConcurrency } from './concurrency.ts';
import { type Environment, maxPayloadBytes, startEnvironment } from './environment.ts';
import { createFunctionMachine, type Effect, type FunctionMachine, type Outcome } from './machine.ts';

export interface FunctionDefinition {
	name: string;
	arn: string;
	/** folder of its code */
	folder: string;
	handler: string;
	env: Record<string, string>;
	memoryMb: number;
	timeoutMs: number;
	/** environments at once on this machine */
	maxEnvironments: number;
	/** concurrency that is reserved for it; undefined: it shares with the others */
	reserved?: number | undefined;
}

export interface FunctionsOptions {
	logFolder: string;
	now: () => number;
	/** one line for the operator */
	log: (line: string) => void;
	meters: Pick<Meters, 'invocation' | 'initialization'>;
	faults: Faults;
}

/** What the other stand-ins use of Lambda. */
export interface Functions {
	/** Runs a function and waits for it. Throws only when there is no such function. */
	invoke(arn: string, payload: string): Promise<Outcome>;
}

interface Running {
	definition: FunctionDefinition;
	machine: FunctionMachine;
	environments: Map<number, Environment>;
	/** ms since 1970: until then its failures are not told */
	quietUntil: number;
}

/** ms between two looks at time limits */
const tickMs = 200;
const initMs = 10_000;
const idleMs = 5 * 60_000;
/** ms between two lines about one function's failures */
const quietMs = 10_000;

/** An environment that begins later. */
const startLater = (ms: number, begin: () => Environment): Environment => {
	let inner: Environment | undefined;
	const timer = setTimeout(() => {
		inner = begin();
	}, ms);
	return {
		run: (event) => inner?.run(event),
		kill: async () => {
			clearTimeout(timer);
			await inner?.kill();
		},
	};
};

export const createFunctions = (options: FunctionsOptions) => {
	const { faults } = options;
	const concurrency = createConcurrency(faults.count('lambda-concurrency') ?? usualConcurrency);
	const functions = new Map<string, Running>();
	const waiting = new Map<string, { payload: string; answer: (outcome: Outcome) => void; begunAt?: number }>();

	const start = (running: Running, id: number, skewMs: number): Environment => {
		const { definition, machine } = running;
		const begunAt = options.now();
		const step = (...input: Parameters<FunctionMachine['step']>): void => apply(running, machine.step(...input));
		return startEnvironment({
			data: {
				folder: definition.folder,
				handler: definition.handler,
				logFile: join(options.logFolder, `${definition.name}.log`),
				skewMs,
				context: {
					functionName: definition.name,
					functionVersion: '$LATEST',
					invokedFunctionArn: definition.arn,
					memoryLimitInMB: String(definition.memoryMb),
					logGroupName: `/aws/lambda/${definition.name}`,
					logStreamName: `[$LATEST]${id}`,
				},
			},
			env: definition.env,
			memoryMb: definition.memoryMb,
			onReady: () => {
				options.meters.initialization(definition.memoryMb, options.now() - begunAt);
				step({ type: 'ready', environment: id }, options.now());
			},
			onSettled: (outcome) => step({ type: 'settled', environment: id, outcome }, options.now()),
			onExited: (error) => {
				running.environments.delete(id);
				step({ type: 'exited', environment: id, error }, options.now());
			},
		});
	};

	/** Once in a while per function: what fails, fails often. */
	const tellFailure = (running: Running, outcome: Outcome): void => {
		const now = options.now();
		if (outcome.kind === 'success' || now < running.quietUntil) return;
		running.quietUntil = now + quietMs;
		const what = outcome.kind === 'throttled' ? 'is throttled' : `failed: ${outcome.error.errorType}: ${outcome.error.errorMessage}`;
		options.log(`function ${running.definition.name} ${what}`);
	};

	const apply = (running: Running, effects: readonly Effect[]): void => {
		for (const effect of effects)
			switch (effect.type) {
				case 'start': {
					const { environment, coldMs, skewMs } = effect;
					const begin = (): Environment => start(running, environment, skewMs);
					running.environments.set(environment, coldMs > 0 ? startLater(coldMs, begin) : begin());
					break;
				}
				case 'run': {
					const { invocation: requestId, deadline } = effect;
					const invocation = waiting.get(requestId);
					if (invocation) invocation.begunAt = options.now();
					const payload = invocation?.payload ?? 'null';
					running.environments.get(effect.environment)?.run({ requestId, deadline, payload });
					break;
				}
				case 'kill':
					void running.environments.get(effect.environment)?.kill();
					running.environments.delete(effect.environment);
					break;
				case 'answer': {
					const invocation = waiting.get(effect.invocation);
					waiting.delete(effect.invocation);
					if (invocation?.begunAt !== undefined) options.meters.invocation(running.definition.memoryMb, options.now() - invocation.begunAt);
					invocation?.answer(effect.outcome);
					tellFailure(running, effect.outcome);
					break;
				}
			}
	};

	const timer = setInterval(() => {
		for (const running of functions.values()) apply(running, running.machine.step({ type: 'tick' }, options.now()));
	}, tickMs);
	timer.unref();

	return {
		add: (definition: FunctionDefinition): void => {
			const { maxEnvironments, timeoutMs, reserved } = definition;
			const machine = createFunctionMachine({ maxEnvironments, timeoutMs, initMs, idleMs, share: concurrency.share(reserved), faults });
			functions.set(definition.arn, { definition, machine, environments: new Map(), quietUntil: 0 });
		},
		invoke: (arn: string, payload: string): Promise<Outcome> => {
			const running = functions.get(arn);
			if (!running) return Promise.reject(new Error(`there is no function ${arn}`));
			if (payload.length * 3 > maxPayloadBytes && Buffer.byteLength(payload) > maxPayloadBytes)
				return Promise.resolve({ kind: 'failure', error: { errorType: 'RequestTooLargeException', errorMessage: 'the event is over 6 MB' } });
			return new Promise((answer) => {
				const invocation = randomUUID();
				waiting.set(invocation, { payload, answer });
				apply(running, running.machine.step({ type: 'invoke', invocation }, options.now()));
			});
		},
		stop: async (): Promise<void> => {
			clearInterval(timer);
			const environments = [...functions.values()].flatMap((running) => [...running.environments.values()]);
			functions.clear();
			await Promise.all(environments.map((environment) => environment.kill()));
		},
	};
};
