/** The numbers are the rules of functions/core/SPEC.md. */
import { createActivities } from '@shellpod/functions/core/activities.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import type { Activity } from '@shellpod/protocol/activity.ts';
import { expect, test } from 'vitest';
import { dateAt, idle, idleUntil, lease, running } from '../support/session-records.ts';
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
