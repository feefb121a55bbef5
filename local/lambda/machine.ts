/**
 * One function's environments, without threads or clocks.
 *
 * documented: an environment takes one event at a time; a new one starts when all are busy; the timeout kills the environment.
 * different: an event waits for a starting environment when as many start as events wait, and at most `maxEnvironments` run on this machine.
 */

export interface FunctionLimits {
	maxEnvironments: number;
	/** events that wait for an environment; one more is throttled */
	maxQueued: number;
	timeoutMs: number;
	/** ms that an environment may take to load the handler */
	initMs: number;
	/** ms after which an idle environment is ended, the newest one excepted */
	idleMs: number;
}

/** As Lambda reports a failed invocation. */
export interface FunctionError {
	errorType: string;
	errorMessage: string;
	trace?: string[];
}

export type Outcome =
	| { kind: 'success'; payload: string }
	| { kind: 'failure'; error: FunctionError }
	| { kind: 'timeout'; error: FunctionError }
	| { kind: 'throttled' };

export type Input =
	| { type: 'invoke'; invocation: string }
	| { type: 'ready'; environment: number }
	| { type: 'settled'; environment: number; outcome: Outcome }
	/** the environment is gone; `error` says why, as the waiting caller shall see it */
	| { type: 'exited'; environment: number; error: FunctionError }
	| { type: 'tick' };

export type Effect =
	| { type: 'start'; environment: number }
	| { type: 'run'; environment: number; invocation: string; deadline: number }
	| { type: 'kill'; environment: number }
	| { type: 'answer'; invocation: string; outcome: Outcome };

type Environment = { state: 'starting'; since: number } | { state: 'idle'; since: number } | { state: 'busy'; invocation: string; deadline: number };

export interface FunctionMachine {
	step(input: Input, now: number): Effect[];
	/** environments by state */
	count(state: Environment['state']): number;
}

export const createFunctionMachine = (limits: FunctionLimits): FunctionMachine => {
	const environments = new Map<number, Environment>();
	const queue: string[] = [];
	let nextEnvironment = 1;

	const count = (state: Environment['state']): number => {
		let found = 0;
		for (const environment of environments.values()) if (environment.state === state) found += 1;
		return found;
	};

	const run = (environment: number, invocation: string, now: number): Effect => {
		const deadline = now + limits.timeoutMs;
		environments.set(environment, { state: 'busy', invocation, deadline });
		return { type: 'run', environment, invocation, deadline };
	};

	const startForQueue = (now: number): Effect[] => {
		if (count('starting') >= queue.length || environments.size >= limits.maxEnvironments) return [];
		const environment = nextEnvironment++;
		environments.set(environment, { state: 'starting', since: now });
		return [{ type: 'start', environment }];
	};

	/** The environment used last is used next, so that the others can end. */
	const newestIdle = (): number | undefined => {
		let chosen: number | undefined;
		let since = -1;
		for (const [id, environment] of environments)
			if (environment.state === 'idle' && environment.since >= since) {
				chosen = id;
				since = environment.since;
			}
		return chosen;
	};

	const free = (environment: number, now: number): Effect[] => {
		const next = queue.shift();
		if (next !== undefined) return [run(environment, next, now)];
		environments.set(environment, { state: 'idle', since: now });
		return [];
	};

	const invoke = (invocation: string, now: number): Effect[] => {
		const idle = newestIdle();
		if (idle !== undefined) return [run(idle, invocation, now)];
		if (queue.length >= limits.maxQueued) return [{ type: 'answer', invocation, outcome: { kind: 'throttled' } }];
		queue.push(invocation);
		return startForQueue(now);
	};

	/** Ends an environment; who waits for it gets the outcome. */
	const end = (id: number, environment: Environment, outcome: Outcome, now: number): Effect[] => {
		environments.delete(id);
		const invocation = environment.state === 'busy' ? environment.invocation : environment.state === 'starting' ? queue.shift() : undefined;
		return [...(invocation === undefined ? [] : [{ type: 'answer', invocation, outcome } as const]), ...startForQueue(now)];
	};

	const tick = (now: number): Effect[] => {
		const effects: Effect[] = [];
		const kept = newestIdle();
		for (const [id, environment] of environments) {
			if (environment.state === 'busy' && now >= environment.deadline) {
				const error = { errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${(limits.timeoutMs / 1000).toFixed(2)} seconds` };
				effects.push({ type: 'kill', environment: id }, ...end(id, environment, { kind: 'timeout', error }, now));
			} else if (environment.state === 'starting' && now - environment.since >= limits.initMs) {
				const error = { errorType: 'Sandbox.Timedout', errorMessage: `Init timed out after ${(limits.initMs / 1000).toFixed(2)} seconds` };
				effects.push({ type: 'kill', environment: id }, ...end(id, environment, { kind: 'failure', error }, now));
			} else if (environment.state === 'idle' && id !== kept && now - environment.since >= limits.idleMs) {
				environments.delete(id);
				effects.push({ type: 'kill', environment: id });
			}
		}
		return effects;
	};

	const step = (input: Input, now: number): Effect[] => {
		if (input.type === 'tick') return tick(now);
		if (input.type === 'invoke') return invoke(input.invocation, now);
		const environment = environments.get(input.environment);
		// a killed environment may still have had its say
		if (!environment) return [];
		switch (input.type) {
			case 'ready':
				return free(input.environment, now);
			case 'settled': {
				if (environment.state !== 'busy') return [];
				return [{ type: 'answer', invocation: environment.invocation, outcome: input.outcome }, ...free(input.environment, now)];
			}
			case 'exited':
				return end(input.environment, environment, { kind: 'failure', error: input.error }, now);
		}
	};

	return { step, count };
};
