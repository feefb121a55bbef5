/** How long sessions run, and what is shown of what they cost, for a few seeds; many: `npm run simulate -- policy --seeds 1000`. */
import { expect, it } from 'vitest';
import { holdsForSeeds, patience } from './many-seeds.ts';
import { policy } from './scenarios/policy.ts';

/** at a time, and at most */
const seeds = { few: 8, most: 48 };
/** what must have happened in them, or they show less than they seem to */
const reached = ['stopped: idle', 'stopped: maximum', 'stopped: budget', 'answered: nothing', 'answered: something', 'lies'];

it(
	'[S5] [S10] [N2] [N6] [N8] [C6] no session is stopped while it is used, none runs on when it is not, whoever lies, and each second is counted',
	async () => {
		let missing = reached;
		for (let done = 0; missing.length > 0 && done < seeds.most; done += seeds.few) {
			const tally = await holdsForSeeds({ ...policy, faults: [] }, seeds.few, 1 + done);
			missing = missing.filter((what) => !tally[what]);
		}
		expect(missing).toEqual([]);
	},
	patience,
);
