import { describe, expect, it } from 'vitest';
import { type Faults, noFaults } from '../../../local/faults/faults.ts';
import type { Outcome } from '../../../local/lambda/machine.ts';
import { createAsyncQueue, type Retry, usualRetry } from '../../../local/lambda/queue.ts';

const minute = 60_000;
const event = { arn: 'f', payload: '{}' };

const queueOf = (retry: Retry = usualRetry, faults: Faults = noFaults) => createAsyncQueue({ retryOf: () => retry, faults });

/** Every invocation ends like this; gives the times of all, and how it was given up. */
const lives = (outcome: Outcome['kind'], retry?: Retry) => {
	const queue = queueOf(retry);
	const times: number[] = [];
	let now = 0;
	let last = queue.accept(event, now);
	for (;;) {
		const [effect] = last;
		if (effect?.type !== 'invoke') return { times, end: effect?.condition };
		times.push(now);
		last = queue.ended(effect.id, outcome, now);
		const next = queue.next();
		if (next === undefined) return { times, end: last[0]?.type === 'give-up' ? last[0].condition : undefined };
		expect(queue.tick(next - 1)).toEqual([]);
		now = next;
		last = queue.tick(now);
	}
};

describe('an asynchronous invocation', () => {
	it('[aws-B4d] that fails is tried again after one and two minutes, then given up', () => {
		expect(lives('failure')).toEqual({ times: [0, minute, 3 * minute], end: 'RetriesExhausted' });
		expect(lives('timeout', { attempts: 1, maxAgeMs: 6 * 60 * minute })).toEqual({ times: [0, minute], end: 'RetriesExhausted' });
		expect(lives('failure', { attempts: 0, maxAgeMs: minute })).toEqual({ times: [0], end: 'RetriesExhausted' });
		expect(lives('success')).toEqual({ times: [0], end: undefined });
	});

	it('[aws-B4f] that is throttled goes back, from 1 s to 5 minutes longer each time, whatever its retries, for at most 6 h', () => {
		const { times, end } = lives('throttled', { ...usualRetry, attempts: 0 });
		const pauses = times.slice(1).map((time, at) => (time - (times[at] ?? 0)) / 1_000);
		expect(pauses.slice(0, 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
		expect(times.at(-1)).toBeGreaterThan(6 * 60 * minute - 5 * minute);
		expect(times.at(-1)).toBeLessThanOrEqual(6 * 60 * minute);
		expect(end).toBe('EventAgeExceeded');
	});

	it('[aws-B4g] is given up when it gets older than the template wants', () => {
		expect(lives('throttled', { attempts: 2, maxAgeMs: minute })).toEqual({
			times: [0, 1, 3, 7, 15, 31].map((s) => s * 1_000),
			end: 'EventAgeExceeded',
		});
		expect(lives('failure', { attempts: 2, maxAgeMs: 2 * minute })).toEqual({ times: [0, minute], end: 'EventAgeExceeded' });
	});

	it('[aws-B4e] may happen twice, however well it went', () => {
		const queue = queueOf(usualRetry, { ...noFaults, happens: (name) => name === 'async-dup', spread: (_, low) => low });
		const [first] = queue.accept(event, 0);
		expect(queue.ended(first?.id ?? 0, 'success', 10)).toEqual([]);
		const [second] = queue.tick(queue.next() ?? 0);
		expect(second).toMatchObject({ type: 'invoke', ...event });
		expect(queue.ended(second?.id ?? 0, 'success', 200)).toEqual([]);
		expect(queue.next()).toBeUndefined();
	});

	it('says how often it was tried when it is given up', () => {
		const queue = queueOf({ attempts: 0, maxAgeMs: minute });
		const id = queue.accept(event, 0)[0]?.id ?? 0;
		queue.ended(id, 'throttled', 0);
		queue.tick(1_000);
		expect(queue.ended(id, 'failure', 1_100)).toEqual([{ type: 'give-up', id, ...event, condition: 'RetriesExhausted', attempts: 2 }]);
	});
});
