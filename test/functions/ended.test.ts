/** [N9] Whatever ends a session's task, what went on in it is said by name: at the session, and in its history. */
import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { budgeted } from '@shellpod/functions/core/budget.ts';
import { createHistory } from '@shellpod/functions/core/history.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import { noted, writtenDown } from '@shellpod/functions/core/trail.ts';
import { sentenceOf } from '@shellpod/protocol/sentences.ts';
import { describe, expect, it } from 'vitest';
import { sentenceOf as lineOf } from '../../frontend/src/history/sentences.ts';
import { at, base, dateAt, idle, idleUntil, intent, lease, plan, record, running, seen, stopped, task, user } from '../support/session-records.ts';

const hour = 3_600;
const doing = [
	{ kind: 'server', name: 'npm run dev', since: at(60) },
	{ kind: 'turn', name: '', since: at(90) },
	{ kind: 'server', name: 'npm run dev', since: at(95) },
] as const;
const busy = (until = 100 * hour): SessionRecord => running({ idle: { ...idleUntil(until), doing } });
/** What a look makes of it, with an agent that is heard. */
const looked = (one: SessionRecord, observed = seen(task()), now = 100, deployed = base): SessionRecord =>
	reconcile(one, observed, dateAt(now), { ...plan, base: deployed }).record;

const reader = { now: dateAt(200).getTime(), time: (iso: string) => iso.slice(11, 16) };
const sentence = (one: SessionRecord): string | undefined => sentenceOf(viewOf(one), reader);
/** The newest line of its history, once this is written. */
const line = async (one: SessionRecord): Promise<string | undefined> => {
	const history = createHistory({ commands: { get: async () => noted(one) }, events: { newest: async () => [] } });
	const [newest] = (await history(user, one.id, undefined)).events;
	return newest && lineOf(newest);
};

describe('what ended', () => {
	const told = { by: 'platform', why: 'A new image is there', at: at(10) } as const;
	// Its last day has come: what is at work in it does not put it off any more.
	const upkeep = { why: 'image', at: at(50), last: at(100), told } as const;
	it.each<[string, SessionRecord, string, string]>([
		[
			'its user stops it',
			lifecycle.stop(busy(), at(100)),
			'Stopping since 08:01 by you. Ended: npm run dev, Claude.',
			'You stopped it. Ended: npm run dev, Claude.',
		],
		[
			'the operator stops it',
			lifecycle.stop(busy(), at(100), { by: 'operator', why: 'The operator stopped it: too expensive' }),
			'Stopping since 08:01: the operator stopped it: too expensive. Ended: npm run dev, Claude.',
			'The operator stopped it: too expensive. Ended: npm run dev, Claude.',
		],
		[
			'its budget is used up',
			budgeted(busy(), { budget: { usd: 20, stop: true }, used: 20 }, dateAt(100)),
			'Stopping since 08:01: your budget of $20 for November was used up. Ended: npm run dev, Claude.',
			'Your budget of $20 for November was used up. Ended: npm run dev, Claude.',
		],
		[
			'nothing was heard of it',
			looked({ ...busy(0), dueAt: at(4 * hour) }, seen(task()), 4 * hour),
			'Stopping since 12:00 because nothing was heard of it any more. Last activity: it started 08:00. Ended: npm run dev, Claude.',
			'Its agent had not been heard for hours. Ended: npm run dev, Claude.',
		],
		['it is restarted', lifecycle.restart(busy(), at(100)), 'Ended: npm run dev, Claude.', 'You restarted it. Ended: npm run dev, Claude.'],
		[
			'it moves to a new image',
			looked({ ...busy(), upkeep, slot: { ...busy().slot, base: 'older' } }),
			'Ended: npm run dev, Claude.',
			'It moves to the new image. Ended: npm run dev, Claude.',
		],
		[
			'its task ended by itself',
			looked(busy(), seen(stopped())),
			'Ended: npm run dev, Claude.',
			'Its container ended with exit code 0. It comes back by itself. It starts as generation 2. Ended: npm run dev, Claude.',
		],
		[
			'it crashes again and again',
			looked({ ...busy(), crashes: [at(10), at(20)] }, seen(stopped())),
			'Ended: npm run dev, Claude.',
			'It ended 3 times within half an hour, so it does not come back by itself any more. The last time: Its container ended with exit code 0. Ended: npm run dev, Claude.',
		],
		['it is deleted', lifecycle.trash(busy(), at(100)), 'Ended: npm run dev, Claude.', 'You deleted it. Ended: npm run dev, Claude.'],
	])('is said where %s', async (_, one, said, written) => {
		expect(sentence(one)).toBe(said);
		expect(await line(one)).toBe(written);
		expect(viewOf(one).ended).toEqual(['npm run dev', 'Claude']);
	});

	it('stays when the task has ended, and is gone once it runs again, or its user starts it', () => {
		const halted = looked(lifecycle.stop(busy(), at(100)), seen(stopped()), 130);
		expect(halted.phase).toBe('stopped');
		expect(sentence(halted)).toBe('Stopped 08:01 by you. Ended: npm run dev, Claude.');
		expect(viewOf(lifecycle.start(halted, at(300)))).toMatchObject({ ended: [], stopped: null });
		const back = { ...lifecycle.restart(busy(), at(100)), task: intent({ generation: 2 }) };
		expect(back.ended).toEqual(['npm run dev', 'Claude']);
		expect(agentArrived(back, lease(150, 2), dateAt(120), idle)).not.toHaveProperty('ended');
	});

	it('is said once in its history', async () => {
		const stopping = writtenDown(noted(lifecycle.stop(busy(), at(100))));
		expect(await line(lifecycle.inPhase(stopping, 'stopped', at(130)))).toBe('It has stopped.');
	});

	it('is nothing where nothing went on, or it never ran, or came from the trash', () => {
		expect(sentence(lifecycle.stop(running(), at(100)))).toBe('Stopping since 08:01 by you.');
		expect(sentence(lifecycle.stop(record(), at(100)))).toBeUndefined();
		const restored = lifecycle.restore({ ...lifecycle.trash(busy(), at(100)), phase: 'stopped' }, 'demo', at(200));
		expect(sentence(restored)).toBeUndefined();
	});

	it('names six at most', () => {
		const many = Array.from({ length: 9 }, (_, n) => ({ kind: 'job', name: `make-${n}`, since: at(60) }) as const);
		expect(sentence(lifecycle.stop(running({ idle: { ...idleUntil(9 * hour), doing: many } }), at(100)))).toBe(
			'Stopping since 08:01 by you. Ended: make-0, make-1, make-2, make-3, make-4, make-5, 3 more.',
		);
	});
});
