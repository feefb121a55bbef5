/** [12] A newer image, and machines that AWS takes away: noticed, told, chosen, put off, done. */
import { withBudget } from '@shellpod/functions/core/budget-watch.ts';
import { agentHello } from '@shellpod/functions/core/hello.ts';
import type { IdleState } from '@shellpod/functions/core/idle.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import { createTaskEvents } from '@shellpod/functions/core/task-events.ts';
import { noted } from '@shellpod/functions/core/trail.ts';
import { chosen, isZone, nextNight, retiring } from '@shellpod/functions/core/upkeep.ts';
import { connectionId, senderId } from '@shellpod/protocol/ids.ts';
import { describe, expect, test } from 'vitest';
import { createInMemorySessions } from '../support/in-memory-table.ts';
import { createScriptedTasks } from '../support/scripted-tasks.ts';
import { arnOf, base, dateAt, idleUntil, lease, plan, running as runningNow, seen, session, slot, task, user } from '../support/session-records.ts';

const newer = `${base.slice(0, -1)}2`;
/** The tests' time 0 is 08:00 UTC. */
const hour = 3_600;
const at = (seconds: number): string => dateAt(seconds).toISOString();
/** seconds of the next 03:00 UTC */
const night = 19 * hour;
const day = 24 * hour;
/** Nothing here is stopped because nobody uses it, nor looked at for its budget: those are other rules. */
const idle = { unattendedMs: 30 * day * 1_000 };
const running = () =>
	withBudget(runningNow({ idle: idleUntil(30 * day), idleChoice: { limitMs: null, overrules: {} } }), dateAt(0), 30 * day * 1_000);

const who = { user, session, generation: 1, role: 'agent', sender: senderId('agent1') } as const;
/** The agent says hello on its own connection; `unused`: s since somebody typed. */
const hello = (record: SessionRecord, seconds: number, deployed = newer, unused?: number): SessionRecord => {
	const said = { versions: [1], ...(unused !== undefined && { unusedMs: unused * 1_000 }) };
	const answer = agentHello(record, who, connectionId('conn-1'), said, dateAt(seconds), deployed, idle);
	return 'refused' in answer ? expect.fail(answer.message) : answer.record;
};
const look = (record: SessionRecord, seconds: number, deployed = newer) =>
	reconcile(record, seen(task()), dateAt(seconds), { ...plan, base: deployed, idle });
/** with an agent that has just said hello */
const fresh = (record: SessionRecord, seconds: number, unused?: number): SessionRecord => hello(record, seconds, newer, unused);

const told = hello(running(), 60);

describe('[12] a newer image', () => {
	test('is noticed by the next hello, and planned for the night', () => {
		expect(viewOf(told).update).toEqual({ why: 'image', at: at(night), last: at(60 + 14 * day) });
		expect(told.generation).toBe(1);
		expect(hello(told, 120).upkeep, 'known already').toBe(told.upkeep);
	});

	test('is noticed by a look too', () => {
		const { record, actions } = look(running(), 60);
		expect(record.upkeep).toMatchObject({ why: 'image', at: at(night) });
		expect(actions).toEqual([]);
	});

	test('is none when the deployment goes back to the older one', () => {
		expect(hello(told, 120, base).upkeep).toBeUndefined();
		expect(look(told, 70, base).record.upkeep).toBeUndefined();
	});

	test('is nothing to who does not run', () => {
		expect(viewOf(lifecycle.stop(told, at(70))).update).toBeNull();
		expect(look(lifecycle.stop(running(), at(70)), 80).record.upkeep).toBeUndefined();
	});

	test('is moved to at its time and not before: the older task stops first, and the next generation has it', () => {
		expect(look(fresh(told, night - 10), night - 1).actions).toEqual([]);
		const { record, actions } = look(fresh(told, night - 10), night);
		expect(actions).toEqual([{ type: 'stop', arn: arnOf('one'), why: 'A newer start waits for its Home' }]);
		expect(record).toMatchObject({
			generation: 2,
			phase: 'stopping',
			desired: { state: 'running', by: 'platform', why: 'It moves to the new image' },
		});
		expect(record).not.toHaveProperty('upkeep');
		const ended = task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED' }] });
		const next = reconcile(record, seen(ended), dateAt(night + 30), { ...plan, base: newer });
		expect(next.actions).toEqual([{ type: 'register' }]);
	});

	test('is looked at when its time comes, whatever the lease is', () => {
		expect(fresh(told, night - 10).dueAt).toBe(at(night));
		expect(look(fresh(told, night - 10), night - 9).record.dueAt).toBe(at(night));
	});
});

