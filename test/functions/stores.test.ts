/** One contract for the table's ports: the fakes in memory and the adapters on a DynamoDB-compatible server must both keep it. */
import type { Items } from '@shellpod/functions/adapters/items.ts';
import { createLeases } from '@shellpod/functions/adapters/leases.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { createStartSwitch } from '@shellpod/functions/adapters/start-switch.ts';
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { dueShards, shardOf } from '@shellpod/functions/core/keys.ts';
import { firstUid } from '@shellpod/functions/core/slot.ts';
import type { DueSession, Leases, Sessions, Slots, StartSwitch, Users } from '@shellpod/functions/ports.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { createInMemoryItems } from '../support/in-memory-items.ts';
import {
	createInMemoryLeases,
	createInMemorySessions,
	createInMemorySlots,
	createInMemoryStartSwitch,
	createInMemoryUsers,
} from '../support/in-memory-table.ts';
import { at, record, running, session, slot, user } from '../support/session-records.ts';

interface Stores {
	sessions: Sessions;
	slots: Slots;
	users: Users;
	leases: Leases;
	startSwitch: StartSwitch;
}

const inMemory = (): Stores => ({
	sessions: createInMemorySessions(),
	slots: createInMemorySlots(),
	users: createInMemoryUsers(),
	leases: createInMemoryLeases(),
	startSwitch: createInMemoryStartSwitch(),
});

const over = (items: Items): Stores => ({
	sessions: createSessions(items),
	slots: createSlots(items),
	users: createUsers(items),
	leases: createLeases(items),
	startSwitch: createStartSwitch(items),
});

let server: TestTable | undefined;
const onServer = (): Stores => over((server ?? expect.fail('no server')).items);

beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server?.stop());

const everything = async (sessions: Sessions, until: string): Promise<DueSession[]> => {
	const found: DueSession[] = [];
	for (let shard = 0; shard < dueShards; shard++) for await (const one of sessions.due(shard, until)) found.push(one);
	return found;
};

