import { createOutput } from '@shellpod/task-image/agent/output.ts';
import { createSkips } from '@shellpod/task-image/agent/skips.ts';
import { expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';

const createFlood = async () => {
	const clock = manualClock();
	const tmux = { skipped: 0, asked: 0 };
	const skips = createSkips({
		clock,
		skipped: async () => {
			tmux.asked++;
			return tmux.skipped;
		},
	});
	skips.printed(1);
	await clock.advance(1_000);
	return {
		clock,
		tmux,
		skips,
		/** tmux draws so many bytes so often, so far apart. */
		draw: async (times: number, bytes: number, apart: number): Promise<void> => {
			for (let n = 0; n < times; n++) {
				await clock.advance(apart);
				skips.printed(bytes);
			}
			await clock.advance(1);
		},
	};
};

const refreshed = (skips: ReturnType<typeof createSkips>) => new Promise<void>((done) => skips.refresh(done));

test('[O13] tmux is asked whether it skips in a flow of output, and nowhere else', async () => {
	const { tmux, draw } = await createFlood();
	// Somebody types, a program draws now and then, and one prints a screen.
	await draw(50, 60, 100);
	await draw(20, 4_000, 170);
	await draw(5, 4_000, 15);
	expect(tmux.asked).toBe(0);
	await draw(4, 4_000, 15);
	expect(tmux.asked).toBe(1);
});

test('[O13] in a flow in which it skips nothing it is asked ever more seldom', async () => {
	const { tmux, draw } = await createFlood();
	const asked = async (ms: number): Promise<number> => {
		const before = tmux.asked;
		await draw(ms / 50, 4_000, 50);
		return tmux.asked - before;
	};
	expect(await asked(5_000)).toBe(5);
	expect(await asked(60_000)).toBeLessThanOrEqual(8);
	// Another flow is another matter.
	await draw(1, 4_000, 200);
	expect(await asked(1_000)).toBe(3);
});

test('[O13] it skips from then on until what it skipped has not grown for longer than it takes to count', async () => {
	const { clock, tmux, skips, draw } = await createFlood();
	tmux.skipped = 50_000;
	await draw(2, 4_000, 100);
	expect(skips.on).toBe(true);
	// It is not counted yet.
	await clock.advance(60);
	await refreshed(skips);
	expect(skips.on).toBe(true);
	await clock.advance(110);
	await refreshed(skips);
	expect(skips.on).toBe(false);
});

test('[O13] a client that is gone skips nothing', async () => {
	const { tmux, skips, draw } = await createFlood();
	tmux.skipped = Number.NaN;
	await draw(2, 4_000, 100);
	expect(skips.on).toBe(false);
});

/** A tmux that skips: it draws a screen every 100 ms, and when it is told to, after some ms. */
const createSkipping = () => {
	const clock = manualClock();
	const sent: { at: number; text: string }[] = [];
	const tmux = { slow: 5, asked: 0 };
	let skipped = 0;
	let drawn = 0;
	const output = createOutput({
		clock,
		manners: { many: true, resendMs: () => 60_000 },
		transmit: ({ offset, payload }) => {
			sent.push({ at: clock.now(), text: payload.text });
			output.acknowledge(offset + payload.text.length);
		},
		// Never at the same time of what tmux draws by itself.
		wait: () => Math.max(0, (sent.at(-1)?.at ?? 0) + 130 - clock.now()),
		source: {
			pause: () => undefined,
			resume: () => undefined,
			skipped: async (redraw) => {
				await new Promise<void>((done) => void clock.after(tmux.slow, done));
				tmux.asked++;
				if (redraw) draw();
				return skipped;
			},
		},
	});
	/** A screen says when it was drawn. */
	const draw = (): void => {
		drawn = clock.now();
		output.push(Buffer.from(`${'y'.repeat(1_200)}${drawn};`));
	};
	/** Its screen has begun a while ago. */
	const begin = async (): Promise<void> => {
		draw();
		await clock.advance(1_000);
	};
	const flood = async (ms: number): Promise<void> => {
		for (const end = clock.now() + ms; clock.now() < end; ) {
			skipped += 1_000_000;
			draw();
			await clock.advance(100);
		}
	};
	const ages = (): number[] => sent.map(({ at, text }) => at - Number(/(\d+);$/.exec(text)?.[1]));
	return { clock, sent, tmux, begin, flood, ages, output };
};

test('[O13] what goes while tmux skips is its newest screen, not the last that it drew by itself', async () => {
	const { sent, flood, ages, begin } = createSkipping();
	await begin();
	await flood(1_000);
	const before = sent.length;
	await flood(3_000);
	expect(sent.length - before).toBeGreaterThanOrEqual(20);
	expect(Math.max(...ages().slice(before))).toBeLessThanOrEqual(10);
});

test('[O13] a screen that takes long to begin is no flood', async () => {
	const { clock, sent, tmux, output } = createSkipping();
	for (let n = 0; n < 12; n++) {
		output.push(Buffer.alloc(16_000, 'x'));
		await clock.advance(15);
	}
	await clock.advance(5_000);
	expect(sent.length).toBeGreaterThan(1);
	expect(tmux.asked).toBe(0);
});

test('[O13] a screen that does not come within 50 ms is not waited for', async () => {
	const { sent, tmux, flood, begin } = createSkipping();
	await begin();
	await flood(1_000);
	tmux.slow = 10_000;
	const before = sent.length;
	await flood(3_000);
	expect(sent.length - before).toBeGreaterThanOrEqual(15);
});

test('[O13] nothing is asked for, and nothing goes, when the flood is over', async () => {
	const { clock, sent, flood, begin } = createSkipping();
	await begin();
	await flood(2_000);
	await clock.advance(500);
	const before = sent.length;
	await clock.advance(10_000);
	expect(sent.length).toBe(before);
});
