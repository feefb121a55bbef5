/** `npm run soak -- kills` in short: what the stack's own restart is not part of. */
import { expect, it } from 'vitest';
import { soakKills } from './kills.ts';

it('after kill -9 of an agent, a tmux and a whole task all is as it should be, and nothing is left behind', { timeout: 240_000 }, async () => {
	const figures = await soakKills({ rounds: 3, seed: 23, say: console.log });
	expect(figures.filter(({ back }) => back.length > 0).map(({ part }) => part)).toEqual(['agent', 'tmux', 'task']);
});