describe('[12] a session in use', () => {
	test('waits for the next night, and says so', () => {
		const used = fresh(told, night - 10, 20 * 60);
		const { record, actions } = look(used, night);
		expect(actions).toEqual([]);
		expect(record).toMatchObject({
			generation: 1,
			phase: 'running',
			upkeep: { at: at(night + day), told: { why: expect.stringContaining('in use') } },
		});
	});

	test('counts as one for 30 min after the last key', () => {
		expect(look(fresh(told, night - 10, 29 * 60), night).record.generation).toBe(1);
		expect(look(fresh(told, night - 10, 30 * 60), night).record.generation).toBe(2);
	});

	/** Nobody types, and its agent says that these go on since the evening. */
	const busy = (record: SessionRecord, seconds: number, ...doing: IdleState['doing']): SessionRecord => {
		const said = fresh(record, seconds - 10, 12 * hour);
		return { ...said, idle: { ...(said.idle ?? expect.fail()), doing } };
	};
	const since = at(night - 8 * hour);

	test.each<[string, IdleState['doing'][number]]>([
		["a turn of Claude's", { kind: 'turn', name: '', since }],
		['a question of it, in its 2 h', { kind: 'permission', name: '', since: at(night - hour) }],
		['a program', { kind: 'job', name: 'make', since }],
		['a hold', { kind: 'hold', name: 'migration', since, until: at(night + hour) }],
	])('is one in which something is at work: %s', (_, doing) => {
		const { record, actions } = look(busy(told, night, doing), night);
		expect(actions).toEqual([]);
		expect(record).toMatchObject({ generation: 1, upkeep: { at: at(night + day), told: { why: expect.stringContaining('at work') } } });
	});

	test.each<[string, IdleState['doing'][number], Record<string, boolean>?]>([
		['a server', { kind: 'server', name: 'vite', since }],
		['a program that its user says does not count', { kind: 'job', name: 'make', since }, { make: false }],
		['a hold that has ended', { kind: 'hold', name: 'migration', since, until: at(night - 1) }],
		['a turn of more than 12 h', { kind: 'turn', name: '', since: at(night - 12 * hour) }],
		['a question that waits for more than 2 h', { kind: 'permission', name: '', since: at(night - 2 * hour) }],
	])('is none for %s', (_, doing, overrules = {}) => {
		expect(look({ ...busy(told, night, doing), idleChoice: { limitMs: null, overrules } }, night).record.generation).toBe(2);
	});

	test('moves on the last day all the same', () => {
		const last = 60 + 14 * day;
		const postponed = { ...told, upkeep: { ...(told.upkeep ?? expect.fail()), at: at(last) } };
		expect(look(fresh(postponed, last - 10, 1), last).record.generation).toBe(2);
		expect(look(busy(postponed, last, { kind: 'job', name: 'make', since }), last).record.generation).toBe(2);
	});
});

