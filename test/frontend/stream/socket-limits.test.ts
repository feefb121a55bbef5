/** What the page's socket does when it is told to wait. */
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { expect, test } from 'vitest';
import { createSocketBench, peer } from '../support/socket-bench.ts';

test('[security 18] one that was cut off says why and until when, and comes back only by the user', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.say(encodeControl({ type: 'fatal', code: 'flooding', message: 'too much', retryAfterMs: 300_000 }));
	expect(bench.socket.state).toEqual({ kind: 'ended', code: 'flooding', detail: 'too much', until: bench.clock.now() + 300_000 });
	await bench.clock.advance(600_000);
	expect(bench.heard.tickets).toBe(1);
	bench.socket.start();
	expect(bench.heard.tickets).toBe(2);
});

test('[security 18] an agent that was cut off is said to be away, until it is there again', async () => {
	const bench = createSocketBench();
	await bench.arrive([]);
	bench.say(encodeControl({ type: 'away', code: 'flooding', message: 'its agent', retryAfterMs: 60_000 }));
	expect(bench.socket.state).toEqual({
		kind: 'open',
		agent: false,
		away: { code: 'flooding', detail: 'its agent', until: bench.clock.now() + 60_000 },
	});
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer() }));
	expect(bench.socket.state).toEqual({ kind: 'open', agent: true });
});

test.each([
	['too_many', 'waiting'],
	['flooding', 'ended'],
] as const)('[security 13] a ticket that is refused as %s is not asked for before it is said to be good', async (code, kind) => {
	const bench = createSocketBench({ ticket: () => Promise.reject(new ShellPodError(code, 'slower', { retryAfter: 20 })) });
	bench.socket.start();
	await bench.clock.advance(0);
	expect(bench.socket.state.kind).toBe(kind);
	await bench.clock.advance(19_000);
	bench.socket.hurry();
	await bench.clock.advance(0);
	expect(bench.heard.tickets).toBe(1);
	await bench.clock.advance(2_000);
	expect(bench.heard.tickets).toBe(kind === 'waiting' ? 2 : 1);
});
