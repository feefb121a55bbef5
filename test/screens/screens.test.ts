/** The short form of `npm run simulate -- screens`: a seed of each program, and what a seed found once. */
import { describe, expect, it } from 'vitest';
import { programs } from './programs/all.ts';
import { runSeed } from './run/run-seed.ts';

/** ms: real programs on two busy cores */
const timeout = 120_000;

describe('[P3] after cuts, in bad weather, the screen equals tmux’s own', () => {
	it('of at least 12 programs', () => {
		expect(programs.length).toBeGreaterThanOrEqual(12);
		expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length);
	});

	it.each(programs.map(({ name }, seed) => [name, seed] as const))('%s', { timeout }, async (_, seed) => {
		const { violation, tally } = await runSeed(seed);
		expect(violation).toBeUndefined();
		expect(tally.comparisons).toBeGreaterThan(1);
	});
});
