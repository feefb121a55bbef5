/**
 * One function's environments, without threads or clocks.
 *
 * documented: an environment takes one event at a time; a new one starts when all are busy; what is over the function's share of the account is
 * throttled; the timeout kills the environment.
 * assumed: an event for which an environment starts is run by whichever is free first, or by that one.
 * different: at most `maxEnvironments` run on this machine; what AWS would start another for waits.
 */
import { type Faults, noFaults } from '../faults/faults.ts';
import { createConcurrency, type Share, usualConcurrency } from './concurrency.ts';

export interface FunctionLimits {
	maxEnvironments: number;
	timeoutMs: number;
	/** ms that an environment may take to load the handler */
	initMs: number;
	/** ms after which an idle environment is ended, the newest one excepted */
	idleMs: number;
	/** of the account; default: all of one that has nothing else */
	share?: Share;
	faults?: Faults;
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
	/** `coldMs`: before its module begins to load; `skewMs`: how far its clock is ahead */
	| { type: 'start'; environment: number; coldMs: number; skewMs: number }
	| { type: 'run'; environment: number; invocation: string; deadline: number }
	| { type: 'kill'; environment: number }
	| { type: 'answer'; invocation: string; outcome: Outcome };

type Environment =
	/** `own`: the event that waits for this one and no other */
	{ state: 'starting'; since: number; own?: string } | { state: 'idle'; since: number } | { state: 'busy'; invocation: string; deadline: number };

export interface FunctionMachine {
	step(input: Input, now: number): Effect[];
	/** environments by state */
	count(state: Environment['state']): number;
}

const exitError: FunctionError = { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited without providing a reason' };
const timedOut = (what: string, ms: number): FunctionError => ({
	errorType: 'Sandbox.Timedout',
	errorMessage: `${what} timed out after ${(ms / 1000).toFixed(2)} seconds`,
});
/** ms that an environment's clock may be wrong, either way */
const maxSkewMs = 2_000;

export const createFunctionMachine = (limits: FunctionLimits): FunctionMachine => {
	const { share = createConcurrency(usualConcurrency).share(), faults = noFaults } = limits;
	const environments = new Map<number, Environment>();
	const queue: string[] = [];
	let nextEnvironment = 1;

	const count = (state: Environment['state']): number => {
		let found = 0;
		for (const environment of environments.values()) if (environment.state === state) found += 1;
		return found;
	};

	const answer = (invocation: string, outcome: Outcome): Effect => {
		share.release();
		return { type: 'answer', invocation, outcome };
	};

	const run = (environment: number, invocation: string, now: number): Effect => {
		const deadline = now + limits.timeoutMs;
		environments.set(environment, { state: 'busy', invocation, deadline });
		return { type: 'run', environment, invocation, deadline };
	};

	/** ms: 150 to 500, and one in a hundred up to a second */
	const coldMs = (): number => {
		if (!faults.happens('cold-start')) return 0;
		const place = faults.between('cold-start', 0, 100);
		return place < 99 ? 150 + (place / 99) * 350 : 500 + (place - 99) * 500;
	};
	const skewMs = (): number => (faults.happens('skew') ? faults.between('skew', -maxSkewMs, maxSkewMs) : 0);

	const begin = (now: number): Effect => {
		const environment = nextEnvironment++;
		const own = faults.choose('B1c', [false, true]) ? queue.pop() : undefined;
		environments.set(environment, { state: 'starting', since: now, ...(own !== undefined && { own }) });
		return { type: 'start', environment, coldMs: coldMs(), skewMs: skewMs() };
	};

	/** Whether one more is to start: not when all that wait have one that does, and not when this machine has no room. */
	const wanted = (): boolean => {
		if (queue.length === 0 || environments.size >= limits.maxEnvironments) return false;
		let coming = 0;
		for (const environment of environments.values()) if (environment.state === 'starting' && environment.own === undefined) coming += 1;
		return coming < queue.length;
	};

	const startForQueue = (now: number): Effect[] => (wanted() && share.grow(now) ? [begin(now)] : []);

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

	const free = (environment: number, now: number, own?: string): Effect[] => {
		const next = own ?? queue.shift();
		if (next !== undefined) return [run(environment, next, now)];
		environments.set(environment, { state: 'idle', since: now });
		return [];
	};

	const invoke = (invocation: string, now: number): Effect[] => {
		const throttled: Effect = { type: 'answer', invocation, outcome: { kind: 'throttled' } };
		if (!share.take(now)) return [throttled];
		const idle = newestIdle();
		if (idle !== undefined) return [run(idle, invocation, now)];
		queue.push(invocation);
		if (!wanted()) return [];
		if (share.grow(now)) return [begin(now)];
		queue.pop();
		share.release();
		return [throttled];
	};

	/** Ends an environment; who waits for it gets the outcome. */
	const end = (id: number, environment: Environment, outcome: Outcome, now: number): Effect[] => {
		environments.delete(id);
		const waiting = environment.state === 'busy' ? environment.invocation : undefined;
		const invocation = waiting ?? (environment.state === 'starting' ? (environment.own ?? queue.shift()) : undefined);
		return [...(invocation === undefined ? [] : [answer(invocation, outcome)]), ...startForQueue(now)];
	};

	const kill = (id: number, environment: Environment, outcome: Outcome, now: number): Effect[] => [
		{ type: 'kill', environment: id },
		...end(id, environment, outcome, now),
	];

	const tick = (now: number): Effect[] => {
		const effects: Effect[] = [];
		const kept = newestIdle();
		for (const [id, environment] of environments) {
			if (environment.state === 'busy' && now >= environment.deadline)
				effects.push(...kill(id, environment, { kind: 'timeout', error: timedOut('Task', limits.timeoutMs) }, now));
			else if (environment.state === 'starting' && now - environment.since >= limits.initMs)
				effects.push(...kill(id, environment, { kind: 'failure', error: timedOut('Init', limits.initMs) }, now));
			else if (environment.state === 'idle' && id !== kept && now - environment.since >= limits.idleMs) {
				environments.delete(id);
				effects.push({ type: 'kill', environment: id });
			}
		}
		// what ended while none could start
		return [...effects, ...startForQueue(now)];
	};

	/** The handler is done: its environment takes the next event, unless it ends with it or after it. */
	const settled = (id: number, environment: Environment & { state: 'busy' }, outcome: Outcome, now: number): Effect[] => {
		if (outcome.kind === 'success' && faults.happens('crash')) return kill(id, environment, { kind: 'failure', error: exitError }, now);
		if (faults.happens('recycle')) return kill(id, environment, outcome, now);
		return [answer(environment.invocation, outcome), ...free(id, now)];
	};

	const step = (input: Input, now: number): Effect[] => {
		if (input.type === 'tick') return tick(now);
		if (input.type === 'invoke') return invoke(input.invocation, now);
		const environment = environments.get(input.environment);
		// a killed environment may still have had its say
		if (!environment) return [];
		switch (input.type) {
			case 'ready':
				return environment.state === 'starting' ? free(input.environment, now, environment.own) : [];
			case 'settled':
				return environment.state === 'busy' ? settled(input.environment, environment, input.outcome, now) : [];
			case 'exited':
				return end(input.environment, environment, { kind: 'failure', error: input.error }, now);
		}
	};

	return { step, count };
};
