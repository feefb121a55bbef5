/** A crash at each call to the outside that a session's whole life makes: before it, and after it. */
import { expect, it } from 'vitest';
import { holdsForSeeds, patience } from './many-seeds.ts';
import { runSeed } from './run/run-seed.ts';
import { oneLife } from './scenarios/one-life.ts';

/** a crash that never comes */
const whole = 1_000_000;
/** functions that a life needs */
const functions = ['api', 'agent-tickets', 'authorizer', 'connect', 'disconnect', 'hello', 'relay', 'task-events', 'sweep', 'slots', 'purge'];

it(
	'[S15] ends well within the bounds whichever of its calls to the outside a function crashes before or after: all of them',
	async () => {
		const { tally } = await runSeed(oneLife, whole);
		const crashes = functions.flatMap((name) => [`crash of ${name} before`, `crash of ${name} after`]);
		const told = await holdsForSeeds(oneLife, 2 * (tally.calls ?? 0), 0);
		expect(crashes.filter((crash) => !told[crash])).toEqual([]);
		// Each is of its own call, and none was in vain.
		expect(Object.entries(told).reduce((sum, [name, count]) => (name.startsWith('crash of') ? sum + count : sum), 0)).toBe(2 * (tally.calls ?? 0));
	},
	patience,
);
