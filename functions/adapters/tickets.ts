/** Tickets in the table. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import * as z from 'zod/mini';
import { keys } from '../core/keys.ts';
import type { StoredTicket, TicketStore } from '../relay-ports.ts';

const Item = z.object({
	user: z.pipe(z.string(), z.transform(userId)),
	session: z.pipe(z.string(), z.transform(sessionId)),
	generation: z.int(),
	role: z.enum(['viewer', 'agent']),
	origin: z.optional(z.string()),
	endsAt: z.int(),
});

/** s that an ended ticket may stay stored: TTL is for garbage only */
const garbageAfter = 3600;

export const createTicketStore = (deps: { client: DynamoDBDocumentClient; table: string }): TicketStore => ({
	put: async (hash, ticket) => {
		const expires = Math.ceil(ticket.endsAt / 1000) + garbageAfter;
		await deps.client.send(new PutCommand({ TableName: deps.table, Item: { ...keys.ticket(hash), ...ticket, expires } }));
	},

	burn: async (hash, now) => {
		try {
			const { Attributes } = await deps.client.send(
				new DeleteCommand({
					TableName: deps.table,
					Key: keys.ticket(hash),
					// One write decides who was first; the end is compared here, since TTL deletes when it likes.
					ConditionExpression: 'attribute_exists(pk) AND endsAt > :now',
					ExpressionAttributeValues: { ':now': now.getTime() },
					ReturnValues: 'ALL_OLD',
				}),
			);
			const { origin, ...rest } = Item.parse(Attributes);
			return { ...rest, ...(origin !== undefined && { origin }) } satisfies StoredTicket;
		} catch (error) {
			if (error instanceof ConditionalCheckFailedException) return undefined;
			throw error;
		}
	},
});
