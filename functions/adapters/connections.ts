/** Connections in the table. */
import { gateway } from '@shellpod/protocol/limits.ts';
import { keys } from '../core/keys.ts';
import type { Connection, ConnectionStore } from '../relay-ports.ts';
import type { Item, Items } from './items.ts';

/** s from the last write of an item after which it is garbage: no connection lives longer than the gateway's limit */
const lifetime = gateway.maxConnectionMs / 1000 + 600;

const connectionOf = (item: Item): Connection => item.connection as Connection;

export const createConnections = (items: Items): ConnectionStore => ({
	async put(connection, now) {
		const expires = Math.ceil(now.getTime() / 1000) + lifetime;
		await items.put({ ...keys.connection(connection.session, connection.id), connection, expires });
	},

	async remove(session, id) {
		await items.remove(keys.connection(session, id));
	},

	async list(session) {
		return (await items.list(keys.connectionsOf(session), keys.connectionPrefix)).map(connectionOf);
	},
});
