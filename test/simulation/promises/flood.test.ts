/** A program that prints far more than a line carries, as `yes` does, and somebody who wants it to stop. */
import { expect, it } from 'vitest';
import { inWorld, isLive, minute, patience, startedBy, within } from './in-world.ts';

/** bytes a second: 1 Mbit/s */
const line = 125_000;

const story = (seed: number) =>
	inWorld({ seed }, async (world, kernel) => {
		const chance = kernel.random('story');
		const session = await startedBy(world, 'ann');
		const page = world.open('ann', session, { network: { bytesPerSecond: line } });
		await within(kernel, minute, () => isLive(page));
		const before = page.received;
		let printed = 0;
		let over = false;
		const print = (): void => {
			if (over) return;
			const text = Array.from({ length: 1_000 }, () => chance.next().toString(36).slice(2)).join(' ');
			printed += text.length;
			world.containerOf(session)?.tmux.print(text);
			kernel.after(5, 'flood', print);
		};
		print();
		await kernel.sleep(3_000, 'flood');
		// What it hears makes it stop.
		page.type();
		const heard = await within(kernel, 10_000, () => world.keystrokes.count === 1);
		over = true;
		const right = await within(kernel, 10_000, () => world.isRight(page));
		return { heard, right, printed, carried: page.received - before };
	});

it.each([1, 2, 3])(
	'[P8] what is typed under a flood is heard at once, the screen is right soon, and the relay carries a screen, not the flood (seed %i)',
	async (seed) => {
		const { heard, right, printed, carried } = await story(seed);
		// A function's environment that starts takes up to 0.4 s of it, twice.
		expect((heard ?? Number.POSITIVE_INFINITY) + (right ?? Number.POSITIVE_INFINITY)).toBeLessThanOrEqual(1_500);
		expect(printed).toBeGreaterThan(5_000_000);
		expect(carried).toBeLessThan(printed / 10);
	},
	patience,
);
