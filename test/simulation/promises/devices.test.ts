/** Several devices look at one session. */
import { expect, it } from 'vitest';
import { inWorld, isLive, minute, patience, startedBy, within } from './in-world.ts';

/** bytes a second */
const slow = 1_000;

const story = (seed: number) =>
	inWorld({ seed }, async (world, kernel) => {
		const chance = kernel.random('story');
		const session = await startedBy(world, 'ann');
		const used = world.open('ann', session);
		const fast = [used, world.open('ann', session)];
		const lame = world.open('ann', session, { network: { bytesPerSecond: slow } });
		await within(kernel, 2 * minute, () => [...fast, lame].every(isLive));
		const end = kernel.now() + minute;
		let echo = 0;
		const type = async (): Promise<void> => {
			while (kernel.now() < end) {
				used.type();
				const took = await within(kernel, 30_000, () => used.pending === 0);
				echo = Math.max(echo, took ?? Number.POSITIVE_INFINITY);
				await kernel.sleep(500, 'typing');
			}
		};
		const print = async (): Promise<void> => {
			while (kernel.now() < end) {
				world.containerOf(session)?.tmux.print(Array.from({ length: 100 }, () => chance.next().toString(36).slice(2)).join(' '));
				await kernel.sleep(20, 'program');
			}
		};
		await Promise.all([type(), print()]);
		const right = {
			fast: await within(kernel, minute, () => fast.every((page) => world.isRight(page))),
			slow: await within(kernel, 5 * minute, () => world.isRight(lame)),
		};
		world.keystrokes.settle();
		return { echo, right };
	});

it.each([1, 2])(
	'[P11] of several devices one at 1 KB/s slows no other down, and all screens are right in the end (seed %i)',
	async (seed) => {
		const { echo, right } = await story(seed);
		expect(echo).toBeLessThanOrEqual(1_000);
		expect(right.fast).toBeLessThanOrEqual(1_000);
		expect(right.slow).toBeLessThanOrEqual(90_000);
	},
	patience,
);
