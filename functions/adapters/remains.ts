/** What the table has of a session beside its record and its slot. TTL would remove it, too, at some time. */
import { keys } from '../core/keys.ts';
import type { Remains } from '../ports.ts';
import type { Items } from './items.ts';

export const createRemains = (items: Pick<Items, 'list' | 'remove'>): Remains => ({
	async remove(session) {
		for (const partition of keys.partitionsOf(session))
			for (const { pk, sk } of await items.list(partition)) await items.remove({ pk: String(pk), sk: String(sk) });
	},
});
