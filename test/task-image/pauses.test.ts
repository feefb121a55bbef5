import { createPauses } from '@shellpod/task-image/agent/pauses.ts';
import { expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';

const createProgram = () => {
	const clock = manualClock();
	const pauses = createPauses(clock);
	return {
		clock,
		pauses,
		/** Prints so often, with so long a pause before each. */
		print: async (times: number, pause: number): Promise<void> => {
			for (let n = 0; n < times; n++) {
				await clock.advance(pause);
				pauses.end();
			}
		},
	};
};

test('[O8] a program is at rest after 60 ms, and after a little longer than it lately paused', async () => {
	const { pauses, print } = createProgram();
	await print(100, 5);
	expect(pauses.wait()).toBe(60);
	await print(1, 100);
	await print(100, 5);
	expect(pauses.wait()).toBe(110);
	// What was so long ago says nothing any more.
	await print(1_000, 5);
	expect(pauses.wait()).toBe(60);
});

test('[O8] it is at rest after 150 ms in any case, and what is longer was an end, not a pause', async () => {
	const { clock, pauses, print } = createProgram();
	await print(10, 149);
	expect(pauses.wait()).toBe(150);
	await print(2, 5_000);
	await print(3, 1_000);
	expect(pauses.wait()).toBe(60);
	await clock.advance(45);
	expect(pauses.wait()).toBe(15);
});
