/** Each scenario for some seeds; the long form is `npm run simulate`. A seed that ever failed is kept here, with what it found. Many: `relay-seeds.test.ts` and `lifecycle-seeds.test.ts`. */
import { describe, expect, it } from 'vitest';
import { runSeed } from './run/run-seed.ts';
import { lifecycle } from './scenarios/lifecycle.ts';
import { relay } from './scenarios/relay.ts';
import type { Scenario } from './scenarios/scenario.ts';

const holds = async (scenario: Scenario, seed: number): Promise<void> => {
	const { violation } = await runSeed(scenario, seed);
	if (!violation) return;
	const again = `npm run simulate -- ${scenario.name} --seeds 1 --from ${seed}`;
	expect.fail(`seed ${seed}: ${violation.message}\nagain: ${again}\n${violation.lines.slice(-60).join('\n')}`);
};

describe('lifecycle', () => {
	it.each([
		[299, '[S1] a start overtook a task that was told to stop in vain'],
		[1058, '[S1] a start overtook a container that came up while it was being stopped'],
		[82, '[S15] a hello failed while its connection was being written'],
	])('seed %i: %s', (seed) => holds(lifecycle, seed));
});

describe('relay', () => {
	// What was found first, with the seed of that time; a change of the story gives each seed another meaning.
	it.each([
		[18, '[P7] a dead connection was not noticed while there was no agent'],
		[137, '[P1] a tmux client was ended before a tmux that stalled had read it'],
		[392, '[P7] an agent was back unannounced, and its dead connection went on taking frames'],
	])('seed %i: %s', (seed) => holds(relay, seed));
});
