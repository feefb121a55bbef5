/** A thousand viewers, of many users and sessions, are cut off at one instant; only they are: their agents stay connected. */
import { expect, it } from 'vitest';
import { usualConcurrency } from '../../../local/lambda/concurrency.ts';
import { inWorld, isLive, minute, startedBy, within } from './in-world.ts';

const users = 125;
/** of each, the most that one may have open */
const pagesEach = 8;
/** as good as at once: what spreads them is their own doing */
const heardMs = 10;

/** The most of these within any second. */
const mostInASecond = (times: readonly number[]): number =>
	Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));

const story = (seed: number) => {
	const dials: number[] = [];
	let now = (): number => 0;
	return inWorld({ seed, freeSlots: users, environments: usualConcurrency, overheard: () => dials.push(now()) }, async (world, kernel) => {
		now = kernel.now;
		const pages = (
			await Promise.all(
				Array.from({ length: users }, async (_, user) => {
					const session = await startedBy(world, `user-${user}`);
					return Array.from({ length: pagesEach }, () => world.open(`user-${user}`, session));
				}),
			)
		).flat();
		await within(kernel, 5 * minute, () => pages.every(isLive));
		const live = pages.filter(isLive).length;
		await kernel.sleep(minute, 'all is well');
		dials.length = 0;
		world.gateway.cut(({ owner }) => owner !== 'thief' && 'user' in owner, heardMs);
		await kernel.sleep(heardMs, 'the cut is heard of');
		const back = await within(kernel, 2 * minute, () => pages.every(isLive));
		return { live, back: back && back + heardMs, dials };
	});
};

it('[P12] 1,000 viewers that are cut at once are back within 60 s, at fewer than 500 connects a second', async () => {
	const { live, back, dials } = await story(1);
	expect(live).toBe(users * pagesEach);
	expect(back).toBeLessThanOrEqual(60_000);
	expect(mostInASecond(dials)).toBeLessThan(500);
}, 300_000);
