import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../core/keys.ts';
import type { UserRecord } from '../core/user-record.ts';
import type { Users } from '../ports.ts';
import { type Table, whenTrue } from './table.ts';

export const createUsers = (table: Table): Users => ({
	async get(user) {
		const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: keys.user(user), ConsistentRead: true }));
		return (Item?.record as UserRecord | undefined) ?? { user, claims: {}, rev: 0 };
	},

	put(record) {
		const command = new PutCommand({
			TableName: table.name,
			Item: { ...keys.user(record.user), record: { ...record, rev: record.rev + 1 }, rev: record.rev + 1 },
			...(record.rev === 0
				? { ConditionExpression: 'attribute_not_exists(pk)' }
				: { ConditionExpression: 'rev = :rev', ExpressionAttributeValues: { ':rev': record.rev } }),
		});
		return whenTrue(table.client.send(command));
	},
});
