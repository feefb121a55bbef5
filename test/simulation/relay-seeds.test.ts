/** The relay's story for as many seeds as a change has to hold for, in processes of their own: each seed is a world, and worlds share nothing. */
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { runSeeds } from '../../scripts/lib/seeds.mjs';
import { usual } from './scenarios/relay.ts';

const seeds = 2_000;
/** keys that the programs have heard in all of them */
const keystrokes = 1_000_000;
/** ms; under load */
const patience = 900_000;

it(
	`[P1] [P2] [P3] [S7] [S8] [S16] hold for ${seeds} seeds: of a million keystrokes under faults none is lost, doubled or out of order, and each screen is right`,
	async () => {
		const { done, tally, broken } = await runSeeds({ name: 'relay', from: 1, seeds, workers: Math.min(2, availableParallelism()) });
		if (broken?.violation) {
			const { seed, violation } = broken;
			expect.fail(
				`seed ${seed}: ${violation.message}\nagain: npm run simulate -- relay --seeds 1 --from ${seed}\n${violation.lines.slice(-60).join('\n')}`,
			);
		}
		expect(done).toBe(seeds);
		expect(tally.keystrokes).toBeGreaterThan(keystrokes);
		// Every fault of the story has happened, or the seeds show less than they seem to.
		expect(Object.keys(usual).filter((name) => !tally[name])).toEqual([]);
	},
	patience,
);
