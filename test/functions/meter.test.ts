/** Who floods is cut off and told; who doesn't, never is. What the comment of core/meter.ts promises, in numbers. */
import { createMeter, type MeterDeps, sampling } from '@shellpod/functions/core/meter.ts';
import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { mintTag } from '@shellpod/functions/core/tags.ts';
import { encodeToRelay } from '@shellpod/protocol/frame.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { flood, relay as limits, pace } from '@shellpod/protocol/limits.ts';
import { createPace } from '@shellpod/protocol/pace.ts';
import { encodePayload } from '@shellpod/protocol/payload.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../frontend/support/seeded-random.ts';
import { holds, holdsAsync } from '../support/property.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import { caller, connection, flakyConnections, memoryKeys, memoryMeters, testSession } from '../support/sockets.ts';

const viewer = caller('viewer', 'v', 3);
const agent = caller('agent', 'a', 3);
const [page, task] = [connection('viewer'), connection('agent')];
/** in the middle of nothing: a minute begins */
const begin = Date.parse('2026-11-22T08:00:00Z');

const setUp = (change: Partial<MeterDeps> = {}) => {
	const clock = { now: begin };
	const store = memoryMeters();
	const gateway = flakyConnections();
	const log = createLogLines();
	const deps: MeterDeps = { ...store, gateway, random: createRandom(20261122), now: () => new Date(clock.now), log, ...change };
	return { clock, ...store, store, gateway, log, meter: createMeter(deps), deps };
};

/** The chance that of n messages, each sampled with 1/64, at least k are. */
const tail = (n: number, k: number): number => {
	const p = 1 / sampling;
	let log = 0;
	for (let at = 0; at < k; at++) log += Math.log((n - at) / (at + 1)) + Math.log(p);
	let term = Math.exp(log + (n - k) * Math.log1p(-p));
	let sum = 0;
	for (let at = k; at <= n && term > 0; at++) {
		sum += term;
		term *= ((n - at) / (at + 1)) * (p / (1 - p));
	}
	return sum;
};

describe('how sure it is', () => {
	const enough = flood.messages / sampling;

	test('an end at its greatest haste is cut off once in more than ten thousand million minutes', () => {
		const hasty = pace.burst + (pace.perSecond * flood.windowMs) / 1_000;
		expect([enough, hasty]).toEqual([100, 3_000]);
		expect(tail(hasty, enough)).toBeLessThan(1e-10);
		expect(tail(hasty - pace.burst, enough)).toBeLessThan(1e-30);
		// The sum is right: half of what is sent at the limit's rate is found at once, and none of what is far below.
		expect(tail(flood.messages, enough)).toBeGreaterThan(0.45);
		expect(tail(flood.messages, enough)).toBeLessThan(0.55);
	});

	test('no way of sending that keeps the pace sends more in any minute', () => {
		holds(
			[fc.array(fc.record({ rest: fc.integer({ min: 0, max: 30_000 }), messages: fc.integer({ min: 1, max: 2_500 }) }), { maxLength: 8 })],
			(wishes) => {
				let now = 0;
				const kept = createPace(() => now);
				const sent: number[] = [];
				for (const { rest, messages } of wishes) {
					now += rest;
					for (let message = 0; message < messages; message++) {
						now += kept.wait();
						expect(kept.wait()).toBe(0);
						kept.spend(10);
						sent.push(now);
					}
				}
				const windows = new Map<number, number>();
				for (const at of sent) windows.set(Math.floor(at / flood.windowMs), (windows.get(Math.floor(at / flood.windowMs)) ?? 0) + 1);
				for (const count of windows.values()) expect(count).toBeLessThanOrEqual(3_001);
			},
		);
	});

	test('bytes are as far away: the largest chunks of what can not be made smaller', () => {
		const random = createRandom(7);
		const bytes = Uint8Array.from({ length: limits.maxChunkBytes }, () => Math.floor(random() * 256));
		const [largest, tokens] = [limits.maxMessageBytes, 1 + Math.floor(bytes.length / pace.tokenBytes)];
		expect(encodePayload(bytes).text.length).toBeLessThan(largest);
		// In the samples that a minute of them has, the bytes' limit is as good as never reached.
		const messages = Math.floor(3_000 / tokens);
		expect(messages * largest).toBeLessThan(flood.bytes / 3);
		expect(tail(messages, Math.ceil(flood.bytes / (sampling * largest)))).toBeLessThan(1e-10);
	});

	test.each([
		[5_000, 1.3, 1.7],
		[1_000, 6.4, 8.2],
		[200, 32, 41],
	])(
		'a flood of %i messages a second is cut after %f s, and nearly always within %f s',
		async (rate, median, p99) => {
			const random = createRandom(rate);
			const times: number[] = [];
			for (let run = 0; run < 400; run++) {
				const { clock, gateway, meter } = setUp({ random });
				for (let message = 0; gateway.closed.length === 0; message++) {
					clock.now = begin + (message * 1_000) / rate;
					await meter(page, viewer, { peer: task, body: 'x' });
				}
				times.push((clock.now - begin) / 1_000);
			}
			times.sort((a, b) => a - b);
			expect(Math.abs((times[200] ?? 0) - median)).toBeLessThan(median * 0.05);
			expect(times[395]).toBeLessThan(p99);
		},
		30_000,
	);

	test('large messages are a flood sooner', async () => {
		const { clock, gateway, meter } = setUp();
		const body = 'x'.repeat(128 * 1024);
		for (let message = 0; gateway.closed.length === 0; message++) {
			clock.now = begin + message;
			await meter(page, viewer, { body });
		}
		expect(clock.now - begin).toBeLessThan(2_000);
	});
});

