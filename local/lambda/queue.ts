/**
 * Lambda's queue of asynchronous invocations, without clocks: events and how their invocations ended in, invocations out.
 *
 * documented: an invocation that fails is tried twice more, after 1 and 2 minutes; one that is throttled goes back into the queue, for 1 s and then
 * twice as long each time up to 5 minutes; what is older than its age, or has failed too often, is given up.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import type { Faults } from '../faults/faults.ts';
import type { Outcome } from './machine.ts';

/** How a function's asynchronous invocations are tried again. */
export interface Retry {
	/** after failures; throttling is no failure */
	attempts: number;
	maxAgeMs: number;
}

/** two more within 6 h unless the template says other */
export const usualRetry: Retry = { attempts: 2, maxAgeMs: 6 * 3_600_000 };

export interface AsyncEvent {
	arn: string;
	payload: string;
}

export type QueueEffect =
	| ({ type: 'invoke'; id: number } & AsyncEvent)
	/** `condition`, as a record for a destination names it; `attempts`: that were made */
	| ({ type: 'give-up'; id: number; condition: 'RetriesExhausted' | 'EventAgeExceeded'; attempts: number } & AsyncEvent);

interface Waiting extends AsyncEvent {
	retry: Retry;
	firstAt: number;
	failures: number;
	throttles: number;
	/** undefined: it runs */
	nextAt: number | undefined;
}

/** ms before the first and the second repetition after a failure */
const pauses = [60_000, 120_000];
const firstThrottleMs = 1_000;
const maxThrottleMs = 5 * 60_000;
/** ms until the second of two that are the same: `async-dup` */
const [soonestTwin, latestTwin] = [100, 60_000];

export interface AsyncQueue {
	/** The event is taken; who sent it hears no more of it. */
	accept(event: AsyncEvent, now: number): QueueEffect[];
	/** An invocation has ended. */
	ended(id: number, outcome: Outcome['kind'], now: number): QueueEffect[];
	/** What is due. */
	tick(now: number): QueueEffect[];
	/** ms since 1970 when `tick` has something to do again; undefined: nothing waits */
	next(): number | undefined;
}

export const createAsyncQueue = ({ retryOf, faults }: { retryOf: (arn: string) => Retry; faults: Faults }): AsyncQueue => {
	const events = new Map<number, Waiting>();
	let nextId = 1;

	const giveUp = (id: number, { arn, payload, failures, throttles }: Waiting, condition: 'RetriesExhausted' | 'EventAgeExceeded'): QueueEffect[] => {
		events.delete(id);
		return [{ type: 'give-up', id, arn, payload, condition, attempts: failures + throttles }];
	};

	const again = (id: number, event: Waiting, pause: number, now: number): QueueEffect[] => {
		if (now + pause - event.firstAt > event.retry.maxAgeMs) return giveUp(id, event, 'EventAgeExceeded');
		event.nextAt = now + pause;
		return [];
	};

	const add = (event: AsyncEvent, now: number, nextAt: number | undefined): number => {
		const id = nextId++;
		events.set(id, { ...event, retry: retryOf(event.arn), firstAt: now, failures: 0, throttles: 0, nextAt });
		return id;
	};

	return {
		accept: (event, now) => {
			const id = add(event, now, undefined);
			if (faults.happens('async-dup')) add(event, now, now + faults.spread('async-dup', soonestTwin, latestTwin));
			return [{ type: 'invoke', id, ...event }];
		},
		ended: (id, outcome, now) => {
			const event = events.get(id);
			if (!event) return [];
			if (outcome === 'success') {
				events.delete(id);
				return [];
			}
			if (outcome === 'throttled') {
				const pause = Math.min(maxThrottleMs, firstThrottleMs * 2 ** event.throttles);
				event.throttles += 1;
				return again(id, event, pause, now);
			}
			const pause = pauses[event.failures];
			event.failures += 1;
			if (pause === undefined || event.failures > event.retry.attempts) return giveUp(id, event, 'RetriesExhausted');
			return again(id, event, pause, now);
		},
		tick: (now) => {
			const effects: QueueEffect[] = [];
			for (const [id, event] of events) {
				if (event.nextAt === undefined || now < event.nextAt) continue;
				event.nextAt = undefined;
				effects.push({ type: 'invoke', id, arn: event.arn, payload: event.payload });
			}
			return effects;
		},
		next: () => {
			let soonest: number | undefined;
			for (const { nextAt } of events.values()) if (nextAt !== undefined && (soonest === undefined || nextAt < soonest)) soonest = nextAt;
			return soonest;
		},
	};
};
