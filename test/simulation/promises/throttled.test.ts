/** API Gateway throttles: of the posts to connections one in five is refused for ten minutes, and with it all to that connection for up to half a second. */
import { expect, it } from 'vitest';
import { inWorld, isLive, minute, patience, startedBy, within } from './in-world.ts';

const story = (seed: number) =>
	inWorld({ seed, rates: { throttle: 0.2 } }, async (world, kernel) => {
		const chance = kernel.random('story');
		const session = await startedBy(world, 'ann');
		const pages = [world.open('ann', session), world.open('ann', session)];
		await within(kernel, 2 * minute, () => pages.every(isLive));
		const end = kernel.now() + 10 * minute;
		const use = async (page: (typeof pages)[number]): Promise<void> => {
			while (kernel.now() < end) {
				page.type(chance.next() < 0.05 ? 1 + Math.floor(chance.next() * 3_000) : 1);
				await kernel.sleep(chance.next() < 0.9 ? chance.between(40, 400) : chance.between(1_000, 20_000), 'typing');
			}
		};
		const print = async (): Promise<void> => {
			for (let line = 0; kernel.now() < end; line++) {
				world.containerOf(session)?.tmux.print(`${line} ${'word '.repeat(Math.floor(chance.next() * 100))}${line}\n`);
				await kernel.sleep(chance.between(50, 2_000), 'program');
			}
		};
		await Promise.all([...pages.map(use), print()]);
		const throttled = world.faults.fired.throttle ?? 0;
		world.faults.stop();
		const right = await within(kernel, minute, () => pages.every((page) => isLive(page) && page.pending === 0 && world.isRight(page)));
		world.keystrokes.settle();
		const typed = pages.reduce((sum, page) => sum + page.typed, 0);
		return { throttled, right, typed, heard: world.keystrokes.count };
	});

it.each([1, 2, 3, 4, 5])(
	'[P9] after 10 min in which a fifth of posts were throttled nothing is lost or doubled, and the screen is right within 5 s (seed %i)',
	async (seed) => {
		const { throttled, right, typed, heard } = await story(seed);
		expect(throttled).toBeGreaterThan(500);
		expect(typed).toBeGreaterThan(5_000);
		expect(heard).toBe(typed);
		expect(right).toBeLessThanOrEqual(5_000);
	},
	patience,
);
