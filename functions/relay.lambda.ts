/** `$default`: a frame from one end to the other. On the path of every key: no SDK, no table but for the key and one call in 64, no log for what goes well. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { readConfig } from './config.ts';
import { callerOf, watcherOf } from './core/callers.ts';
import { createRelay } from './core/relay.ts';
import { gatewayOf, itemsOf, logOf, meterOf, now, relayKeysOf } from './deps.ts';
import { entry } from './entry.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections']);
const items = itemsOf(process.env, config.table);
const gateway = gatewayOf(process.env, config.connections);
const relay = createRelay({ keys: relayKeysOf(items), gateway, meter: meterOf(items, gateway), now });

export const handler = entry(logOf('relay'), async ({ requestContext, body }: WebSocketEvent) => {
	const id = connectionId(requestContext.connectionId);
	// A watcher has nothing to say.
	if (watcherOf(requestContext.authorizer)) await gateway.close(id);
	else await relay(id, callerOf(requestContext.authorizer), body);
	return { statusCode: 200 };
});
