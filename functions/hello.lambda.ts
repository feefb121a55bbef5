/** The route `hello`: an end says what it speaks, and learns of its peers. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { createConnections } from './adapters/connections.ts';
import { createSessions } from './adapters/sessions.ts';
import { createTable } from './adapters/table.ts';
import { readConfig } from './config.ts';
import { gatewayOf, now, relayKeysOf } from './connection-deps.ts';
import { callerOf } from './core/callers.ts';
import { createIntroductions } from './core/introductions.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections']);
const table = createTable(config.table);
const introductions = createIntroductions({
	sessions: createSessions(table),
	connections: createConnections(table),
	gateway: gatewayOf(process.env, config.connections),
	keys: relayKeysOf(process.env, config.table),
	now,
});

export const handler = async ({ requestContext, body }: WebSocketEvent) => {
	await introductions.hello(connectionId(requestContext.connectionId), callerOf(requestContext.authorizer), body);
	return { statusCode: 200 };
};
