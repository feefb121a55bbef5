/** The route `hello`: an end says what it speaks, and learns of its peers. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { createCuts } from './adapters/meters.ts';
import { readConfig } from './config.ts';
import { callerOf, watcherOf } from './core/callers.ts';
import { idleLimitsOf } from './core/idle-limits.ts';
import { createIntroductions } from './core/introductions.ts';
import { gatewayOf, itemsOf, logOf, meterOf, now, relayKeysOf, visitsOf } from './deps.ts';
import { entry } from './entry.ts';
import { sessionsOf } from './told-deps.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections', 'taskDefinition', 'unattendedHours']);
const items = itemsOf(process.env, config.table);
const log = logOf('hello');
const gateway = gatewayOf(process.env, config.connections);
const access = createAccessRecords(items);
const meter = meterOf(items, gateway);
const introductions = createIntroductions({
	sessions: sessionsOf(items, { get: access.get }, gateway, log),
	connections: createConnections(items),
	access,
	cuts: createCuts(items),
	gateway,
	keys: relayKeysOf(items),
	base: config.taskDefinition,
	noteVisit: visitsOf(items, log),
	idle: idleLimitsOf(config),
	now,
});

/** frames that a hello costs as much as: reads, writes and posts. An end says at most one a second. */
const weight = 4;

export const handler = entry(log, async ({ requestContext, body }: WebSocketEvent) => {
	const id = connectionId(requestContext.connectionId);
	if (watcherOf(requestContext.authorizer)) {
		// It has nothing to say.
		await gateway.close(id);
		return { statusCode: 200 };
	}
	const caller = callerOf(requestContext.authorizer);
	await introductions.hello(id, caller, body);
	await meter(id, caller, { body, messages: weight });
	return { statusCode: 200 };
});
