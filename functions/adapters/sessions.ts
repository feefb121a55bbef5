/** Session records in the table: `rev` stands beside the record for the compare-and-swap, `dueAt` for the index. What a write does is noted in it. */
import { sessionId, type UserId, userId } from '@shellpod/protocol/ids.ts';
import { keys, shardOf } from '../core/keys.ts';
import type { SessionRecord } from '../core/record.ts';
import { noted } from '../core/trail.ts';
import type { DueSession, Sessions } from '../ports.ts';
import type { Item, Items } from './items.ts';

/** What is left to do of a purge once the Home is empty is another function's than the sweep's. */
const partitionOf = ({ id, purge }: SessionRecord): string => (purge && purge.step !== 'empty' ? keys.duePurge : keys.dueShard(shardOf(id)));

const itemOf = (record: SessionRecord) => ({
	...keys.session(record.user, record.id),
	record,
	rev: record.rev,
	...(record.dueAt === undefined ? {} : { duePk: partitionOf(record), dueAt: record.dueAt }),
});

const recordOf = (item: Item): SessionRecord => item.record as SessionRecord;

const dueOf = (item: Item): DueSession => ({
	user: userId(String(item.pk).slice(keys.user('' as UserId).pk.length)),
	id: sessionId(String(item.sk).slice(keys.sessionPrefix.length)),
	dueAt: String(item.dueAt),
});

export const createSessions = (items: Items): Sessions => ({
	async get(user, id) {
		const item = await items.get(keys.session(user, id));
		return item && recordOf(item);
	},

	async list(user) {
		return (await items.list(keys.user(user).pk, keys.sessionPrefix)).map(recordOf);
	},

	async create(record) {
		const made = { ...noted(record), rev: 1 };
		return (await items.put(itemOf(made), { expression: 'attribute_not_exists(pk)' })) && made;
	},

	async put(record) {
		const next = { ...noted(record), rev: record.rev + 1 };
		return (await items.put(itemOf(next), { expression: 'rev = :rev', values: { ':rev': record.rev } })) && next;
	},

	async *due(shard, until) {
		for await (const item of items.due(keys.dueShard(shard), until)) yield dueOf(item);
	},

	async *purges(until) {
		for await (const item of items.due(keys.duePurge, until)) yield dueOf(item);
	},

	async remove(record) {
		const unchanged = { expression: 'rev = :rev OR attribute_not_exists(pk)', values: { ':rev': record.rev } };
		return (await items.remove(keys.session(record.user, record.id), unchanged)) !== undefined;
	},
});
