/** Tickets in the table. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../core/keys.ts';
import type { StoredTicket, TicketStore } from '../relay-ports.ts';
import type { Table } from './table.ts';

/** s that an ended ticket may stay stored: TTL is for garbage only */
const garbageAfter = 3600;

export const createTicketStore = (table: Table): TicketStore => ({
	async put(hash, ticket) {
		const expires = Math.ceil(ticket.endsAt / 1000) + garbageAfter;
		await table.client.send(new PutCommand({ TableName: table.name, Item: { ...keys.ticket(hash), ticket, endsAt: ticket.endsAt, expires } }));
	},

	async burn(hash, now) {
		try {
			const { Attributes } = await table.client.send(
				new DeleteCommand({
					TableName: table.name,
					Key: keys.ticket(hash),
					// One write decides who was first; the end is compared here, since TTL deletes when it likes.
					ConditionExpression: 'attribute_exists(pk) AND endsAt > :now',
					ExpressionAttributeValues: { ':now': now.getTime() },
					ReturnValues: 'ALL_OLD',
				}),
			);
			return Attributes?.ticket as StoredTicket | undefined;
		} catch (error) {
			if (error instanceof ConditionalCheckFailedException) return undefined;
			throw error;
		}
	},
});
