/** Connections in the table. */
import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { gateway } from '@shellpod/protocol/limits.ts';
import { keys } from '../core/keys.ts';
import type { Connection, ConnectionStore } from '../relay-ports.ts';
import type { Table } from './table.ts';

/** s from the last write of an item after which it is garbage: no connection lives longer than the gateway's limit */
const lifetime = gateway.maxConnectionMs / 1000 + 600;

const connectionOf = (item: Record<string, unknown>): Connection => item.connection as Connection;

export const createConnections = (table: Table): ConnectionStore => ({
	async put(connection, now) {
		const { Attributes } = await table.client.send(
			new PutCommand({
				TableName: table.name,
				Item: { ...keys.connection(connection.session, connection.id), connection, expires: Math.ceil(now.getTime() / 1000) + lifetime },
				ReturnValues: 'ALL_OLD',
			}),
		);
		return Attributes && connectionOf(Attributes);
	},

	async remove(session, id) {
		await table.client.send(new DeleteCommand({ TableName: table.name, Key: keys.connection(session, id) }));
	},

	async list(session) {
		const connections: Connection[] = [];
		let from: Record<string, unknown> | undefined;
		do {
			const page = await table.client.send(
				new QueryCommand({
					TableName: table.name,
					KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
					ExpressionAttributeValues: { ':pk': keys.connectionsOf(session), ':prefix': keys.connectionPrefix },
					ConsistentRead: true,
					ExclusiveStartKey: from,
				}),
			);
			connections.push(...(page.Items ?? []).map(connectionOf));
			from = page.LastEvaluatedKey;
		} while (from);
		return connections;
	},
});
