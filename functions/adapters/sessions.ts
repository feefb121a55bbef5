import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { sessionId, type UserId, userId } from '@shellpod/protocol/ids.ts';
import { indexName, keys } from '../core/keys.ts';
import type { SessionRecord } from '../core/record.ts';
import type { DueSession, Sessions } from '../ports.ts';
import { itemOf, recordOf } from './session-item.ts';
import { type Table, whenTrue } from './table.ts';

const dueOf = (item: Record<string, unknown>): DueSession => ({
	user: userId(String(item.pk).slice(keys.user('' as UserId).pk.length)),
	id: sessionId(String(item.sk).slice(keys.sessionPrefix.length)),
	dueAt: String(item.dueAt),
});

export const createSessions = (table: Table): Sessions => ({
	async get(user, id) {
		const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: keys.session(user, id), ConsistentRead: true }));
		return Item && recordOf(Item);
	},

	async list(user) {
		const records: SessionRecord[] = [];
		let from: Record<string, unknown> | undefined;
		do {
			const page = await table.client.send(
				new QueryCommand({
					TableName: table.name,
					KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
					ExpressionAttributeValues: { ':pk': keys.user(user).pk, ':prefix': keys.sessionPrefix },
					ConsistentRead: true,
					ExclusiveStartKey: from,
				}),
			);
			records.push(...(page.Items ?? []).map(recordOf));
			from = page.LastEvaluatedKey;
		} while (from);
		return records;
	},

	async create(record) {
		const made = { ...record, rev: 1 };
		const command = new PutCommand({ TableName: table.name, Item: itemOf(made), ConditionExpression: 'attribute_not_exists(pk)' });
		return (await whenTrue(table.client.send(command))) ? made : undefined;
	},

	async put(record) {
		const next = { ...record, rev: record.rev + 1 };
		const command = new PutCommand({
			TableName: table.name,
			Item: itemOf(next),
			ConditionExpression: 'rev = :rev',
			ExpressionAttributeValues: { ':rev': record.rev },
		});
		return (await whenTrue(table.client.send(command))) ? next : undefined;
	},

	async *due(shard, until) {
		let from: Record<string, unknown> | undefined;
		do {
			const page = await table.client.send(
				new QueryCommand({
					TableName: table.name,
					IndexName: indexName,
					KeyConditionExpression: 'duePk = :pk AND dueAt <= :until',
					ExpressionAttributeValues: { ':pk': keys.dueShard(shard), ':until': until },
					Limit: 50,
					ExclusiveStartKey: from,
				}),
			);
			yield* (page.Items ?? []).map(dueOf);
			from = page.LastEvaluatedKey;
		} while (from);
	},
});
