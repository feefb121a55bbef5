/** `$connect`: lets a viewer in or not, writes its connection down and picks the subprotocol. The connection isn't there until this has answered, so nothing is sent to it. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { subprotocol } from '@shellpod/protocol/version.ts';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { readConfig } from './config.ts';
import { callerOf, watcherOf } from './core/callers.ts';
import { deviceOf } from './core/devices.ts';
import { createViewers } from './core/viewers.ts';
import { gatewayOf, itemsOf, logOf, now, visitsOf } from './deps.ts';
import { entry } from './entry.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections']);
const items = itemsOf(process.env, config.table);
const connections = createConnections(items);
const viewers = createViewers({ access: createAccessRecords(items), gateway: gatewayOf(process.env, config.connections), now });
const log = logOf('connect');
const noteVisit = visitsOf(items, log);

/** Never the ticket: what is picked comes back to the client in the open. */
const admitted = { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': subprotocol } };

export const handler = entry(log, async ({ requestContext }: WebSocketEvent) => {
	const id = connectionId(requestContext.connectionId);
	const watcher = watcherOf(requestContext.authorizer);
	if (watcher) return (await viewers.comes(id, watcher)) === 'admitted' ? admitted : { statusCode: 403 };
	const caller = callerOf(requestContext.authorizer);
	// An agent's stands in the session's record, once it has said hello: a task may open as many as it likes, and none of them is read again and again.
	if (caller.role === 'viewer') {
		const decision = await viewers.comes(id, caller);
		if (decision !== 'admitted') {
			// The browser learns nothing of it; the page asks for its next ticket, and is told there.
			log.info('viewer_refused', { session: caller.session, why: decision });
			return { statusCode: 403 };
		}
		const { session, generation, signIn } = caller;
		const device = deviceOf(requestContext.identity?.userAgent);
		const visit = { kind: 'opened', generation, ...(signIn !== undefined && { signIn }), ...(device !== undefined && { device }) } as const;
		await connections.put({ id, ...caller }, now());
		await noteVisit(session, visit);
	}
	return admitted;
});
