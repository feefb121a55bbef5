/** [T10] When the page's socket comes back. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { expect, test } from 'vitest';
import { reconnectDelay, returnDelay } from '../../../frontend/src/stream/backoff.ts';
import { createRandom } from '../support/seeded-random.ts';
import { createSocketBench, ticket } from '../support/socket-bench.ts';

test('[T10] tries that fail grow apart, each at random within its time', async () => {
	const bench = createSocketBench({ random: 0.999 });
	bench.socket.start();
	await bench.clock.advance(0);
	bench.wire().events.closed(1006);
	await bench.clock.advance(0);
	expect(bench.wires).toHaveLength(2);
	bench.wire().events.closed(1006);
	await bench.clock.advance(200);
	expect(bench.wires).toHaveLength(2);
	await bench.clock.advance(100);
	expect(bench.wires).toHaveLength(3);
	expect(Array.from({ length: 11 }, (_, attempt) => reconnectDelay(attempt, 1))).toEqual([
		0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
	]);
	expect(reconnectDelay(20, 0)).toBe(0);
});

test('[T10] a welcomed connection that is closed is followed within 2.5 s at random, 1 s where it lived shortly, and at once when the network is back', async () => {
	const bench = createSocketBench({ random: 0.999 });
	await bench.arrive();
	for (const [lived, wait] of [
		[0, 1_000],
		[29_000, 1_000],
		[60_000, 2_500],
	] as const) {
		await bench.clock.advance(lived);
		bench.wire().events.closed(1006);
		const before = bench.wires.length;
		await bench.clock.advance(wait - 10);
		expect(bench.wires).toHaveLength(before);
		await bench.clock.advance(10);
		expect(bench.wires).toHaveLength(before + 1);
		bench.wire().events.open();
		bench.welcome();
	}
	bench.wire().events.closed(1006);
	const before = bench.wires.length;
	bench.socket.hurry();
	await bench.clock.advance(0);
	expect(bench.wires).toHaveLength(before + 1);
});

test('[T10] [P12] a thousand that are cut at once make under 500 connections in any second', () => {
	const random = createRandom(1);
	const times = Array.from({ length: 1_000 }, () => returnDelay(random(), 60_000)).sort((a, b) => a - b);
	const within = times.map((time, from) => times.slice(from).filter((other) => other < time + 1_000).length);
	expect(Math.max(...within)).toBeLessThan(500);
	expect(Math.max(...times)).toBeLessThanOrEqual(2_500);
});

test('[T10] connections that are never welcomed are tried ever later', async () => {
	const bench = createSocketBench({ random: 0.999 });
	await bench.arrive();
	for (let cut = 0; cut < 6; cut++) {
		bench.wire().events.closed(1006);
		await bench.clock.advance(40_000);
		bench.wire().events.open();
	}
	bench.wire().events.closed(1006);
	const before = bench.wires.length;
	await bench.clock.advance(7_000);
	expect(bench.wires).toHaveLength(before);
});

test('[T10] while nobody answers at all it tries again and again, for a minute; an answer that says no makes it wait', async () => {
	const answers = { cause: new TypeError('Failed to fetch') as unknown };
	const bench = createSocketBench({
		random: 0.5,
		ticket: () => (answers.cause === undefined ? Promise.resolve(ticket) : Promise.reject(new ShellPodError('unavailable', 'no', answers))),
	});
	answers.cause = undefined;
	await bench.arrive();
	answers.cause = new TypeError('Failed to fetch');
	bench.wire().events.closed(1006);
	await bench.clock.advance(1_250);
	const tried = async (ms: number): Promise<number> => {
		const before = bench.heard.tickets;
		await bench.clock.advance(ms);
		return bench.heard.tickets - before;
	};
	expect(await tried(10_000)).toBe(57);
	await bench.clock.advance(60_000);
	expect(await tried(30_000)).toBeLessThan(10);
	bench.socket.hurry();
	await bench.clock.advance(0);
	expect(await tried(1_000)).toBe(5);
	answers.cause = new Error('503');
	await bench.clock.advance(10_000);
	expect(await tried(10_000)).toBeLessThan(5);
});

test('[T10] a page that is put away closes its connections and comes back with its user, or by itself when nobody put it away', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.socket.rest();
	expect(bench.wire().closed).toBe(true);
	expect(bench.heard.gone).toBe(1);
	await bench.clock.advance(5_000);
	expect(bench.wires).toHaveLength(1);
	bench.socket.hurry();
	await bench.clock.advance(0);
	bench.wire().events.open();
	bench.welcome();
	expect(bench.heard.agents).toBe(2);
	bench.socket.rest();
	await bench.clock.advance(31_000);
	expect(bench.wires).toHaveLength(3);
	bench.socket.stop();
	bench.socket.rest();
	expect(bench.socket.state).toEqual({ kind: 'idle' });
});
