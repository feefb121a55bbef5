/** A scenario for as many seeds as a change has to hold for, in processes of their own: each seed is a world, and worlds share nothing. */
import { availableParallelism } from 'node:os';
import { expect } from 'vitest';
import { runSeeds } from '../../scripts/lib/seeds.mjs';
import type { Scenario } from './scenarios/scenario.ts';

/** ms; under load */
export const patience = 900_000;

/**
 * Fails with the last lines of the first seed that is broken, and when a fault never happened: then the seeds show less than they seem to.
 * Gives what they counted.
 */
export const holdsForSeeds = async ({ name, faults = [] }: Scenario, seeds: number, from = 1): Promise<Readonly<Record<string, number>>> => {
	const { done, tally, broken } = await runSeeds({ name, from, seeds, workers: Math.min(2, availableParallelism()) });
	if (broken?.violation) {
		const { seed, violation } = broken;
		expect.fail(
			`seed ${seed}: ${violation.message}\nagain: npm run simulate -- ${name} --seeds 1 --from ${seed}\n${violation.lines.slice(-60).join('\n')}`,
		);
	}
	expect(done).toBe(seeds);
	expect(faults.filter((fault) => !tally[fault])).toEqual([]);
	return tally;
};
