/** `$default`: a frame from one end to the other. On the path of every key: no SDK, no table but for the key, no log for what goes well. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { readConfig } from './config.ts';
import { callerOf } from './core/callers.ts';
import { createRelay } from './core/relay.ts';
import { gatewayOf, itemsOf, logOf, now, relayKeysOf } from './deps.ts';
import { entry } from './entry.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections']);
const relay = createRelay({ keys: relayKeysOf(itemsOf(process.env, config.table)), gateway: gatewayOf(process.env, config.connections), now });

export const handler = entry(logOf('relay'), async ({ requestContext, body }: WebSocketEvent) => {
	await relay(connectionId(requestContext.connectionId), callerOf(requestContext.authorizer), body);
	return { statusCode: 200 };
});
