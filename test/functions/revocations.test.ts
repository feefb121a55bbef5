import { leave, maxAdmissions, settleMs } from '@shellpod/functions/core/access.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import { createRevocations } from '@shellpod/functions/core/revocations.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import { encodeToRelay } from '@shellpod/protocol/frame.ts';
import { terminalId, userId } from '@shellpod/protocol/ids.ts';
import { describe, expect, test } from 'vitest';
import { setUp as meet } from '../support/meeting.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import { caller, connection, testSession, testSignIn, testUser } from '../support/sockets.ts';

const setUp = () => {
	const meeting = meet();
	const { access, connections, gateway, clock } = meeting;
	const now = () => new Date(clock.now);
	const log = createLogLines();
	const revocations = createRevocations({ access, connections, gateway, now, log });
	const viewers = createViewers({ access, gateway, now });
	const sockets = async () => Object.keys((await access.get(testUser)).sockets);
	return { ...meeting, now, log, revocations, viewers, sockets };
};

const names = Array.from({ length: 8 }, (_, at) => `v${at}`);

describe('[security 8] closing', () => {
	test('asks until the gateway says that the connection is gone, and forgets it then', async () => {
		const { comes, revocations, gateway, connections, sockets } = setUp();
		const { id } = await comes('viewer', 'v');
		await revocations.signOut(testUser, testSignIn, true);
		expect(gateway.closed).toEqual([id, id]);
		expect([await sockets(), await connections.list(testSession)]).toEqual([[], []]);
	});

	test('leaves to the sweep what the gateway did not close, and the sweep leaves nothing', async () => {
		const { comes, revocations, gateway, clock, sockets } = setUp();
		const { id } = await comes('viewer', 'v');
		gateway.faults.set(id, 'failed');
		await revocations.signOut(testUser, testSignIn, true);
		expect(await sockets()).toEqual([id]);
		expect(await revocations.closeDue()).toBe(0);
		clock.now += 5_000;
		expect(await revocations.closeDue()).toBe(1);
		gateway.faults.delete(id);
		clock.now += 5_000;
		expect(await revocations.closeDue()).toBe(0);
		expect(await sockets()).toEqual([]);
		const asked = gateway.closed.length;
		clock.now += 60_000;
		expect([await revocations.closeDue(), gateway.closed.length]).toEqual([0, asked]);
	});

	test('does not believe that a connection is gone that is only to come', async () => {
		const { access, viewers, revocations, gateway, clock, sockets } = setUp();
		const id = connection('v');
		gateway.faults.set(id, 'gone');
		expect(await viewers.comes(id, caller('viewer', 'v'))).toBe('admitted');
		await revocations.signOut(testUser, testSignIn, true);
		expect(await sockets()).toEqual([id]);
		// `$connect` has answered.
		gateway.faults.delete(id);
		clock.now += settleMs;
		await revocations.closeDue();
		expect([gateway.closed.length, await sockets()]).toEqual([3, []]);
		expect((await access.get(testUser)).dueAt).toBeUndefined();
	});

	test('goes on with the others when one user can not be read', async () => {
		const { access, connections, gateway, now, log, comes, clock, sockets } = setUp();
		const { id } = await comes('viewer', 'v');
		gateway.faults.set(id, 'failed');
		const poison = userId('poison');
		const get = async (user: typeof testUser) => (user === poison ? Promise.reject(new Error('poison')) : access.get(user));
		async function* due() {
			yield poison;
			yield testUser;
		}
		const revocations = createRevocations({ access: { get, put: access.put, due }, connections, gateway, now, log });
		await revocations.signOut(testUser, testSignIn, true);
		gateway.faults.delete(id);
		clock.now += 5_000;
		expect(await revocations.closeDue()).toBe(1);
		expect(await sockets()).toEqual([]);
	});

	test('ends with the time that there is: the others are the next sweep’s', async () => {
		const { comes, revocations, gateway, sockets, clock } = setUp();
		const { id } = await comes('viewer', 'v');
		gateway.faults.set(id, 'failed');
		await revocations.signOut(testUser, testSignIn, true);
		gateway.faults.delete(id);
		clock.now += 5_000;
		expect(await revocations.closeDue(async () => false)).toBe(0);
		expect(await sockets()).toEqual([id]);
		await revocations.closeDue();
		expect(await sockets()).toEqual([]);
	});

	test('a sign-in that the provider may still renew is remembered for as long as it could', async () => {
		const { access, revocations, clock } = setUp();
		await revocations.signOut(testUser, testSignIn, true);
		await revocations.signOut(testUser, testSignIn + 1, false);
		const { signedOut } = await access.get(testUser);
		expect(Date.parse(signedOut[testSignIn] ?? '') - clock.now).toBe(3_600_000);
		expect(Date.parse(signedOut[testSignIn + 1] ?? '') - clock.now).toBe(30 * 86_400_000);
	});

	test('says what was done in the log, by numbers', async () => {
		const { comes, revocations, log } = setUp();
		await comes('viewer', 'v');
		await revocations.disable(testUser, 'ops@example.com');
		expect(log.lines.map(({ event, fields }) => [event, fields])).toEqual([
			['user_disabled', { user: testUser, by: 'ops@example.com' }],
			['connections_closed', { user: testUser, closed: 1, left: 0 }],
		]);
	});
});

