/** The numbers are the rules of task-image/agent/senses/SPEC.md, N-rules those of functions/core/SPEC.md. */
import type { Activity } from '@shellpod/protocol/activity.ts';
import { createHolds } from '@shellpod/task-image/agent/senses/holds.ts';
import { createSenses } from '@shellpod/task-image/agent/senses/senses.ts';
import { expect, test } from 'vitest';
import { manualClock } from '../support/clocks.ts';
import { noClaude } from '../support/no-claude.ts';

test('[A5] [N6] a key after the answer that nothing goes on is told at once: only that can take the answer back', async () => {
	const clock = manualClock();
	const said: Activity[] = [];
	const server = { pid: 50, parent: 11, group: 50, comm: 'vite', argv: ['vite'], ageMs: 1_000, stopped: false, listens: true, fed: false };
	let inputAt: number | undefined;
	const senses = createSenses({
		clock,
		own: 1,
		processes: async () => [server],
		...noClaude,
		holds: createHolds(),
		inputAt: () => inputAt,
		send: (message) => said.push(message) > 0,
		log: (line) => expect.fail(line),
	});
	await senses.start();
	await clock.advance(3_600_000);
	await senses.ask('n');
	expect(said.at(-1)).toMatchObject({ answer: 'n', inputMs: null, doing: [{ kind: 'server', name: 'vite' }] });
	await clock.advance(1_000);
	inputAt = clock.now();
	senses.typed();
	expect(said.at(-1)).toMatchObject({ inputMs: 0 });
	senses.stop();
});

test('[A6] who waits for an answer is not held up, and what was asked is told once more when it may be', async () => {
	const clock = manualClock();
	const said: Activity[] = [];
	const senses = createSenses({
		clock,
		own: 1,
		processes: async () => [],
		...noClaude,
		holds: createHolds(),
		inputAt: () => undefined,
		send: (message) => said.push(message) > 0,
		log: (line) => expect.fail(line),
	});
	await senses.start();
	await senses.tellAgain();
	await clock.advance(1_000);
	const before = said.length;
	await senses.tellNow();
	expect(said.length).toBe(before + 1);
	await clock.advance(30_000);
	expect(said.length).toBe(before + 2);
	senses.stop();
});
