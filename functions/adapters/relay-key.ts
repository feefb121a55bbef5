/** The relay's key ring in the table. */
import { keys } from '../core/keys.ts';
import type { KeyRing, KeyStore } from '../relay-ports.ts';
import type { Items } from './items.ts';

export const createKeyStore = (items: Items): KeyStore => ({
	read: async () => (await items.get(keys.relayKey))?.ring as KeyRing | undefined,
	make: async (ring) => (await items.put({ ...keys.relayKey, ring }, { expression: 'attribute_not_exists(pk)' })) !== undefined,
});
