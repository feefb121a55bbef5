/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import type { Activity } from '@shellpod/protocol/activity.ts';
import { createHolds } from '@shellpod/task-image/agent/senses/holds.ts';
import { createSenses } from '@shellpod/task-image/agent/senses/senses.ts';
import { expect, test } from 'vitest';
import { manualClock } from '../support/clocks.ts';
import { noClaude } from '../support/no-claude.ts';

/** Senses of a session in which nothing runs, and what they say: ms since they began, and the words. */
const begun = async () => {
	const clock = manualClock();
	const from = clock.now();
	const said: [number, Activity][] = [];
	const holds = createHolds();
	let inputAt: number | undefined;
	let connected = true;
	const senses = createSenses({
		clock,
		own: 1,
		processes: async () => [],
		...noClaude,
		holds,
		inputAt: () => inputAt,
		send: (message) => {
			if (connected) said.push([clock.now() - from, message]);
			return connected;
		},
		log: (line) => expect.fail(line),
	});
	await senses.start();
	return {
		clock,
		holds,
		senses,
		said,
		type: () => {
			inputAt = clock.now();
			senses.typed();
		},
		connect: (now: boolean) => {
			connected = now;
		},
	};
};

test('[A5] what changes all the time is told once in 10 s, and what was last is told in the end', async () => {
	const { clock, holds, senses, said } = await begun();
	for (let count = 0; count < 300; count++) {
		holds.release();
		holds.take({ reason: `hold ${count}`, ms: 3_600_000 }, clock.now());
		await senses.look();
		await clock.advance(100);
	}
	await clock.advance(20_000);
	expect(said.map(([at]) => at)).toEqual([0, 10_000, 20_000, 30_000]);
	expect(said.at(-1)?.[1].doing.map(({ name }) => name)).toEqual(['hold 299']);
});

test('[A5] the first key after a rest is told at once, and a question is answered at once', async () => {
	const { clock, senses, said, type } = await begun();
	await clock.advance(65_000);
	type();
	expect(said.map(([at]) => at)).toEqual([0, 65_000]);
	await senses.ask('one');
	expect(said.at(-1)).toEqual([65_000, { action: 'activity', answer: 'one', inputMs: 0, doing: [] }]);
});

test('[A6] a notice goes with the next message, once, and waits for a way', async () => {
	const { clock, senses, said, connect } = await begun();
	senses.notify('the tests are done');
	await clock.advance(11_000);
	expect(said.map(([at, { notice }]) => [at, notice])).toEqual([
		[0, undefined],
		[10_000, 'the tests are done'],
	]);
	connect(false);
	await clock.advance(20_000);
	senses.notify('unheard');
	await clock.advance(10_000);
	connect(true);
	await senses.tellAgain();
	await clock.advance(20_000);
	expect(said.slice(2).map(([, { notice }]) => notice)).toEqual(['unheard']);
});
