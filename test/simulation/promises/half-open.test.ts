/** A connection that breaks without a word to either end: how long its page takes to see it, and to say so. */
import { describe, expect, it } from 'vitest';
import type { Dialled } from '../world/gateway.ts';
import { inWorld, isLive, patience, startedBy, within } from './in-world.ts';

type End = 'page' | 'agent';

const isEnd = (end: End, { owner }: Dialled): boolean => owner !== 'thief' && 'task' in owner === (end === 'agent');

/** ms from the break until the page shows that it is not connected, and until it is again */
const story = (seed: number, end: End, typing: boolean) =>
	inWorld({ seed, rates: { 'line-silent': 1 } }, async (world, kernel) => {
		const chance = kernel.random('story');
		const page = world.open('ann', await startedBy(world, 'ann'));
		await within(kernel, 60_000, () => isLive(page));
		await kernel.sleep(chance.between(0, 60_000), 'any moment');
		let over = false;
		const type = (): void => {
			if (over) return;
			page.type();
			kernel.after(chance.between(100, 1_000), 'typing', type);
		};
		if (typing) type();
		await kernel.sleep(5_000, 'typing');
		world.gateway.cut((dialled) => isEnd(end, dialled));
		const noticed = await within(kernel, 120_000, () => !isLive(page));
		const back = await within(kernel, 120_000, () => isLive(page));
		over = true;
		page.type();
		await within(kernel, 60_000, () => page.pending === 0);
		world.keystrokes.settle();
		// [I7] What was typed over 30 s before it was back is not wanted.
		return { noticed, back, heard: world.keystrokes.count + page.dropped.filter(Boolean).length, typed: page.typed };
	});

const seeds = Array.from({ length: 8 }, (_, seed) => seed + 1);

describe('[P7] a half-open connection', () => {
	it.each([
		['page', true, 20_000],
		['page', false, 45_000],
		['agent', true, 20_000],
		['agent', false, 45_000],
	] as const)(
		'of the %s, while somebody types: %s, is noticed within %i ms, and replaced',
		async (end, typing, bound) => {
			for (const seed of seeds) {
				const { noticed, back, heard, typed } = await story(seed, end, typing);
				// [T11] An agent that notices it first comes by another connection, and its page goes on.
				expect(noticed ?? (end === 'agent' ? 0 : undefined), `seed ${seed}`).toBeLessThanOrEqual(bound);
				// To an agent nothing comes any more that it would have to answer: it notices by its hello of each minute.
				expect(back, `seed ${seed}`).toBeLessThanOrEqual(end === 'agent' ? 90_000 : 45_000);
				expect(heard).toBe(typed);
			}
		},
		patience,
	);
});
