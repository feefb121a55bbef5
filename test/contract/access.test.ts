/** What every store of access records does: the fake that other tests use, and the table. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import type { AccessRecord } from '@shellpod/functions/core/access.ts';
import type { AccessRecords } from '@shellpod/functions/ports.ts';
import { type UserId, userId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { createInMemoryAccessRecords } from '../support/in-memory-table.ts';
import { connection, testSession } from '../support/sockets.ts';

let server: TestTable;
beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server.stop());

const stores: [string, () => AccessRecords][] = [
	['in memory', createInMemoryAccessRecords],
	['in the table', () => createAccessRecords(server.items)],
];

let users = 0;
/** A user of its own for each test. */
const anyone = (): UserId => userId(`user-${users++}`);

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 8, 0, second)).toISOString();

const full = (user: UserId): AccessRecord => ({
	user,
	rev: 0,
	disabled: { at: at(0), by: 'operator' },
	signedOut: { 1795334400: at(30) },
	ended: { [testSession]: at(40) },
	sockets: { [connection('a/b+c')]: { session: testSession, signIn: 1795334400, since: at(1) } },
	dueAt: at(5),
});

const dueOf = async (store: AccessRecords, until: string): Promise<UserId[]> => {
	const found: UserId[] = [];
	for await (const user of store.due(until)) found.push(user);
	return found;
};

describe.each(stores)('access records %s', (_, create) => {
	test('of users without one have nothing in them', async () => {
		const user = anyone();
		expect(await create().get(user)).toEqual({ user, rev: 0, signedOut: {}, ended: {}, sockets: {} });
	});

	test('come back as they were written, counted', async () => {
		const store = create();
		const user = anyone();
		expect(await store.put(full(user))).toBe(true);
		expect(await store.get(user)).toEqual({ ...full(user), rev: 1 });
		expect(await store.put({ user, rev: 1, signedOut: {}, ended: {}, sockets: {} })).toBe(true);
		expect(await store.get(user)).toEqual({ user, rev: 2, signedOut: {}, ended: {}, sockets: {} });
	});

	test('are written by one of those who read the same', async () => {
		const store = create();
		const user = anyone();
		const first = await Promise.all(Array.from({ length: 5 }, () => store.put(full(user))));
		expect(first.filter(Boolean)).toHaveLength(1);
		const second = await Promise.all(Array.from({ length: 5 }, () => store.put({ ...full(user), rev: 1 })));
		expect(second.filter(Boolean)).toHaveLength(1);
		expect(await store.put(full(user))).toBe(false);
	});

	test('are found while something of them is due, the longest due first', async () => {
		const store = create();
		const [early, late, never] = [anyone(), anyone(), anyone()];
		await store.put({ ...full(late), dueAt: at(20) });
		await store.put({ ...full(early), dueAt: at(10) });
		const { dueAt: _, ...rest } = full(never);
		await store.put(rest);
		const ours = new Set([early, late, never]);
		const due = async (until: string) => (await dueOf(store, until)).filter((user) => ours.has(user));
		expect(await due(at(20))).toEqual([early, late]);
		expect(await due(at(19))).toEqual([early]);
		const { dueAt: __, ...done } = { ...full(early), rev: 1 };
		await store.put(done);
		expect(await due(at(20))).toEqual([late]);
	});
});
