/** What every store of connections does: the fake that other tests use, and the table. */
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import type { Connection, ConnectionStore } from '@shellpod/functions/relay-ports.ts';
import { type SessionId, sessionId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { caller, connection, memoryConnections } from '../support/sockets.ts';

const now = new Date('2026-11-22T08:00:00Z');

let server: TestTable;
beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server.stop());

const stores: [string, () => ConnectionStore][] = [
	['in memory', memoryConnections],
	['in the table', () => createConnections(server.items)],
];

let sessions = 0;
/** A session of its own for each test. */
const anySession = (): SessionId => sessionId(`session${'abcdefghijklmnopqrstuvwxyz'[sessions++]}2345`);

const one = (session: SessionId, name: string): Connection => ({ id: connection(name), ...caller('viewer', 'v'), session });

describe.each(stores)('connections %s', (_, create) => {
	test('are listed by session', async () => {
		const store = create();
		const [ours, theirs] = [anySession(), anySession()];
		await store.put(one(ours, 'a/b+c'), now);
		await store.put({ ...one(ours, 'd'), versions: [1, 2] }, now);
		await store.put(one(theirs, 'e'), now);
		expect((await store.list(ours)).sort((a, b) => a.id.localeCompare(b.id))).toEqual([one(ours, 'a/b+c'), { ...one(ours, 'd'), versions: [1, 2] }]);
		expect(await store.list(anySession())).toEqual([]);
	});

	test('are what was written last', async () => {
		const store = create();
		const session = anySession();
		await store.put(one(session, 'a'), now);
		await store.put({ ...one(session, 'a'), versions: [1] }, now);
		expect(await store.list(session)).toEqual([{ ...one(session, 'a'), versions: [1] }]);
	});

	test('are removed once, from their own session only', async () => {
		const store = create();
		const [ours, theirs] = [anySession(), anySession()];
		await store.put(one(ours, 'a'), now);
		await store.remove(theirs, connection('a'));
		expect(await store.list(ours)).toHaveLength(1);
		await store.remove(ours, connection('a'));
		await store.remove(ours, connection('a'));
		expect(await store.list(ours)).toEqual([]);
	});
});
