/** `npm run soak -- starts` in short. */
import { expect, it } from 'vitest';
import { soakStarts } from './starts.ts';

it('[S1] devices that press Start in the same instant get one task, and all are attached', { timeout: 240_000 }, async () => {
	expect(await soakStarts({ rounds: 2, seed: 2, say: console.log })).toHaveLength(2);
});
