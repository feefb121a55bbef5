/** What every store of the relay's key does: the fake that other tests use, and the table. */
import { createKeyStore } from '@shellpod/functions/adapters/relay-key.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import type { KeyStore } from '@shellpod/functions/relay-ports.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { memoryKeys } from '../support/sockets.ts';

const ring = { current: 'b', keys: { a: 'YQ', b: 'Yg' } };

let server: TestTable;
beforeEach(async () => {
	server = await startTable();
});
afterEach(() => server.stop());

const stores: [string, () => KeyStore][] = [
	['in memory', memoryKeys],
	['in the table', () => createKeyStore(server.items)],
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
		expect(new Set(rings.map((one) => one.keys[one.current])).size).toBe(1);
	});
});