describe('[security 8] what a closed connection had', () => {
	test('its tags are worth nothing on any other connection, and its next hello gets none', async () => {
		const { comes, again, relay, revocations, gateway } = setUp();
		const viewer = await comes('viewer', 'v');
		const agent = await comes('agent', 'a');
		const tag = gateway
			.heard(viewer.id)
			.flatMap((message) => (message.type === 'peer' ? [message.peer.tag] : []))
			.at(-1);
		await revocations.signOut(testUser, testSignIn, true);
		const frame = encodeToRelay(tag ?? expect.fail('no tag'), 'typed');
		// The same user's other device, and a stranger, each on a connection of its own that lives.
		const phone = { ...caller('viewer', 'phone'), signIn: testSignIn + 1 };
		expect(await relay(connection('phone'), phone, frame)).toBe('refused');
		expect(await relay(connection('stranger'), { ...caller('viewer', 'v'), user: userId('mallory') }, frame)).toBe('refused');
		// The one that the tag is of takes it, but the gateway has no such connection any more: nothing comes from it.
		expect(gateway.faults.get(viewer.id)).toBe('gone');
		const before = gateway.posts.length;
		await again(viewer);
		expect(gateway.posts.slice(before)).toEqual([]);
		expect(gateway.heard(agent.id).filter(({ type }) => type === 'peer')).toEqual([]);
	});

	test('a connection that was never let in gets no tag, and is closed', async () => {
		const { introductions, access, connections, gateway, comes } = setUp();
		await comes('agent', 'a');
		const viewer = await comes('viewer', 'v');
		await changeAccess(access, testUser, (record) => ({ ...record, sockets: {} }));
		const before = gateway.posts.length;
		await introductions.hello(viewer.id, viewer.who, '{"action":"hello","versions":[1]}');
		expect(gateway.posts).toHaveLength(before);
		expect(gateway.closed).toEqual([viewer.id]);
		expect(await connections.list(testSession)).toEqual([]);
	});
});

describe('[security 8] a session that is stopped', () => {
	test('is told to its viewers at once, and to no agent', async () => {
		const { comes, revocations, gateway } = setUp();
		const [viewer, agent] = [await comes('viewer', 'v'), await comes('agent', 'a')];
		const heard = gateway.heard(agent.id).length;
		await revocations.tellNotRunning(testSession, 'It ends.');
		expect(gateway.heard(viewer.id).at(-1)).toEqual({ type: 'fatal', code: 'not_running', message: 'It ends.' });
		expect(gateway.heard(agent.id)).toHaveLength(heard);
	});
});

