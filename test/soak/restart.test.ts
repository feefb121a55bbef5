/** `npm run soak -- restart` in short. */
import { expect, it } from 'vitest';
import { kinds, soakRestarts } from './restart.ts';

it('after kill -9 at any moment all goes on, or comes back by itself, and nothing is left behind', { timeout: 240_000 }, async () => {
	const figures = await soakRestarts({ rounds: 2, seed: 2, kinds, say: console.log });
	expect(figures.map(({ kind, back }) => [kind, back.length])).toEqual([
		['stack', 2],
		['everything', 2],
	]);
});
