/** What every store of the relay's key does: the fake that other tests use, and the table, by plain signed requests. */
import { createKeyStore } from '@shellpod/functions/adapters/relay-key.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import type { KeyStore } from '@shellpod/functions/relay-ports.ts';
import { createSignedFetch } from '@shellpod/functions/signed-fetch.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentials, startTable, type TestTable } from '../support/dynoxide.ts';
import { memoryKeys } from '../support/sockets.ts';

const ring = { current: 'b', keys: { a: 'YQ', b: 'Yg' } };

let server: TestTable;
beforeEach(async () => {
	server = await startTable();
});
afterEach(() => server.stop());

const stores: [string, () => KeyStore][] = [
	['in memory', memoryKeys],
	[
		'in the table',
		() =>
			createKeyStore({
				endpoint: server.endpoint,
				table: server.table.name,
				fetch: createSignedFetch({ region: 'us-east-1', ...credentials }, 'dynamodb'),
			}),
	],
];

describe.each(stores)("the relay's key %s", (_, create) => {
	test('is not there before it is made', async () => {
		expect(await create().read()).toBeUndefined();
	});

	test('comes back as it was made, and is made once', async () => {
		const store = create();
		expect(await store.make(ring)).toBe(true);
		expect(await store.make({ current: 'c', keys: { c: 'Yw' } })).toBe(false);
		expect(await store.read()).toEqual(ring);
	});

	test('is the same for all who need it at the same instant', async () => {
		const store = create();
		let chance = 0;
		const rings = await Promise.all(
			Array.from({ length: 10 }, () =>
				createRelayKeys({ store, now: () => new Date(0), random: (bytes) => new Uint8Array(bytes).fill(++chance) }).signing(),
			),
		);
		expect(new Set(rings.map((one) => JSON.stringify(one))).size).toBe(1);
	});
});

test("a table that is not there is an error that names the operation and AWS's reason", async () => {
	const store = createKeyStore({
		endpoint: `${server.endpoint}/`,
		table: 'nothing',
		fetch: createSignedFetch({ region: 'us-east-1', ...credentials }, 'dynamodb'),
	});
	await expect(store.read()).rejects.toThrow(/GetItem.*ResourceNotFoundException/);
	await expect(store.make(ring)).rejects.toThrow(/PutItem.*ResourceNotFoundException/);
});
