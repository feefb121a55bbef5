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
		expect(sessions.record?.agent).toMatchObject({ connectionId: agent.id, leaseUntil: new Date(clock.now).toISOString(), left: true });
		expect(await connections.list(testSession)).toEqual([]);
	});

	test('of an agent is told twice and counts once', async () => {
		const { clock, sessions, farewell, comes } = setUp();
		const agent = await comes('agent', 'a');
		await farewell(agent.id, agent.who);
		const before = sessions.record;
		clock.now += 20_000;
		await farewell(agent.id, agent.who);
		expect(sessions.record).toEqual(before);
	});

	test('leaves viewers without an agent until it is back, and nothing of it stays then', async () => {
		const { gateway, sessions, farewell, comes } = setUp();
		const agent = await comes('agent', 'a');
		await farewell(agent.id, agent.who);
		const viewer = await comes('viewer', 'v');
		expect(gateway.heard(viewer.id)).toMatchObject([{ type: 'welcome', peers: [] }]);
		const back = await comes('agent', 'b');
		expect(gateway.heard(viewer.id).at(-1)).toMatchObject({ type: 'peer', peer: { sender: back.who.sender } });
		expect(sessions.record?.agent).not.toHaveProperty('left');
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

	test('[19] of a viewer is not noted once the session’s history has gone with it', async () => {
		const { sessions, farewell, comes, visits } = setUp();
		const [first, second, third] = [await comes('viewer', 'v'), await comes('viewer', 'w'), await comes('viewer', 'x')];
		await farewell(first.id, first.who);
		const record = sessions.record ?? expect.fail();
		sessions.record = { ...record, purge: { step: 'slot', since: '', tries: 0 } };
		await farewell(second.id, second.who);
		sessions.record = undefined;
		await farewell(third.id, third.who);
		expect(visits.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
	});

	test('meets another writer and reads again', async () => {
		const { sessions, farewell, comes } = setUp();
		const agent = await comes('agent', 'a');
		sessions.before = () => {
			sessions.before = undefined;
			if (sessions.record) sessions.record = { ...sessions.record, rev: sessions.record.rev + 1 };
		};
		await farewell(agent.id, agent.who);
		expect(sessions.record?.agent).toMatchObject({ left: true });
	});
});
