import { describe, expect, test } from 'vitest';
import { setUp } from '../support/meeting.ts';
import { testSession } from '../support/sockets.ts';

describe('the end of a connection', () => {
	test('of an agent makes the session due at once', async () => {
		const { clock, sessions, connections, farewell, comes } = setUp();
		const agent = await comes('agent', 'a');
		clock.now += 1_000;
		await farewell(agent.id, agent.who);
		expect(sessions.record).toMatchObject({ phase: 'running', dueAt: new Date(clock.now).toISOString() });
		expect(sessions.record).not.toHaveProperty('agent');
		expect(await connections.list(testSession)).toEqual([]);
	});

	test('[S4] told late, or twice, it does not touch the connection that came after', async () => {
		const { sessions, farewell, comes } = setUp();
		const old = await comes('agent', 'a');
		const next = await comes('agent', 'b');
		const before = sessions.record;
		await farewell(old.id, old.who);
		await farewell(old.id, old.who);
		expect(sessions.record).toEqual(before);
		expect(sessions.record?.agent?.connectionId).toBe(next.id);
	});

	test('of a viewer leaves the record alone', async () => {
		const { sessions, connections, farewell, comes } = setUp();
		const viewer = await comes('viewer', 'v');
		await farewell(viewer.id, viewer.who);
		expect(sessions.writes).toBe(0);
		expect(await connections.list(testSession)).toEqual([]);
	});

	test('meets another writer and reads again', async () => {
		const { sessions, farewell, comes } = setUp();
		const agent = await comes('agent', 'a');
		sessions.before = () => {
			sessions.before = undefined;
			if (sessions.record) sessions.record = { ...sessions.record, rev: sessions.record.rev + 1 };
		};
		await farewell(agent.id, agent.who);
		expect(sessions.record).not.toHaveProperty('agent');
	});
});
