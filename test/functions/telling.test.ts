/** What watchers hear: functions/core/telling.ts, rule 18 of functions/core/SPEC.md. */
import { admit, maxWatchers, type Socket, watchersOf } from '@shellpod/functions/core/access.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { createTell, told } from '@shellpod/functions/core/telling.ts';
import { writtenDown } from '@shellpod/functions/core/trail.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { decodeWatch } from '@shellpod/protocol/watch.ts';
import { describe, expect, it } from 'vitest';
import { createInMemoryAccessRecords, createInMemorySessions } from '../support/in-memory-table.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import { at, dateAt, running, session, user } from '../support/session-records.ts';
import { connection, flakyConnections } from '../support/sockets.ts';

const stranger = userId('stranger');

const setUp = async (forgets = true) => {
	let seconds = 0;
	const access = createInMemoryAccessRecords();
	const gateway = flakyConnections();
	const waited: number[] = [];
	const log = createLogLines();
	const now = () => dateAt(seconds);
	const { get, put } = access;
	const tell = createTell({ access: forgets ? { get, put } : { get }, gateway, wait: async (ms) => waited.push(ms), now, log });
	const sessions = told(createInMemorySessions(), tell);
	const letIn = (name: string, who = user, of: Partial<Socket> = {}) =>
		changeAccess(access, who, (record) => {
			const next = admit(record, connection(name), { signIn: 7, since: now().toISOString(), ...of });
			return typeof next === 'string' ? expect.fail(next) : next;
		});
	const heard = (name: string) => gateway.posts.filter(({ to }) => to === connection(name)).map(({ text }) => decodeWatch(text) ?? expect.fail(text));
	await letIn('mine');
	await letIn('viewer', user, { session });
	await letIn('theirs', stranger);
	const pass = (more: number): void => {
		seconds += more;
	};
	return { sessions, access, gateway, waited, log, heard, letIn, pass, now };
};
const read = async (sessions: Awaited<ReturnType<typeof setUp>>['sessions']) => (await sessions.get(user, session)) ?? expect.fail();

describe('what is written', () => {
	it('[18] is told to the user’s watchers as it is now, and to nobody else', async () => {
		const { sessions, heard } = await setUp();
		await sessions.create(running());
		const written = await sessions.put(lifecycle.stop(await read(sessions), at(9)));
		expect(heard('mine')).toMatchObject([
			{ told: 'session', session: { id: session, state: 'Running', rev: 1 } },
			{ told: 'session', session: { id: session, state: 'Stopping', rev: written?.rev } },
		]);
		expect([heard('viewer'), heard('theirs')]).toEqual([[], []]);
	});

	it('[18] is told once more when it is written down, and not when nothing shows', async () => {
		const { sessions, heard } = await setUp();
		await sessions.create(running());
		await sessions.put({ ...(await read(sessions)), dueAt: at(500) });
		expect(heard('mine')).toHaveLength(1);
		await sessions.put(lifecycle.stop(await read(sessions), at(9)));
		expect(heard('mine')).toHaveLength(2);
		const later = await sessions.put(writtenDown(await read(sessions)));
		expect(heard('mine').at(-1)).toMatchObject({ session: { rev: later?.rev } });
		await sessions.put({ ...(await read(sessions)), dueAt: at(600) });
		expect(heard('mine')).toHaveLength(3);
	});

	it('[18] is only that something changed, when the session has left the list', async () => {
		const { sessions, heard } = await setUp();
		await sessions.create(running());
		await sessions.put(lifecycle.remove(await read(sessions), at(9)));
		expect(heard('mine').at(-1)).toEqual({ told: 'look' });
	});

	it('[18] is written though nobody can be told, after a second try', async () => {
		const { sessions, gateway, waited } = await setUp();
		gateway.faults.set(connection('mine'), 'busy');
		expect(await sessions.create(running())).toMatchObject({ rev: 1 });
		expect([gateway.posts.length, waited.length]).toEqual([2, 1]);
		const broken = await setUp();
		broken.access.get = async () => Promise.reject(new Error('no'));
		const tell = createTell({ access: broken.access, gateway, wait: async () => {}, now: broken.now, log: broken.log });
		expect(await told(createInMemorySessions(), tell).create(running())).toMatchObject({ rev: 1 });
		expect(broken.log.lines.map(({ event }) => event)).toEqual(['watchers_not_told']);
	});

	it('[18] a watcher that is gone is forgotten, once it can’t be on its way any more', async () => {
		const { sessions, access, gateway, pass } = await setUp();
		gateway.faults.set(connection('mine'), 'gone');
		await sessions.create(running());
		expect(watchersOf(await access.get(user))).toHaveLength(1);
		pass(60);
		await sessions.put(lifecycle.stop(await read(sessions), at(60)));
		expect(watchersOf(await access.get(user))).toEqual([]);
		expect(Object.keys((await access.get(user)).sockets)).toEqual([connection('viewer')]);
	});
});

describe('watchers', () => {
	it('[18] are counted apart from viewers', async () => {
		const { access, letIn, pass } = await setUp();
		const viewers = createViewers({ access, gateway: flakyConnections(), now: () => dateAt(0) });
		for (let nth = 1; nth < maxWatchers; nth++) await letIn(`w${nth}`);
		pass(1);
		expect(await viewers.roomToWatch(user)).toBe(false);
		expect(await viewers.room(user, undefined)).toBe(true);
		expect(await viewers.comes(connection('more'), { user, signIn: 7 })).toBe('full');
		expect(await viewers.comes(connection('viewer-2'), { user, signIn: 7, session: sessionId('bbbbbbbbbbbb') })).toBe('admitted');
	});
});