describe('[security 18] who is cut off', () => {
	const always = { random: () => 0 };

	test('is who reaches the limit within a minute, at that very message, and nobody before', async () => {
		const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(10, 3_000, 30_000)), { minLength: 60, maxLength: 250 });
		await holdsAsync(
			[sizes],
			async (messages) => {
				const { clock, gateway, meter } = setUp(always);
				const sums = new Map<number, { messages: number; bytes: number }>();
				for (const [pause, size] of messages) {
					clock.now += pause;
					await meter(page, viewer, { peer: task, body: 'x'.repeat(size) });
					const minute = Math.floor(clock.now / 60_000);
					const before = sums.get(minute) ?? { messages: 0, bytes: 0 };
					const sum = { messages: before.messages + 64, bytes: before.bytes + 64 * size };
					sums.set(minute, sum);
					const over = sum.messages >= flood.messages || sum.bytes >= flood.bytes;
					expect(gateway.closed.length > 0).toBe(over);
					if (over) return;
				}
			},
			30,
		);
	});

	test('is told by a code of its own, deleted, without tickets for five minutes, and stands in the log without a byte of what it sent', async () => {
		const { clock, gateway, meter, log, cuts } = setUp(always);
		clock.now += 15_000;
		for (let message = 0; message < 99; message++) await meter(page, viewer, { peer: task, body: 'secret' });
		expect([gateway.posts, log.lines]).toEqual([[], []]);
		await meter(page, viewer, { peer: task, body: 'secret' });
		expect(gateway.heard(page)).toEqual([
			{
				type: 'fatal',
				code: 'flooding',
				message: 'This page sent more than a terminal ever needs, and was cut off. The session goes on.',
				retryAfterMs: 300_000,
			},
		]);
		expect(gateway.heard(task)).toEqual([{ type: 'gone', sender: viewer.sender }]);
		expect(gateway.closed).toEqual([page]);
		expect(await gateway.post(page, 'x')).toBe('gone');
		expect(log.lines).toEqual([
			{
				level: 'warn',
				event: 'flood_cut',
				fields: { session: testSession, role: 'viewer', generation: 3, messages: 6_400, bytes: 6_400 * 6, seconds: 15 },
			},
		]);
		expect(await cuts.until(viewer, new Date(clock.now))).toBe(clock.now + 300_000);
		expect(await cuts.until(agent, new Date(clock.now))).toBeUndefined();
		expect(await cuts.until(viewer, new Date(clock.now + 300_000))).toBeUndefined();
		// A frame that was on its way says it once more to whoever is left, and not to the log.
		await meter(page, viewer, { peer: task, body: 'secret' });
		expect(log.lines).toHaveLength(1);
	});

	/** Sends through the relay as one end does that was given tags to these peers. */
	const relaying = (random: () => number = createRandom(5)) => {
		const { clock, gateway, store, meter } = setUp({ random });
		const ring = { current: 'a', keys: { a: Buffer.alloc(32, 7).toString('base64url') } };
		const keys = memoryKeys();
		keys.ring = ring;
		const now = () => new Date(clock.now);
		const relay = createRelay({ keys: createRelayKeys({ store: keys, now, random: () => new Uint8Array(32) }), gateway, meter, now });
		const send = (from: ConnectionId, to: ConnectionId, name: string) =>
			relay(
				from,
				agent,
				encodeToRelay(mintTag(ring, from, agent, { connection: to, sender: caller('viewer', name).sender }, clock.now + 1_000), 'x'),
			);
		return { clock, gateway, store, relay, send };
	};

	test('is not an agent that serves eight viewers, each at the greatest haste', async () => {
		const { clock, gateway, send } = relaying();
		for (let message = 0; message < 3_000; message++) {
			clock.now = begin + message * 20;
			for (let peer = 0; peer < 8; peer++) await send(task, connection(`v${peer}`), `v${peer}`);
		}
		expect(gateway.closed).toEqual([]);
	});

	test('is an agent that floods one viewer, by however many connections', async () => {
		const { clock, gateway, send } = relaying();
		let message = 0;
		for (; gateway.closed.length === 0; message++) {
			clock.now = begin + message / 5;
			await send(connection(`agent${message % 50}`), page, 'v');
		}
		expect(message).toBeGreaterThan(flood.messages * 0.7);
		expect(message).toBeLessThan(flood.messages * 1.4);
		// The others follow, each at its next message that is counted.
		for (; gateway.closed.length < 40 && message < 20_000; message++) await send(connection(`agent${message % 50}`), page, 'v');
		expect(new Set(gateway.closed).size).toBeGreaterThan(20);
	});

	test('is a user whose pages come anew before each is found, and whose agents send to each of them', async () => {
		const { clock, gateway, meter } = setUp();
		let message = 0;
		for (; gateway.closed.length === 0 && message < 2 * flood.ofUser.messages; message++) {
			clock.now = begin + message / 5;
			const one = connection(`v${Math.floor(message / 1_000)}`);
			if (message % 2) await meter(one, viewer, { peer: task, body: 'x' });
			else await meter(task, agent, { peer: one, body: 'x' });
		}
		expect(message).toBeGreaterThan(flood.ofUser.messages * 0.85);
		expect(message).toBeLessThan(flood.ofUser.messages * 1.15);
	});

	test('is no user with eight pages in greatest haste, and an agent for each', () => {
		const hasty = 8 * 2 * 3_000;
		expect(tail(hasty, Math.ceil(flood.ofUser.messages / sampling))).toBeLessThan(1e-10);
		expect(8 * 31 * 1024 * 1024).toBeLessThan(flood.ofUser.bytes / 2);
	});

	test('is who floods nobody: no frames, forged tags, peers that are gone', async () => {
		const { clock, gateway, relay, send } = relaying();
		for (let peer = 0; peer < 100; peer++) gateway.faults.set(connection(`gone${peer}`), 'gone');
		let message = 0;
		for (; gateway.closed.length === 0; message++) {
			clock.now = begin + message / 5;
			if (message % 3) await relay(task, agent, message % 2 ? 'noise' : encodeToRelay(`a.zz.ssss.x=.${'A'.repeat(22)}`, 'x'));
			else await send(task, connection(`gone${message % 100}`), 'v');
		}
		expect(message).toBeLessThan(flood.messages * 1.4);
		expect(gateway.closed).toEqual([task]);
	});

	test('a table that fails costs no frame', async () => {
		const lines = createLogLines();
		const { gateway, meter } = setUp({ ...always, log: lines, meters: { add: () => Promise.reject(new Error('the table is away')) } });
		for (let message = 0; message < 200; message++) await meter(page, viewer, { peer: task, body: 'x' });
		expect(gateway.closed).toEqual([]);
		expect(lines.lines[0]).toMatchObject({ level: 'error', event: 'meter_failed' });
	});

	test('what is not sampled costs neither a read nor a write', async () => {
		const { store, meter } = setUp({ random: () => 1 / sampling });
		for (let message = 0; message < 10_000; message++) await meter(page, viewer, { peer: task, body: 'x' });
		expect(store.adds).toBe(0);
	});
});
