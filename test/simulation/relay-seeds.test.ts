/** The relay's story for many seeds. */
import { expect, it } from 'vitest';
import { holdsForSeeds, patience } from './many-seeds.ts';
import { relay } from './scenarios/relay.ts';

const seeds = 2_000;
/** keys that the programs have heard in all of them */
const keystrokes = 1_000_000;

it(
	`[P1] [P2] [P3] [S7] [S8] [S16] hold for ${seeds} seeds: of a million keystrokes under faults none is lost, doubled or out of order, and each screen is right`,
	async () => {
		const tally = await holdsForSeeds(relay, seeds);
		expect(tally.keystrokes).toBeGreaterThan(keystrokes);
	},
	patience,
);
