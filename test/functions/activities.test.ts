/** The numbers are the rules of functions/core/SPEC.md. */
import { createActivities } from '@shellpod/functions/core/activities.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import type { Activity } from '@shellpod/protocol/activity.ts';
import { describe, expect, test } from 'vitest';
import { arnOf, dateAt, idle, idleUntil, intent, lease, running } from '../support/session-records.ts';
import { caller, connection, flakyConnections, oneSession } from '../support/sockets.ts';

/** An agent that says one thing after the other, `every` s, for ten minutes. */
const says = async (every: number, said: (count: number) => Partial<Activity>, role: 'agent' | 'viewer' = 'agent') => {
	const sessions = oneSession(running({ idle: idleUntil(60) }));
	const gateway = flakyConnections();
	let seconds = 10;
	const take = createActivities({ sessions, gateway, limits: idle, now: () => dateAt(seconds) });
	const who = { ...caller(role, 'a'), generation: 1 };
	for (let count = 0; seconds < 610; seconds += every, count++) {
		const message = { action: 'activity', inputMs: null, doing: [], ...said(count) };
		await take(lease(150).connectionId, who, JSON.stringify(message));
	}
	return { sessions, gateway };
};
const job = (name: string) => ({ doing: [{ kind: 'job', name, sinceMs: 0 } as const] });

test('[N8] an agent that does as it should costs a write a minute', async () => {
	expect((await says(60, () => job('make'))).sessions.writes).toBe(10);
});

test('[N8] what begins and what ends is written when it is told', async () => {
	const { sessions } = await says(10, (count) => (count === 3 ? job('make') : {}));
	expect(sessions.writes).toBe(2);
	expect(sessions.record?.idle?.doing).toEqual([]);
});

test.each<[string, (count: number) => Partial<Activity>]>([
	['that somebody types', () => ({ inputMs: 0 })],
	['that the same job runs', () => job('make')],
])('[N8] one that says ten times a second %s costs little more than a write a minute', async (_, said) => {
	expect((await says(0.1, said)).sessions.writes).toBeLessThanOrEqual(14);
});

test.each<[string, (count: number) => Partial<Activity>]>([
	['another job', (count) => job(`job ${count}`)],
	['another notice', (count) => ({ notice: `notice ${count}` })],
	['another answer to no question', (count) => ({ ...job(`job ${count % 2}`), answer: String(count) })],
])('[N8] one that makes up %s ten times a second costs a write in 8 s at most', async (_, said) => {
	const { writes } = (await says(0.1, said)).sessions;
	expect(writes).toBeGreaterThan(50);
	expect(writes).toBeLessThanOrEqual(600 / 8 + 1);
});

test('[N8] a notice is one line of plain text of its task, and is shown', async () => {
	const { sessions } = await says(600, () => ({ notice: 'tests \u001b[31mare\u001b[0m\n\u202edone\u0007' }));
	const record = sessions.record ?? expect.fail('no record');
	expect(viewOf(record).notice).toEqual({ text: 'tests are done', at: dateAt(10).toISOString() });
});

test('[N8] nothing is written or answered for a viewer, another connection, or nonsense', async () => {
	const viewer = await says(60, () => ({ ...job('make'), notice: 'hear me' }), 'viewer');
	expect([viewer.sessions.writes, viewer.gateway.posts]).toEqual([0, []]);
	const sessions = oneSession(running());
	const gateway = flakyConnections();
	const take = createActivities({ sessions, gateway, limits: idle, now: () => dateAt(10) });
	const good = JSON.stringify({ action: 'activity', inputMs: 0, doing: [] });
	await take(connection('other'), caller('agent', 'a'), good);
	for (const body of [
		undefined,
		'',
		'{',
		'[]',
		good.replace('}', ',"more":1}'),
		good.padEnd(9_000),
		JSON.stringify({ action: 'activity', inputMs: -1, doing: [] }),
	])
		await take(lease(150).connectionId, caller('agent', 'a'), body);
	expect([sessions.writes, gateway.posts]).toEqual([0, []]);
});

