/** `$disconnect`: best effort, late, and sometimes twice. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { createSessions } from './adapters/sessions.ts';
import { readConfig } from './config.ts';
import { callerOf, watcherOf } from './core/callers.ts';
import { deviceOf } from './core/devices.ts';
import { createFarewells } from './core/farewells.ts';
import { itemsOf, logOf, now, visitsOf } from './deps.ts';
import { entry } from './entry.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const items = itemsOf(process.env, readConfig(process.env, ['table']).table);
const stores = { sessions: createSessions(items), connections: createConnections(items), access: createAccessRecords(items) };
const log = logOf('disconnect');
const farewell = createFarewells({ ...stores, noteVisit: visitsOf(items, log), now });

export const handler = entry(log, async ({ requestContext }: WebSocketEvent) => {
	const caller = watcherOf(requestContext.authorizer) ?? callerOf(requestContext.authorizer);
	await farewell(connectionId(requestContext.connectionId), caller, deviceOf(requestContext.identity?.userAgent));
	return { statusCode: 200 };
});
