/** ECS says that a task changed, or AWS Health that it will end one. Hints: they make somebody look, and may come late, twice, in any order or never. */
import { createAccessRecords } from './adapters/access.ts';
import { createSlots } from './adapters/slots.ts';
import { driveConfig, readConfig } from './config.ts';
import { createTaskEvents, type TaskEvent } from './core/task-events.ts';
import { gatewayOf, itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';
import { driveOf, tasksOf } from './task-deps.ts';
import { sessionsOf } from './told-deps.ts';

const config = readConfig(process.env, driveConfig);
const log = logOf('task-events');
const items = itemsOf(process.env, config.table);
// It reads who watches; who is gone, others forget.
const { get } = createAccessRecords(items);
const gateway = gatewayOf(process.env, config.connections);
const sessions = sessionsOf(items, { get }, gateway, log);
const onTaskEvent = createTaskEvents({
	deployment: config.deployment,
	slots: createSlots(items),
	sessions,
	tasks: tasksOf(config),
	now,
	drive: driveOf(config, { items, sessions, gateway, log }),
});

export const handler = entry(log, async (event: TaskEvent): Promise<void> => {
	await onTaskEvent(event);
});
