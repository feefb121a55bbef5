/** ECS says that a task changed. A hint: it only makes somebody look, and may come late, twice, in any order or never. */
import { createAccessRecords } from './adapters/access.ts';
import { createSlots } from './adapters/slots.ts';
import { driveConfig, readConfig } from './config.ts';
import { createTaskEvents, type TaskEvent } from './core/task-events.ts';
import { gatewayOf, itemsOf, logOf } from './deps.ts';
import { entry } from './entry.ts';
import { driveOf } from './task-deps.ts';
import { sessionsOf } from './told-deps.ts';

const config = readConfig(process.env, [...driveConfig, 'connections']);
const log = logOf('task-events');
const items = itemsOf(process.env, config.table);
// It reads who watches; who is gone, others forget.
const { get } = createAccessRecords(items);
const sessions = sessionsOf(items, { get }, gatewayOf(process.env, config.connections), log);
const onTaskEvent = createTaskEvents({
	deployment: config.deployment,
	slots: createSlots(items),
	drive: driveOf(config, items, sessions, log),
});

export const handler = entry(log, async (event: TaskEvent): Promise<void> => {
	await onTaskEvent(event);
});