describe('[12] its user', () => {
	test('chooses a night by their own clock, and who chose when stands in the record and the history', () => {
		const after = lifecycle.chooseUpdate(told, (one) => chosen(one, 'tonight', 'America/New_York', at(100), 'Firefox on Linux'));
		// 03:00 in New York is 08:00 UTC in November.
		expect(after).toMatchObject({
			zone: 'America/New_York',
			upkeep: { at: at(24 * hour), told: { by: 'user', at: at(100), device: 'Firefox on Linux' } },
		});
		expect(noted(noted(told)).trail?.pending).toHaveLength(1);
		const written = noted({ ...after, trail: noted(told).trail as NonNullable<SessionRecord['trail']> });
		expect(written.trail?.pending.map(({ by, why, from, to }) => [by, why, from, to])).toEqual([
			['platform', 'A new image is ready for it; it moves there at night', 'running', 'running'],
			['user', 'You chose the next night for its move', 'running', 'running'],
		]);
	});

	test('puts it off by a week, and not beyond its last day', () => {
		const off = chosen(told, 'later', 'UTC', at(100));
		expect(off.upkeep?.at).toBe(at(night + 7 * day));
		const again = chosen(chosen(off, 'later', 'UTC', at(6 * day)), 'later', 'UTC', at(13 * day));
		expect(again.upkeep?.at).toBe(told.upkeep?.last);
	});

	test('lets it happen at once: a restart of theirs', () => {
		const now = lifecycle.updateNow(told, at(100));
		expect(now).toMatchObject({ generation: 2, desired: { by: 'user', why: 'You let it move at once' } });
		expect(now).not.toHaveProperty('upkeep');
		expect(lifecycle.updateNow(running(), at(100)).generation).toBe(1);
	});

	test('chooses nothing where nothing is planned', () => {
		const before = running();
		expect(lifecycle.chooseUpdate(before, (one) => chosen(one, 'later', 'UTC', at(100)))).toBe(before);
	});
});

describe('[12] nights', () => {
	test.each([
		['2026-11-22T08:00:00.000Z', 'UTC', '2026-11-23T03:00:00.000Z'],
		['2026-11-22T03:00:00.000Z', 'UTC', '2026-11-23T03:00:00.000Z'],
		['2026-11-22T02:59:59.999Z', 'UTC', '2026-11-22T03:00:00.000Z'],
		['2026-11-22T08:00:00.000Z', 'Asia/Kathmandu', '2026-11-22T21:15:00.000Z'],
		// The night in which summer time begins has its 3 o'clock right after 1:59.
		['2026-03-28T12:00:00.000Z', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
		['2026-10-24T12:00:00.000Z', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
	])('after %s in %s: %s', (now, zone, expected) => {
		expect(nextNight(now, zone)).toBe(expected);
	});

	test('only of zones that there are', () => {
		expect(isZone('Europe/Berlin')).toBe(true);
		for (const wrong of ['Mars/Olympus', '', '../../etc']) expect(isZone(wrong), wrong).toBe(false);
	});
});

describe('[12] a machine that AWS takes away', () => {
	const retires = at(5 * day);
	test('is left a day before at the latest', () => {
		const planned = retiring(running(), retires, at(60));
		expect(viewOf(planned).update).toEqual({ why: 'retirement', at: at(night), last: at(4 * day) });
		expect(retiring(planned, retires, at(120))).toBe(planned);
		const { record } = look(fresh(planned, night - 10), night, base);
		expect(record).toMatchObject({ generation: 2, desired: { why: 'It moves to another machine, before AWS takes this one away' } });
	});

	const hear = async (entityValue: string, startTime?: string) => {
		const sessions = createInMemorySessions();
		const scripted = createScriptedTasks();
		const looked: string[] = [];
		await sessions.create({ ...running(), agent: lease(150) });
		scripted.tasks.set(arnOf('one'), task());
		const events = createTaskEvents({
			deployment: 'shellpod',
			slots: { get: async () => ({ ...slot, state: 'taken', at: at(0), takenBy: { user, session } }) },
			sessions,
			tasks: scripted,
			drive: async (_, id) => {
				looked.push(id);
				return sessions.get(user, session);
			},
			now: () => dateAt(60),
		});
		const count = await events({
			'detail-type': 'AWS Health Event',
			detail: { ...(startTime !== undefined && { startTime }), affectedEntities: [{ entityValue }] },
		});
		return { count, looked, record: await sessions.get(user, session) };
	};

	test('is heard of by AWS Health, for the task that it names alone', async () => {
		const heard = await hear(arnOf('one'), new Date(retires).toUTCString());
		expect(heard).toMatchObject({ count: 1, looked: [session], record: { upkeep: { why: 'retirement', last: at(4 * day) } } });
		expect(await hear(arnOf('two'), new Date(retires).toUTCString())).toMatchObject({ count: 0, looked: [] });
	});

	test('counts as taken in a week where nobody says when', async () => {
		expect((await hear(arnOf('one'))).record?.upkeep?.last).toBe(at(60 + 6 * day));
	});
});
