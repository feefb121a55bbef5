import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../core/keys.ts';
import type { Leases } from '../ports.ts';
import { type Table, whenTrue } from './table.ts';

export const createLeases = (table: Table): Leases => ({
	take(name, holder, now, until) {
		const command = new PutCommand({
			TableName: table.name,
			Item: { ...keys.lease(name), holder, until },
			ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
			ExpressionAttributeNames: { '#until': 'until' },
			ExpressionAttributeValues: { ':now': now },
		});
		return whenTrue(table.client.send(command));
	},

	async release(name, holder) {
		const command = new DeleteCommand({
			TableName: table.name,
			Key: keys.lease(name),
			ConditionExpression: 'holder = :holder',
			ExpressionAttributeValues: { ':holder': holder },
		});
		await whenTrue(table.client.send(command));
	},
});
