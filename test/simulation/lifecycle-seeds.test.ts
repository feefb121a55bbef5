/** The story of sessions' lives for many seeds. */
import { it } from 'vitest';
import { holdsForSeeds, patience } from './many-seeds.ts';
import { unasked, usual } from './scenarios/lifecycle.ts';

const seeds = 2_000;

it(
	`[S1] [S2] [S3] [S4] [S6] [S7] [S8] [S9] [S11] [S12] [S13] [S15] [S16] hold for ${seeds} seeds, under every fault, and all is settled once faults stop`,
	async () => void (await holdsForSeeds('lifecycle', seeds, [...Object.keys(usual), ...unasked])),
	patience,
);
