/** The route `hello`: an end says what it speaks, and learns of its peers. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { createSessions } from './adapters/sessions.ts';
import { readConfig } from './config.ts';
import { callerOf } from './core/callers.ts';
import { createIntroductions } from './core/introductions.ts';
import { gatewayOf, itemsOf, logOf, now, relayKeysOf } from './deps.ts';
import { entry } from './entry.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections']);
const items = itemsOf(process.env, config.table);
const introductions = createIntroductions({
	sessions: createSessions(items),
	connections: createConnections(items),
	access: createAccessRecords(items),
	gateway: gatewayOf(process.env, config.connections),
	keys: relayKeysOf(items),
	now,
});

export const handler = entry(logOf('hello'), async ({ requestContext, body }: WebSocketEvent) => {
	await introductions.hello(connectionId(requestContext.connectionId), callerOf(requestContext.authorizer), body);
	return { statusCode: 200 };
});
