import { maxPeers } from '@shellpod/functions/core/hello.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { ControlMessage } from '@shellpod/protocol/control.ts';
import { encodeToRelay } from '@shellpod/protocol/frame.ts';
import { relay as limits } from '@shellpod/protocol/limits.ts';
import { describe, expect, test } from 'vitest';
import { setUp } from '../support/meeting.ts';
import { caller, connection, startingSession, testSession } from '../support/sockets.ts';

/** The newest tag that a connection has heard of, for a peer of this name. */
const tagFor = (heard: readonly ControlMessage[], sender: string): string | undefined =>
	heard
		.flatMap((message) => (message.type === 'welcome' ? message.peers : message.type === 'peer' ? [message.peer] : []))
		.filter((peer) => peer.sender === sender)
		.at(-1)?.tag;

const types = (heard: readonly ControlMessage[]) => heard.map(({ type }) => type);

describe('hello', () => {
	test.each(['viewer first', 'agent first'])('[T2] brings a viewer and an agent together, %s: each can send to the other', async (order) => {
		const { gateway, relay, comes } = setUp();
		const names = order === 'viewer first' ? (['viewer', 'agent'] as const) : (['agent', 'viewer'] as const);
		const [one, two] = [await comes(names[0], names[0]), await comes(names[1], names[1])];
		for (const [from, to] of [
			[one, two],
			[two, one],
		] as const) {
			const heard = gateway.heard(from.id);
			expect(heard[0]).toMatchObject({ type: 'welcome', sender: from.who.sender, session: testSession, generation: 1 });
			const tag = tagFor(heard, to.who.sender) ?? '';
			expect(await relay(from.id, from.who, encodeToRelay(tag, 'x'))).toBe('sent');
			expect(gateway.posts.at(-1)).toMatchObject({ to: to.id, text: `f${from.who.sender},1 x` });
		}
	});

	test('[security 18] a viewer hears that the agent was cut off, and until when; from then on nothing of it', async () => {
		const { clock, cuts, gateway, comes, again } = setUp();
		const agent = await comes('agent', 'a');
		const viewer = await comes('viewer', 'v');
		expect(types(gateway.heard(viewer.id))).toEqual(['welcome']);
		await cuts.make({ ...agent.who, role: 'agent' }, clock.now + 300_000, new Date(clock.now));
		await gateway.close(agent.id);
		clock.now += 20_000;
		await again(viewer);
		expect(gateway.heard(viewer.id).slice(1)).toEqual([
			{ type: 'welcome', sender: viewer.who.sender, session: viewer.who.session, generation: 1, peers: [] },
			{
				type: 'away',
				code: 'flooding',
				message: "This session's agent sent more than terminals ever need, and was cut off. Its programs go on.",
				retryAfterMs: 280_000,
			},
		]);
		clock.now += 280_000;
		await again(viewer);
		expect(types(gateway.heard(viewer.id))).toEqual(['welcome', 'welcome', 'away', 'welcome']);
	});

	test('[lifecycle 5] only the agent makes a session running, until its lease ends', async () => {
		const { sessions, comes } = setUp();
		await comes('viewer', 'v');
		expect(sessions.record?.phase).toBe('starting');
		const { id, who } = await comes('agent', 'a');
		const leaseUntil = '2026-11-22T08:02:35.000Z';
		expect(sessions.record).toMatchObject({
			phase: 'running',
			phaseAt: '2026-11-22T08:00:05.000Z',
			dueAt: leaseUntil,
			agent: { generation: 1, connectionId: id, sender: who.sender, versions: [1], leaseUntil },
		});
		expect(sessions.record).not.toHaveProperty('step');
	});

	test.each<[string, SessionRecord | undefined]>([
		['an older generation', startingSession({ generation: 2 })],
		[
			'a stopped session',
			startingSession({ desired: { state: 'stopped', by: 'user', why: 'You stopped it', at: '2026-11-22T08:00:00.000Z' }, phase: 'stopping' }),
		],
		['a deleted session', startingSession({ desired: { state: 'deleted', by: 'user', why: 'You deleted it', at: '2026-11-22T08:00:00.000Z' } })],
		['a failed session', startingSession({ phase: 'failed' })],
	])('[lifecycle 5] [S6] the agent of %s is refused for good, and nothing is written', async (_, record) => {
		const { sessions, gateway, comes } = setUp(record);
		const { id } = await comes('agent', 'a');
		expect(types(gateway.heard(id))).toEqual(['fatal']);
		expect(sessions.writes).toBe(0);
	});

	test('[S6] the agent of a session that is not there is refused', async () => {
		const { sessions, gateway, comes } = setUp();
		sessions.record = undefined;
		expect(types(gateway.heard((await comes('agent', 'a')).id))).toEqual(['fatal']);
		expect(gateway.heard((await comes('viewer', 'v')).id)).toMatchObject([{ type: 'fatal', code: 'not_found' }]);
	});

	test.each(['stopped', 'failed'])('a viewer of a %s session is told so, and asks no more', async (how) => {
		const desired = { state: 'stopped', by: how === 'failed' ? 'platform' : 'user', why: 'You stopped it', at: '2026-11-22T08:00:00.000Z' } as const;
		const { sessions, gateway, connections, comes, again } = setUp();
		const viewer = await comes('viewer', 'v');
		sessions.record = startingSession({ desired, phase: how === 'failed' ? 'failed' : 'stopping' });
		await again(viewer);
		expect(gateway.heard(viewer.id).at(-1)).toMatchObject({ type: 'fatal', code: 'not_running' });
		expect(await connections.list(testSession)).toEqual([]);
	});

	test('[lifecycle 6] an agent that meets another writer reads again, and loses to a stop', async () => {
		const { sessions, gateway, comes } = setUp();
		sessions.before = () => {
			sessions.before = undefined;
			const { record } = sessions;
			if (record) sessions.record = { ...record, rev: record.rev + 1, name: 'renamed' };
		};
		await comes('agent', 'a');
		expect(sessions.record).toMatchObject({ name: 'renamed', phase: 'running' });
		sessions.before = () => {
			const { record } = sessions;
			if (record) sessions.record = { ...record, rev: record.rev + 1, phase: 'stopping', desired: { ...record.desired, state: 'stopped' } };
		};
		const late = await comes('agent', 'b');
		expect(types(gateway.heard(late.id))).toEqual(['fatal']);
		expect(sessions.record?.phase).toBe('stopping');
	});

	test('an agent that always meets another writer is not answered: it says hello again', async () => {
		const { sessions, gateway, comes } = setUp();
		sessions.before = () => {
			if (sessions.record) sessions.record = { ...sessions.record, rev: sessions.record.rev + 1 };
		};
		await expect(comes('agent', 'a')).rejects.toMatchObject({ code: 'conflict' });
		expect(gateway.posts).toEqual([]);
	});

	test('[T5] an agent renews by one write and one message, and bothers no viewer', async () => {
		const { clock, sessions, gateway, comes, again } = setUp();
		const viewers = [await comes('viewer', 'v'), await comes('viewer', 'w')];
		const agent = await comes('agent', 'a');
		const [before, writes] = [tagFor(gateway.heard(agent.id), 'sv000000'), sessions.writes];
		gateway.posts.splice(0);
		clock.now += limits.renewMs;
		await again(agent);
		expect(sessions.writes).toBe(writes + 1);
		expect(sessions.record?.agent?.leaseUntil).toBe(new Date(clock.now + limits.leaseMs).toISOString());
		expect(gateway.posts.map(({ to }) => to)).toEqual([agent.id]);
		for (const { who } of viewers) expect(tagFor(gateway.heard(agent.id), who.sender)).toBeDefined();
		expect(tagFor(gateway.heard(agent.id), 'sv000000')).not.toBe(before);
	});

	test('[security 18] an agent that says hello without end is answered, and keeps nobody from writing the record', async () => {
		const { clock, gateway, sessions, comes, again } = setUp();
		const agent = await comes('agent', 'a');
		const writes = sessions.writes;
		for (let said = 0; said < 49; said++) {
			clock.now += 100;
			await again(agent);
		}
		expect([sessions.writes - writes, types(gateway.heard(agent.id)).length]).toEqual([0, 50]);
		clock.now += 100;
		await again(agent);
		expect(sessions.writes - writes).toBe(1);
	});

	test('[T5] a viewer renews without a write of the record, and the agent hears of it once', async () => {
		const { clock, sessions, gateway, comes, again } = setUp();
		const agent = await comes('agent', 'a');
		const viewer = await comes('viewer', 'v');
		await comes('viewer', 'w');
		const writes = sessions.writes;
		gateway.posts.splice(0);
		clock.now += limits.leaseMs - 1;
		await again(viewer);
		expect(sessions.writes).toBe(writes);
		expect(gateway.posts.map(({ to }) => to)).toEqual([agent.id, viewer.id]);
	});

	test('the agent hears of a viewer before the viewer can send', async () => {
		const { gateway, comes } = setUp();
		const agent = await comes('agent', 'a');
		gateway.posts.splice(0);
		const viewer = await comes('viewer', 'v');
		expect(gateway.posts.map(({ to }) => to)).toEqual([agent.id, viewer.id]);
	});

	test('an agent that comes back is introduced to all viewers under its new name', async () => {
		const { gateway, comes } = setUp();
		const viewers = [await comes('viewer', 'v'), await comes('viewer', 'w')];
		await comes('agent', 'a');
		const back = await comes('agent', 'b');
		for (const { id } of viewers) expect(gateway.heard(id).at(-1)).toMatchObject({ type: 'peer', generation: 1, peer: { sender: back.who.sender } });
	});

	test('an agent whose lease has ended is no peer', async () => {
		const { clock, gateway, comes } = setUp();
		await comes('agent', 'a');
		clock.now += limits.leaseMs;
		expect(gateway.heard((await comes('viewer', 'v')).id)).toMatchObject([{ type: 'welcome', peers: [] }]);
	});

	test('a viewer whose agent is gone gets no peer, and gets one when it is back', async () => {
		const { gateway, connections, comes } = setUp();
		const agent = await comes('agent', 'a');
		gateway.faults.set(agent.id, 'gone');
		const viewer = await comes('viewer', 'v');
		expect(gateway.heard(viewer.id)).toMatchObject([{ type: 'welcome', peers: [] }]);
		expect((await connections.list(testSession)).map(({ id }) => id)).toEqual([viewer.id]);
		const back = await comes('agent', 'b');
		expect(tagFor(gateway.heard(viewer.id), back.who.sender)).toBeDefined();
	});

	test('viewers that are gone are forgotten when an agent comes', async () => {
		const { gateway, connections, comes } = setUp();
		const [gone, there] = [await comes('viewer', 'v'), await comes('viewer', 'w')];
		gateway.faults.set(gone.id, 'gone');
		await comes('agent', 'a');
		expect((await connections.list(testSession)).map(({ id }) => id)).toEqual([there.id]);
	});

	test('a busy agent costs a viewer nothing: it is welcomed with its tag', async () => {
		const { gateway, comes } = setUp();
		const agent = await comes('agent', 'a');
		gateway.faults.set(agent.id, 'busy');
		const viewer = await comes('viewer', 'v');
		expect(tagFor(gateway.heard(viewer.id), agent.who.sender)).toBeDefined();
	});

	test('[T7] [S16] a viewer of an older task is let go, so that it comes again with a new ticket', async () => {
		const { gateway, connections, comes } = setUp(startingSession({ generation: 2 }));
		const late = await comes('viewer', 'v');
		expect(gateway.closed).toEqual([late.id]);
		expect(gateway.heard(late.id)).toEqual([]);
		expect(await connections.list(testSession)).toEqual([]);
	});

	test('[T7] [S16] the agent of a new task meets no viewer of the old one', async () => {
		const { sessions, gateway, comes } = setUp();
		const old = await comes('viewer', 'v');
		sessions.record = startingSession({ generation: 2, task: { ...(startingSession().task ?? expect.fail()), generation: 2 } });
		const fresh = await comes('viewer', 'w', { generation: 2 });
		const agent = await comes('agent', 'a', { generation: 2 });
		expect(gateway.closed).toEqual([old.id]);
		expect(tagFor(gateway.heard(agent.id), old.who.sender)).toBeUndefined();
		expect(tagFor(gateway.heard(agent.id), fresh.who.sender)).toBeDefined();
	});

	test('a viewer that has not said hello is no peer yet', async () => {
		const { gateway, connections, comes } = setUp();
		await connections.put({ id: connection('v'), ...caller('viewer', 'v') }, new Date());
		const agent = await comes('agent', 'a');
		expect(gateway.posts.map(({ to }) => to)).toEqual([agent.id]);
	});

	test('[T2] ends that share no version are told so', async () => {
		const { gateway, comes } = setUp();
		for (const role of ['viewer', 'agent'] as const)
			expect(gateway.heard((await comes(role, role, { versions: [99] })).id)).toMatchObject([{ type: 'fatal', code: 'unsupported_version' }]);
	});

	test.each([
		undefined,
		'',
		'{',
		'null',
		'{"action":"hello"}',
		'{"action":"hello","versions":["1"]}',
		'{"action":"hello","versions":[1],"user":"other"}',
	])('%j is no hello', async (body) => {
		const { gateway, introductions } = setUp();
		await introductions.hello(connection('v'), caller('viewer', 'v'), body);
		expect(gateway.heard(connection('v'))).toMatchObject([{ type: 'fatal', code: 'invalid_request' }]);
	});

	test('a full house fits one message', async () => {
		const { gateway, comes } = setUp();
		for (let at = 0; at < maxPeers; at++) await comes('viewer', `v${at}`);
		const agent = await comes('agent', 'a');
		const welcome = gateway.posts.find(({ to }) => to === agent.id)?.text ?? '';
		expect(welcome.length).toBeLessThan(limits.maxMessageBytes);
		expect(gateway.heard(agent.id)[0]).toMatchObject({ type: 'welcome', peers: { length: maxPeers } });
	});
});