describe('one message', () => {
	const idleNow = () => idleUntil(3_600);
	/** What becomes of a record when its agent says this once, 100 s after the task began. */
	const once = async (before: SessionRecord, said: Partial<Activity> = {}, race?: (sessions: ReturnType<typeof oneSession>) => void) => {
		const sessions = oneSession(before);
		const gateway = flakyConnections();
		race?.(sessions);
		const take = createActivities({ sessions, gateway, limits: idle, now: () => dateAt(100) });
		await take(
			lease(150).connectionId,
			{ ...caller('agent', 'a'), generation: 1 },
			JSON.stringify({ action: 'activity', inputMs: null, doing: [], ...said }),
		);
		const { record, writes } = sessions;
		return { record: record ?? expect.fail('no record'), writes, heard: gateway.heard(lease(150).connectionId) };
	};

	test.each<[string, Partial<SessionRecord>]>([
		['is to be stopped', { desired: { state: 'stopped', by: 'user', why: 'You asked', at: dateAt(90).toISOString() } }],
		['stops', { phase: 'stopping' }],
		['has begun anew', { generation: 2 }],
	])('[N1] of a session that %s changes nothing and is not answered', async (_, change) => {
		const { writes, heard } = await once(running({ idle: idleNow(), ...change }), job('make'));
		expect([writes, heard]).toEqual([0, []]);
	});

	test('[N8] is answered with what its session’s page is told', async () => {
		const { record, heard } = await once(running({ idle: idleNow() }), job('make'));
		expect(heard).toEqual([{ type: 'idle', idle: viewOf(record).idle, now: dateAt(100).toISOString() }]);
	});

	test('[N1] puts the first deadline into a record that has none, and nothing is older than its task', async () => {
		const { idle: _, ...without } = running({ task: intent({ arn: arnOf('one'), requestedAt: dateAt(60).toISOString() }) });
		expect((await once(without)).record.idle?.last.kind).toBe('start');
		expect((await once(without, { doing: [{ kind: 'job', name: 'make', sinceMs: 99_000 }] })).record.idle?.doing).toMatchObject([
			{ since: dateAt(60).toISOString() },
		]);
	});

	test('[N6] that answers the last question is written at once, whatever was written just before, and its session is due', async () => {
		const asking = { nonce: '1-1', at: dateAt(99).toISOString() };
		const asked = running({ idle: { ...idleUntil(90), heardAt: dateAt(99).toISOString(), asking }, dueAt: dateAt(400).toISOString() });
		const nothing = await once(asked, { answer: '1-1' });
		expect(nothing.record).toMatchObject({ idle: { asking: { answered: true } }, dueAt: dateAt(100).toISOString() });
		const something = await once(asked, { answer: '1-1', ...job('make') });
		expect(something.record.idle).not.toHaveProperty('asking');
		expect(something.record.dueAt).toBe(dateAt(400).toISOString());
	});

	test('[N8] that tells of less, of more, or of another kind of thing, is written', async () => {
		const since = dateAt(0).toISOString();
		const both = { ...idleNow(), doing: ['make', 'vite'].map((name) => ({ kind: 'job', name, since }) as const) };
		const deadline = dateAt(100 + 3_600).toISOString();
		expect((await once(running({ idle: { ...both, deadline } }), job('make'))).record.idle?.doing).toHaveLength(1);
		const one = { ...both, deadline, doing: both.doing.slice(0, 1) };
		const more = [...job('make').doing, { kind: 'server', name: 'vite', sinceMs: 0 } as const];
		expect((await once(running({ idle: one }), { doing: more })).record.idle?.doing).toHaveLength(2);
		expect((await once(running({ idle: one }), { doing: [{ kind: 'server', name: 'make', sinceMs: 0 }] })).record.idle?.doing).toMatchObject([
			{ kind: 'server' },
		]);
	});

	test('[N5] is judged again on the record that somebody else wrote first', async () => {
		const { record, writes } = await once(running({ idle: idleNow() }), job('make'), (sessions) => {
			sessions.before = () => {
				sessions.before = undefined;
				if (sessions.record) sessions.record = { ...sessions.record, name: 'renamed', rev: sessions.record.rev + 1 };
			};
		});
		expect(record).toMatchObject({ name: 'renamed', idle: { doing: [{ name: 'make' }] } });
		expect(writes).toBe(1);
	});
});