describe('[security 13] eight connections', () => {
	const eight = async () => {
		const bench = setUp();
		for (const name of names) expect(await bench.viewers.comes(connection(name), caller('viewer', name))).toBe('admitted');
		bench.clock.now += settleMs;
		return bench;
	};

	test('are all that a user gets', async () => {
		const { viewers, sockets, gateway } = await eight();
		expect(await viewers.room(testUser, undefined)).toBe(false);
		expect(await viewers.comes(connection('ninth'), caller('viewer', 'ninth'))).toBe('full');
		expect(await sockets()).toEqual(names.map(connection));
		expect(gateway.closed).toEqual([]);
	});

	test('are counted without those that the gateway does not know any more', async () => {
		const { viewers, sockets, gateway } = await eight();
		gateway.faults.set(connection('v3'), 'gone');
		gateway.faults.set(connection('v4'), 'busy');
		expect(await viewers.room(testUser, undefined)).toBe(true);
		expect(await sockets()).toEqual(names.filter((name) => name !== 'v3').map(connection));
		expect(await viewers.comes(connection('ninth'), caller('viewer', 'ninth'))).toBe('admitted');
		expect(await viewers.room(testUser, undefined)).toBe(false);
	});

	test('are counted with one that is only to come', async () => {
		const { viewers, gateway, clock } = await eight();
		gateway.faults.set(connection('v0'), 'gone');
		await viewers.comes(connection('new'), caller('viewer', 'new'));
		gateway.faults.set(connection('new'), 'gone');
		expect(await viewers.room(testUser, undefined)).toBe(false);
		clock.now += settleMs;
		expect(await viewers.room(testUser, undefined)).toBe(true);
	});

	test('do not keep a page out that was cut off: its own last one makes room', async () => {
		const { viewers, sockets, gateway, access } = await eight();
		const terminal = terminalId('terminal1');
		await changeAccess(access, testUser, (record) => {
			const [id, socket] = Object.entries(record.sockets)[5] ?? expect.fail('no socket');
			return { ...record, sockets: { ...record.sockets, [id]: { ...socket, terminal } } };
		});
		expect(await viewers.room(testUser, terminalId('terminal2'))).toBe(false);
		expect(await viewers.comes(connection('again'), { ...caller('viewer', 'again'), terminal })).toBe('admitted');
		expect(gateway.closed).toEqual([connection('v5'), connection('v5')]);
		expect((await sockets()).sort()).toEqual([...names.filter((name) => name !== 'v5'), 'again'].map(connection).sort());
	});

	test('[security 8] of a user who comes and goes without end leave the operator room: each is refused without a write, and is told when to come', async () => {
		const { viewers, access, clock } = setUp();
		const comeAndGo = async (name: string) => {
			const came = await viewers.comes(connection(name), caller('viewer', name));
			await changeAccess(access, testUser, (record) => leave(record, [connection(name)], new Date(clock.now).toISOString()));
			return came;
		};
		for (let time = 0; time < maxAdmissions; time++) expect(await comeAndGo(`n${time}`)).toBe('admitted');
		const { rev } = await access.get(testUser);
		for (let time = 0; time < 10; time++) expect(await comeAndGo(`m${time}`)).toBe('hasty');
		expect((await access.get(testUser)).rev).toBe(rev);
		await expect(viewers.room(testUser, undefined)).rejects.toMatchObject({ code: 'too_many', retryAfter: 55 });
		clock.now += 55_000;
		expect(await viewers.room(testUser, undefined)).toBe(true);
		expect(await comeAndGo('later')).toBe('admitted');
	});

	test('of many that come at the same instant eight get in', async () => {
		const { viewers, sockets } = setUp();
		const many = Array.from({ length: 12 }, (_, at) => `m${at}`);
		const answers = await Promise.all(many.map((name) => viewers.comes(connection(name), caller('viewer', name))));
		expect(answers.filter((answer) => answer === 'admitted')).toHaveLength(8);
		expect(await sockets()).toHaveLength(8);
	});
});
