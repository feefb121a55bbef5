/** What may go wrong at the gateway, as the seed has it: each fault does what it says and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Faults } from '../../../local/faults/faults.ts';
import { alone, faultsOf, minute, request } from './alone.ts';

/** A world with one open connection. */
const opened = (faults: Faults) => {
	const world = alone({ faults });
	world.open();
	return world;
};
const numbers = Array.from({ length: 40 }, (_, at) => String(at));

describe('messages', () => {
	it('[aws-A19] that are late are overtaken; all come, once, within 300 ms', () => {
		const world = opened(faultsOf('reorder=30%'));
		for (const text of numbers) {
			world.say(text);
			world.pass(5);
		}
		world.pass(300);
		const bodies = world.ran('relay').map(({ event }) => event.body);
		expect(bodies).not.toEqual(numbers);
		expect([...bodies].sort()).toEqual([...numbers].sort());
		for (const { at, event } of world.ran('relay')) expect(at - Number(event.body) * 5).toBeLessThanOrEqual(300);
	});

	it('that are late go on though their connection has ended, as an invocation does', () => {
		const world = opened(faultsOf('reorder=100%'));
		world.say('last');
		world.step({ type: 'closed', connection: 'c', code: 1000, reason: '' });
		world.pass(300);
		expect(world.ran('relay')).toMatchObject([{ event: { body: 'last', requestContext: { connectionId: 'c' } } }]);
	});
});

describe('posts', () => {
	it('[aws-A20a] overtake each other; all come, once', () => {
		const world = opened(faultsOf('reorder=30%'));
		for (const text of numbers) {
			expect(world.manage('POST', 'c', text).answer).toEqual({ status: 200 });
			world.pass(5);
		}
		world.pass(300);
		expect(world.sent()).not.toEqual(numbers);
		expect([...world.sent()].sort()).toEqual([...numbers].sort());
	});

	it('[aws-A20b] come twice', () => {
		const world = opened(faultsOf('dup=25%'));
		for (const text of numbers) world.manage('POST', 'c', text);
		world.pass(300);
		const twice = numbers.filter((text) => world.sent().filter((one) => one === text).length === 2);
		expect(twice.length).toBeGreaterThan(3);
		expect(world.sent()).toHaveLength(numbers.length + twice.length);
	});

	it('[aws-A23] are answered with 200 and never come', () => {
		const world = opened(faultsOf('drop=25%'));
		for (const text of numbers) expect(world.manage('POST', 'c', text).answer).toEqual({ status: 200 });
		world.pass(minute);
		expect(world.sent().length).toBeLessThan(numbers.length - 3);
		expect(new Set(world.sent()).size).toBe(world.sent().length);
	});

	it('[aws-A27] take as long as they are told to: the answer and the message', () => {
		const world = opened(faultsOf('delay=50..300ms'));
		const { afterMs } = world.manage('POST');
		expect([afterMs >= 50, afterMs <= 300, world.sent()]).toEqual([true, true, []]);
		world.pass(afterMs);
		expect(world.sent()).toEqual(['x']);
	});

	it('are lost when their connection ends before they come', () => {
		const world = opened(faultsOf('delay=50..300ms'));
		expect(world.manage('POST').answer).toEqual({ status: 200 });
		world.step({ type: 'closed', connection: 'c', code: 1000, reason: '' });
		world.pass(minute);
		expect(world.sent()).toEqual([]);
	});

	it('[aws-A24a] are answered with 429 for a while, and are taken again', () => {
		const world = opened(faultsOf('throttle=10%', 3));
		const statuses = numbers.map(() => {
			world.pass(100);
			return world.manage('POST').answer.status;
		});
		expect(new Set(statuses)).toEqual(new Set([200, 429]));
		expect(statuses.join()).toContain('429,429');
		expect(world.sent()).toHaveLength(statuses.filter((status) => status === 200).length);
	});

	it('[aws-A24b] meet a full buffer for 1 to 5 s', () => {
		const world = opened(faultsOf('slow-consumer=100%'));
		const full = { status: 429, name: 'LimitExceededException', message: 'The client is too slow' };
		expect(world.manage('POST').answer).toEqual(full);
		const other = opened({ ...faultsOf('slow-consumer=100%'), happens: (name) => name === 'slow-consumer' && other.now() === 0 });
		other.manage('POST');
		other.pass(999);
		expect(other.manage('POST').answer).toEqual(full);
		other.pass(4_001);
		expect(other.manage('POST').answer).toEqual({ status: 200 });
	});
});