describe.each([
	['in memory', inMemory],
	['over the table in memory', () => over(createInMemoryItems())],
	['on a DynamoDB-compatible server', onServer],
])('stores %s', (_, open) => {
	/** each test has users and sessions of its own, so that none sees another's */
	let count = 0;
	const fresh = () => {
		const letter = 'bcdefghijklmnopqrstuvwxyz'[count++] ?? expect.fail('more letters');
		return { user: userId(`user-${letter}`), id: sessionId(`${letter}aaaaaaaaaaa`) };
	};

	it('the switch is on until it is turned off, and says what the operator said', async () => {
		const { startSwitch } = open();
		expect(await startSwitch.get()).toBeUndefined();
		const off = { at: at(0), by: 'ada', why: 'a flood' };
		await startSwitch.turnOff(off);
		await startSwitch.turnOff({ ...off, why: 'a fire' });
		expect(await startSwitch.get()).toEqual({ ...off, why: 'a fire' });
		await startSwitch.turnOn();
		await startSwitch.turnOn();
		expect(await startSwitch.get()).toBeUndefined();
	});

	describe('sessions', () => {
		it('keeps a record as it was written, and knows nothing else', async () => {
			const { sessions } = open();
			const written = running({
				...fresh(),
				reason: 'Its agent – “does not answer” 😀',
				stops: { 'arn:x': at(1) },
				crashes: [at(3)],
			});
			expect(await sessions.get(written.user, written.id)).toBeUndefined();
			expect(await sessions.create(written)).toEqual({ ...written, rev: 1 });
			expect(await sessions.get(written.user, written.id)).toEqual({ ...written, rev: 1 });
			expect(await sessions.get(user, written.id)).toBeUndefined();
			expect(await sessions.get(written.user, session)).toBeUndefined();
		});

		it('makes a session once', async () => {
			const { sessions } = open();
			const who = fresh();
			const answers = await Promise.all(Array.from({ length: 5 }, () => sessions.create(record(who))));
			expect(answers.filter(Boolean)).toHaveLength(1);
		});

		it('[S3] of many who write over the same rev, one does', async () => {
			const { sessions } = open();
			const made = (await sessions.create(record(fresh()))) ?? expect.fail();
			const answers = await Promise.all(Array.from({ length: 8 }, (_, name) => sessions.put({ ...made, name: String(name) })));
			const [written] = answers.filter((one) => one !== undefined);
			expect(answers.filter(Boolean)).toHaveLength(1);
			expect(written?.rev).toBe(2);
			expect(await sessions.get(made.user, made.id)).toEqual(written);
			expect(await sessions.put(made)).toBeUndefined();
		});

		it('writes nothing over a record that is not there', async () => {
			expect(await open().sessions.put(record(fresh()))).toBeUndefined();
		});

		it("lists a user's, and nobody else's", async () => {
			const { sessions } = open();
			const who = fresh();
			const ids = ['aaaaaaaaaaa2', 'aaaaaaaaaaa3'].map(sessionId);
			for (const id of ids) await sessions.create(record({ ...who, id }));
			await sessions.create(record(fresh()));
			expect((await sessions.list(who.user)).map((one) => one.id).sort()).toEqual(ids);
			expect(await sessions.list(userId('nobody'))).toEqual([]);
		});

		it('knows what is due, the longest due first, and what is not any more', async () => {
			const { sessions } = open();
			const who = fresh();
			const [early, late, future] = ['baaaaaaaaaa2', 'baaaaaaaaaa3', 'baaaaaaaaaa4'].map(sessionId);
			const dues = [
				[early, -900],
				[late, -800],
				[future, 9_000],
			] as const;
			for (const [id, due] of [...dues].reverse()) await sessions.create(record({ ...who, id: id ?? session, dueAt: at(due) }));
			const mine = async () => (await everything(sessions, at(-700))).filter((one) => one.user === who.user);
			expect(await mine()).toEqual([
				{ user: who.user, id: early, dueAt: at(-900) },
				{ user: who.user, id: late, dueAt: at(-800) },
			]);
			const { dueAt: _, ...done } = (await sessions.get(who.user, early ?? session)) ?? expect.fail();
			await sessions.put(done);
			expect((await mine()).map((one) => one.id)).toEqual([late]);
		});

		it('spreads what is due over every shard', () => {
			const letters = [...'abcdefghijklmnopqrstuvwxyz234567'];
			expect(new Set(letters.map((letter) => shardOf(sessionId(`${letter}aaaaaaaaaaa`)))).size).toBe(dueShards);
		});
	});

	describe('users', () => {
		it('begins with nobody, and takes one write of each rev', async () => {
			const { users } = open();
			const { user: who } = fresh();
			const nobody = await users.get(who);
			expect(nobody).toEqual({ user: who, claims: {}, rev: 0 });
			const claims = { [session]: { name: 'demo', at: at(0) } };
			const answers = await Promise.all(Array.from({ length: 4 }, () => users.put({ ...nobody, claims })));
			expect(answers.filter(Boolean)).toHaveLength(1);
			expect(await users.get(who)).toEqual({ user: who, claims, rev: 1 });
			expect(await users.put({ user: who, claims: {}, rev: 1 })).toBe(true);
			expect(await users.get(who)).toEqual({ user: who, claims: {}, rev: 2 });
		});
	});

	describe('slots', () => {
		it('never gives a uid twice', async () => {
			const { slots } = open();
			const uids = await Promise.all(Array.from({ length: 20 }, () => slots.nextUid(firstUid)));
			expect(new Set(uids).size).toBe(20);
			expect(Math.min(...uids)).toBe(firstUid);
		});

		it('goes from making to free to taken, each once', async () => {
			const { slots } = open();
			const uid = await slots.nextUid(firstUid);
			const home = { ...slot, uid };
			expect(await slots.get(uid)).toBeUndefined();
			expect(await slots.finish(home, at(1))).toBe(false);
			expect(await slots.begin(uid, at(1))).toBe(true);
			expect(await slots.begin(uid, at(1))).toBe(false);
			expect(await slots.making(10)).toContain(uid);
			expect(await slots.free(10)).not.toContain(uid);

			expect(await slots.finish(home, at(2))).toBe(true);
			expect(await slots.finish(home, at(2))).toBe(false);
			expect(await slots.making(10)).not.toContain(uid);
			expect(await slots.free(10)).toContain(uid);

			const free = await slots.get(uid);
			if (free?.state !== 'free') return expect.fail('it is not free');
			expect(free).toEqual({ ...home, state: 'free', at: at(2) });
			const takers = [session, sessionId('bbbbbbbbbbbb')].map((one) => slots.take(free, { user, session: one }, at(3)));
			expect((await Promise.all(takers)).filter(Boolean)).toHaveLength(1);
			expect(await slots.get(uid)).toMatchObject({ ...home, state: 'taken', at: at(3), takenBy: { user } });
			expect(await slots.free(10)).not.toContain(uid);
		});

		it('names the oldest free one first', async () => {
			const { slots } = open();
			const [young, old] = [await slots.nextUid(firstUid), await slots.nextUid(firstUid)];
			for (const uid of [young, old]) await slots.begin(uid, at(0));
			await slots.finish({ ...slot, uid: old }, at(-500));
			await slots.finish({ ...slot, uid: young }, at(-400));
			expect(await slots.free(2)).toEqual([old, young]);
			expect(await slots.free(1)).toEqual([old]);
		});
	});

	describe('leases', () => {
		it('one holder at a time, until it ends or is given back', async () => {
			const { leases } = open();
			const take = (holder: string, now: number) => leases.take('sweep', holder, at(now), at(now + 50));
			expect((await Promise.all([take('a', 0), take('b', 0)])).filter(Boolean)).toHaveLength(1);
			expect(await take('c', 49)).toBe(false);
			expect(await take('c', 50)).toBe(true);
			expect(await take('c', 70)).toBe(true);
			expect(await take('d', 119)).toBe(false);
			await leases.release('sweep', 'a');
			expect(await take('d', 60)).toBe(false);
			await leases.release('sweep', 'c');
			expect(await take('d', 60)).toBe(true);
			expect(await leases.take('slots', 'e', at(60), at(90))).toBe(true);
		});
	});
});
