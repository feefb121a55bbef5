/**
 * A process that runs seeds: told by its parent which scenario, with which planted bug if any, and then one seed after the other. What it is
 * told and what it answers: `Order` and `Answer`.
 */
import { bugs } from '../planted/bugs.ts';
import { plant } from '../planted/plant.ts';
import type { SeedResult } from './run-seed.ts';

export interface Order {
	seed: number;
}

export type Answer = { kind: 'ready' } | { kind: 'done'; result: SeedResult } | { kind: 'broken'; text: string };

const say = (answer: Answer): void => void process.send?.(answer);

const [name, planted] = process.argv.slice(2);
// Who asked is gone.
process.once('disconnect', () => process.exit(1));

try {
	const bug = planted === undefined ? undefined : bugs.find((one) => one.name === planted);
	if (planted !== undefined && !bug) throw new Error(`there is no planted bug ${planted}`);
	const loaded = bug && plant(bug);
	// Only now: what is planted must be there before the code is loaded.
	const { runSeed } = await import('./run-seed.ts');
	const { scenarios } = await import('../scenarios/scenarios.ts');
	const scenario = scenarios.find((one) => one.name === name);
	if (!scenario) throw new Error(`there is no scenario ${name}`);
	loaded?.();
	process.on('message', async ({ seed }: Order) => {
		try {
			say({ kind: 'done', result: await runSeed(scenario, seed) });
		} catch (error) {
			say({ kind: 'broken', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
		}
	});
	say({ kind: 'ready' });
} catch (error) {
	say({ kind: 'broken', text: error instanceof Error ? error.message : String(error) });
}
