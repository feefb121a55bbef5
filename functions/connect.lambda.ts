/** `$connect`: writes the connection down and picks the subprotocol. The connection isn't there until this has answered, so nothing is sent to it. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { subprotocol } from '@shellpod/protocol/version.ts';
import { createConnections } from './adapters/connections.ts';
import { readConfig } from './config.ts';
import { callerOf } from './core/callers.ts';
import { itemsOf, now } from './deps.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const { table } = readConfig(process.env, ['table']);
const connections = createConnections(itemsOf(process.env, table));

export const handler = async ({ requestContext }: WebSocketEvent) => {
	await connections.put({ id: connectionId(requestContext.connectionId), ...callerOf(requestContext.authorizer) }, now());
	// Never the ticket: what is picked comes back to the client in the open.
	return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': subprotocol } };
};
