/** Users' own items in the table. */
import { keys } from '../core/keys.ts';
import type { UserRecord } from '../core/user-record.ts';
import type { Users } from '../ports.ts';
import type { Items } from './items.ts';

export const createUsers = (items: Items): Users => ({
	async get(user) {
		const item = await items.get(keys.user(user));
		return (item?.record as UserRecord | undefined) ?? { user, claims: {}, rev: 0 };
	},

	async put(record) {
		const rev = record.rev + 1;
		const unchanged = record.rev === 0 ? { expression: 'attribute_not_exists(pk)' } : { expression: 'rev = :rev', values: { ':rev': record.rev } };
		return (await items.put({ ...keys.user(record.user), record: { ...record, rev }, rev }, unchanged)) !== undefined;
	},
});
