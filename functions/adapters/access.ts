/** Access records in the table: `rev` stands beside the record for the compare-and-swap, `dueAt` for the index. */
import { type UserId, userId } from '@shellpod/protocol/ids.ts';
import type { AccessRecord } from '../core/access.ts';
import { keys } from '../core/keys.ts';
import type { AccessRecords } from '../ports.ts';
import type { Items } from './items.ts';

export const createAccessRecords = (items: Items): AccessRecords => ({
	async get(user) {
		const item = await items.get(keys.access(user));
		return (item?.record as AccessRecord | undefined) ?? { user, rev: 0, signedOut: {}, ended: {}, sockets: {} };
	},

	async put(record) {
		const rev = record.rev + 1;
		const unchanged = record.rev === 0 ? { expression: 'attribute_not_exists(pk)' } : { expression: 'rev = :rev', values: { ':rev': record.rev } };
		const due = record.dueAt === undefined ? {} : { duePk: keys.dueAccess, dueAt: record.dueAt };
		return (await items.put({ ...keys.access(record.user), record: { ...record, rev }, rev, ...due }, unchanged)) !== undefined;
	},

	async *due(until) {
		for await (const item of items.due(keys.dueAccess, until)) yield userId(String(item.pk).slice(keys.access('' as UserId).pk.length));
	},
});
