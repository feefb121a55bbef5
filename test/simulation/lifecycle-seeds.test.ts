/** The story of sessions' lives for many seeds. */
import { it } from 'vitest';
import { holdsForSeeds, patience } from './many-seeds.ts';
import { lifecycle } from './scenarios/lifecycle.ts';

const seeds = 2_000;

it(
	`[S1] [S2] [S3] [S4] [S6] [S7] [S8] [S9] [S10] [S11] [S12] [S13] [S14] [S15] [S16] [17] [18] hold for ${seeds} seeds, under every fault, and all is settled within the bounds once faults stop`,
	async () => void (await holdsForSeeds(lifecycle, seeds)),
	patience,
);
