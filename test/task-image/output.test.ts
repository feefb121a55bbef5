import { relay } from '@shellpod/protocol/limits.ts';
import { decodePayload, type Pack } from '@shellpod/protocol/payload.ts';
import { pack } from '@shellpod/task-image/agent/fill.ts';
import { createFrames } from '@shellpod/task-image/agent/frames.ts';
import { type Chunk, createOutput } from '@shellpod/task-image/agent/output.ts';
import { createWindow } from '@shellpod/task-image/agent/window.ts';
import { describe, expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';

describe('output to a viewer that puts it in order', () => {
	const createPair = (packWith?: Pack) => {
		const clock = manualClock();
		const sent: { at: number; chunk: Chunk; again: boolean }[] = [];
		const state = { paused: false, resendMs: relay.resendMs as number };
		const tmux = { skipped: async () => 0 };
		const output = createOutput({
			manners: { many: true, pack: packWith, resendMs: () => state.resendMs },
			wait: () => 0,
			clock,
			transmit: (chunk, again) => sent.push({ at: clock.now(), chunk, again }),
			source: {
				pause: () => {
					state.paused = true;
				},
				resume: () => {
					state.paused = false;
				},
				skipped: () => tmux.skipped(),
			},
		});
		/** A chunk of so many bytes has gone. */
		const go = async (length: number): Promise<void> => {
			output.push(Buffer.alloc(length, 'x'));
			await clock.advance(100);
		};
		return { clock, sent, state, tmux, output, go };
	};

	test('[O1] what only clears the screen waits for what is drawn on it, but not for long', async () => {
		// As tmux does for a client that comes.
		const clear = Buffer.from('\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\x1b[H\x1b[2J\x1b[?25h\x1b(B\x1b[m\x1b[1;24r\x1b[>c\x1b[>q\x1b]10;?\x1b\\');
		const [drawn, empty] = [createPair(), createPair()];
		drawn.output.push(clear);
		await drawn.clock.advance(200);
		expect(drawn.sent).toEqual([]);
		drawn.output.push(Buffer.from('\x1b[?25l\x1b[H\x1b[K\r\n'));
		await drawn.clock.advance(10);
		expect(drawn.sent).toHaveLength(1);
		empty.output.push(clear);
		await empty.clock.advance(249);
		expect(empty.sent).toEqual([]);
		await empty.clock.advance(1);
		expect(empty.sent).toHaveLength(1);
	});

	test('[O4] many chunks are on their way; the first that is not shown is sent again', async () => {
		const { clock, sent, output, go } = createPair();
		for (let n = 0; n < 3; n++) await go(10);
		expect(sent.map(({ chunk }) => chunk.offset)).toEqual([0, 10, 20]);
		output.acknowledge(10);
		await clock.advance(relay.resendMs);
		expect(sent.slice(3).map(({ chunk, again }) => [chunk.offset, again])).toEqual([[10, true]]);
	});

	test('[O4] on a slow way what is sent again is a small part of what goes, and so soon all of it arrives', async () => {
		const { clock, sent, state, output } = createPair();
		state.resendMs = 3_000;
		/** bytes a ms, in order */
		const speed = 1;
		let free = clock.now();
		let carried = 0;
		const arrivals: { at: number; end: number }[] = [];
		output.push(Buffer.alloc(1024 * 1024, 'x'));
		for (const end = clock.now() + 600_000; clock.now() < end; ) {
			await clock.advance(100);
			for (const { chunk } of sent.slice(carried)) {
				carried += 1;
				free = Math.max(free, clock.now()) + chunk.payload.wireBytes / speed;
				arrivals.push({ at: free, end: chunk.offset + chunk.payload.text.length });
			}
			while (arrivals[0] && arrivals[0].at <= clock.now()) output.acknowledge(arrivals.shift()?.end ?? 0);
		}
		const bytes = (again: boolean): number => sent.reduce((sum, one) => sum + (one.again === again ? one.chunk.payload.wireBytes : 0), 0);
		expect(bytes(true)).toBeLessThan(bytes(false) / 4);
		expect(free - clock.now()).toBeLessThan(60_000);
	});

	test('[O3] what the viewer misses is sent again at once, but not what has only just gone', async () => {
		const { clock, sent, output, go } = createPair();
		await go(10);
		output.acknowledge(10);
		await go(10);
		await go(10);
		await clock.advance(50);
		output.acknowledge(10, true);
		expect(sent.slice(3).map(({ chunk }) => chunk.offset)).toEqual([10]);
		output.acknowledge(10, true);
		expect(sent).toHaveLength(4);
	});

	test('[O4] of several that are missing each is sent again as soon as the one before is shown', async () => {
		const { clock, sent, output, go } = createPair();
		await go(10);
		output.acknowledge(10);
		for (let n = 0; n < 4; n++) await go(10);
		await clock.advance(200);
		output.acknowledge(10, true);
		await clock.advance(50);
		output.acknowledge(30, true);
		expect(sent.slice(5).map(({ chunk, again }) => [chunk.offset, again])).toEqual([
			[10, true],
			[30, true],
		]);
	});

	test('[O5] no more is on its way than the window, which grows with the speed of the way', async () => {
		const { clock, sent, state, output } = createPair();
		output.push(Buffer.alloc(1024 * 1024, 'x'));
		await clock.advance(200);
		const gone = (): number => Math.max(...sent.map(({ chunk }) => chunk.offset + chunk.payload.text.length));
		expect(gone()).toBe(relay.maxChunkBytes);
		expect(state.paused).toBe(true);
		for (let n = 0; n < 20; n++) {
			output.acknowledge(gone());
			await clock.advance(20);
		}
		const shown = gone();
		output.acknowledge(shown);
		await clock.advance(900);
		expect(gone() - shown).toBe(Math.ceil(relay.windowBytes / relay.maxChunkBytes) * relay.maxChunkBytes);
	});

	test('[O3] of each half of what may be on its way, one is acknowledged at once', async () => {
		const { sent, state, output, go } = createPair();
		state.resendMs = 60_000;
		for (let n = 0; n < 32; n++) await go(100);
		await go(100);
		expect(sent.map(({ chunk }) => chunk.later === true)).toEqual(Array.from({ length: 32 }, (_, n) => n % 16 !== 15));
		output.acknowledge(3_200);
		for (let n = 0; n < 3; n++) await go(relay.minWindowBytes / 4);
		expect(sent.slice(32).map(({ chunk }) => chunk.later === true)).toEqual([true, false, true]);
	});

	test('[O3] what is acknowledged in time is not asked for', async () => {
		const { sent, output, go } = createPair();
		for (let n = 1; n <= 48; n++) {
			await go(100);
			if (n % 8 === 0) output.acknowledge(n * 100);
		}
		expect(sent.filter(({ chunk }) => chunk.later !== true)).toEqual([]);
	});

	test('[O9] [O5] what is deflated counts on its way as it is there', async () => {
		const { clock, sent, state, output } = createPair(pack);
		state.resendMs = 60_000;
		output.push(Buffer.alloc(40_000, 'x'));
		await clock.advance(100);
		for (let n = 0; n < 40; n++) {
			output.push(Buffer.alloc(40_000, 'x'));
			await clock.advance(100);
		}
		const raw = sent.reduce((sum, { chunk }) => sum + decodePayload(chunk.payload.encoding, chunk.payload.text).length, 0);
		expect(raw).toBeGreaterThanOrEqual(relay.maxUnshownBytes);
		expect(raw).toBeLessThan(relay.maxUnshownBytes + 40_001);
	});

	test('[O10] an update of the screen goes when it is whole, what is before it with it', async () => {
		const { clock, sent, output } = createPair();
		output.push(Buffer.from('$ '));
		await clock.advance(100);
		output.push(Buffer.from('a\x1b[?2026hb'));
		await clock.advance(49);
		expect(sent).toHaveLength(1);
		output.push(Buffer.from('c\x1b[?20'));
		output.push(Buffer.from('26l'));
		await clock.advance(0);
		expect(sent.map(({ chunk }) => chunk.payload.text)).toEqual(['$ ', 'a\x1b[?2026hbc\x1b[?2026l']);
	});

	test('[O10] one that does not end is waited for 50 ms; what is before it goes alone, and then what there is of it', async () => {
		const { clock, sent, output } = createPair();
		output.push(Buffer.from('$ '));
		await clock.advance(100);
		for (const part of ['a\x1b[?2026hb', 'c', 'd', 'e']) {
			output.push(Buffer.from(part));
			await clock.advance(15);
		}
		expect(sent.map(({ chunk }) => chunk.payload.text)).toEqual(['$ ', 'a']);
		await clock.advance(100);
		expect(sent.at(-1)?.chunk.payload.text).toBe('\x1b[?2026hbcde');
	});

	test('[O5] on a slow way the window is 300 ms of it', async () => {
		const window = createWindow();
		window.delivered(1_000_000, 100, false);
		expect(window.bytes).toBe(relay.windowBytes);
		// The program printed little: that says nothing of the way.
		window.delivered(10, 1_000, false);
		expect(window.bytes).toBe(relay.windowBytes);
		window.delivered(125_000, 1_000, true);
		expect(window.bytes).toBe(37_500);
		window.delivered(10, 1_000, true);
		expect(window.bytes).toBe(relay.minWindowBytes);
	});
});

describe('frames', () => {
	const within = async (clock: ReturnType<typeof manualClock>, frames: ReturnType<typeof createFrames>, ms: number): Promise<number> => {
		const end = clock.now() + ms;
		let count = 0;
		for (;;) {
			const wait = frames.wait();
			if (clock.now() + wait > end) return count;
			await clock.advance(wait);
			frames.spend();
			count++;
		}
	};

	test('[O8] 60 at once after a rest, then 4 a second', async () => {
		const clock = manualClock();
		const frames = createFrames(clock);
		expect(await within(clock, frames, 0)).toBe(60);
		expect(await within(clock, frames, 10_000)).toBe(40);
	});

	test('[O8] 20 a second for 2 s after somebody typed, and what they see first does not wait', async () => {
		const clock = manualClock();
		const frames = createFrames(clock);
		await within(clock, frames, 0);
		frames.use();
		expect(frames.used).toBe(true);
		expect(frames.wait()).toBe(0);
		expect(await within(clock, frames, relay.useMs)).toBe(41);
		expect(frames.used).toBe(false);
		expect(await within(clock, frames, 1_000)).toBe(4);
	});
});
