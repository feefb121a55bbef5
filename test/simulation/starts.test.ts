/** Devices that press Start in the same instant, in short; 10,000 times: `npm run simulate -- starts --seeds 1000`. */
import { expect, it } from 'vitest';
import { holdsForSeeds, patience } from './many-seeds.ts';
import { starts } from './scenarios/starts.ts';

it(
	'[S1] 2 to 10 devices press Start in the same instant, 300 times: one task, all attached',
	async () => {
		const tally = await holdsForSeeds(starts, 30);
		expect(tally.starts).toBe(300);
	},
	patience,
);