describe('the end of a connection', () => {
	const end = (faults: string, seed = 1) => {
		const world = opened(faultsOf(faults, seed));
		world.step({ type: 'closed', connection: 'c', code: 1006, reason: '' });
		return world;
	};

	it('[aws-A21a] is never told', () => {
		const world = end('disconnect-lost=100%');
		world.pass(10 * minute);
		expect([world.ran('disconnect'), world.manage('POST').answer.status]).toEqual([[], 410]);
	});

	it('[aws-A21b] is told late, after the next connection of the same client', () => {
		const world = end('disconnect-late=100%');
		world.step({ type: 'upgrade', connection: 'next', request });
		expect([world.of('accept').length, world.ran('disconnect')]).toEqual([2, []]);
		world.pass(2 * minute);
		expect(world.ran('disconnect')).toMatchObject([{ event: { requestContext: { connectionId: 'c', disconnectStatusCode: 1006 } } }]);
		expect(world.ran('disconnect')[0]?.at).toBeGreaterThanOrEqual(100);
	});

	it('[aws-A21c] is told twice', () => {
		const world = end('disconnect-dup=100%');
		world.pass(minute);
		const told = world.ran('disconnect').map(({ event }) => event);
		expect(told).toHaveLength(2);
		expect(told[1]).toEqual(told[0]);
	});

	it('[aws-A22] is not noticed: posts are taken and lost, then 410, and only then it is told', () => {
		const world = end('half-open=100%');
		expect(world.manage('POST').answer).toEqual({ status: 200 });
		world.pass(999);
		expect(world.manage('POST').answer).toEqual({ status: 200 });
		expect([world.ran('disconnect'), world.sent()]).toEqual([[], []]);
		world.pass(minute);
		expect(world.manage('POST').answer.status).toBe(410);
		expect(world.ran('disconnect')).toHaveLength(1);
	});

	it('[aws-A22] is not noticed by who asks for it either; who deletes it has ended it', () => {
		const world = end('half-open=100%');
		expect(world.manage('GET').answer).toMatchObject({ status: 200, body: { connectedAt: expect.any(String) } });
		expect(world.manage('DELETE').answer).toEqual({ status: 204 });
		expect([world.manage('GET').answer.status, world.manage('POST').answer.status, world.closes()]).toEqual([410, 410, []]);
		world.pass(minute);
		expect(world.ran('disconnect')).toMatchObject([{ event: { requestContext: { disconnectStatusCode: 1000 } } }]);
	});

	it('[aws-A25a] comes at any time: without a word, with 1011, with 1012', () => {
		const codes = Array.from({ length: 30 }, (_, seed) => {
			const world = opened(faultsOf('cut=30s', seed));
			world.pass(minute);
			expect(world.ran('disconnect')).toHaveLength(1);
			return world.closes()[0];
		});
		expect(new Set(codes)).toEqual(new Set([1006, 1011, 1012]));
	});

	it('[aws-A25b] comes before it began: 429, 500 or 503', () => {
		const statuses = Array.from({ length: 30 }, (_, seed) => opened(faultsOf('upgrade=100%', seed)).of('refuse')[0]?.status);
		expect(new Set(statuses)).toEqual(new Set([429, 500, 503]));
	});
});

it('without faults nothing waits and nothing is drawn', () => {
	const world = alone();
	world.open();
	for (const text of numbers) {
		world.say(text);
		expect(world.manage('POST', 'c', text)).toMatchObject({ answer: { status: 200 }, afterMs: 0 });
	}
	expect([world.of('wake'), world.sent()]).toEqual([[], numbers]);
});
