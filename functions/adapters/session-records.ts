/** The little of `sessions.ts` that the functions of the WebSocket API need, without its SDK. One contract suite holds both. */
import { keys } from '../core/keys.ts';
import type { Sessions } from '../ports.ts';
import type { Items } from './items.ts';
import { itemOf, recordOf } from './session-item.ts';

export const createSessionRecords = (items: Items): Pick<Sessions, 'get' | 'put'> => ({
	async get(user, id) {
		const item = await items.get(keys.session(user, id));
		return item && recordOf(item);
	},

	async put(record) {
		const next = { ...record, rev: record.rev + 1 };
		const written = await items.put(itemOf(next), { expression: 'rev = :rev', values: { ':rev': record.rev } });
		return written && next;
	},
});
