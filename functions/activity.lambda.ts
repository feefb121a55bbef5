/** The route `activity`: an agent says what goes on in its session, and hears what that means. */
import { connectionId } from '@shellpod/protocol/ids.ts';
import { createAccessRecords } from './adapters/access.ts';
import { readConfig } from './config.ts';
import { createActivities } from './core/activities.ts';
import { callerOf } from './core/callers.ts';
import { idleLimitsOf } from './core/idle-limits.ts';
import { gatewayOf, itemsOf, logOf, meterOf, now } from './deps.ts';
import { entry } from './entry.ts';
import { sessionsOf } from './told-deps.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

const config = readConfig(process.env, ['table', 'connections', 'unattendedHours']);
const items = itemsOf(process.env, config.table);
const gateway = gatewayOf(process.env, config.connections);
const meter = meterOf(items, gateway);
const log = logOf('activity');
const { get } = createAccessRecords(items);
const take = createActivities({ sessions: sessionsOf(items, { get }, gateway, log), gateway, limits: idleLimitsOf(config), now });

/** frames that a message costs as much as: a read, a write and a post. An agent says at most one a minute, and one at each change. */
const weight = 4;

export const handler = entry(log, async ({ requestContext, body }: WebSocketEvent) => {
	const [id, caller] = [connectionId(requestContext.connectionId), callerOf(requestContext.authorizer)];
	await take(id, caller, body);
	await meter(id, caller, { body, messages: weight });
	return { statusCode: 200 };
});
