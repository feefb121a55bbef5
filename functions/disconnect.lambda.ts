/** `$disconnect`: best effort, late, and sometimes twice. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { createSessions } from './adapters/sessions.ts';
import { readConfig } from './config.ts';
import { callerOf } from './core/callers.ts';
import { createFarewells } from './core/farewells.ts';
import { itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const items = itemsOf(process.env, readConfig(process.env, ['table']).table);
const stores = { sessions: createSessions(items), connections: createConnections(items), access: createAccessRecords(items) };
const farewell = createFarewells({ ...stores, now });

export const handler = entry(logOf('disconnect'), async ({ requestContext }: WebSocketEvent) => {
	await farewell(connectionId(requestContext.connectionId), callerOf(requestContext.authorizer));
	return { statusCode: 200 };
});
