import { createRandom } from '../../frontend/support/seeded-random.ts';
import type { Dice, Size } from '../programs/program.ts';

/** Those of real devices, and some that nobody has. */
const sizes: readonly Size[] = [
	{ columns: 80, rows: 24 },
	{ columns: 120, rows: 40 },
	{ columns: 41, rows: 18 },
	{ columns: 61, rows: 13 },
	{ columns: 200, rows: 55 },
	{ columns: 79, rows: 25 },
	{ columns: 132, rows: 43 },
];

export const createDice = (seed: number): Dice & { random: () => number } => {
	const random = createRandom(seed);
	const upTo = (below: number): number => Math.floor(random() * below);
	const pick = <T>(from: readonly T[]): T => from[upTo(from.length)] as T;
	let words = 0;
	return {
		random,
		upTo,
		pick,
		chance: (probability) => random() < probability,
		word: () => `w${(++words).toString(36)}${upTo(1_296).toString(36).padStart(2, 'z')}q`,
		size: (leastColumns = 0) => pick(sizes.filter(({ columns }) => columns >= leastColumns)),
	};
};
