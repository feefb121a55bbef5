/** ECS says that a task changed. A hint: it only makes somebody look, and may come late, twice, in any order or never. */
import { createSlots } from './adapters/slots.ts';
import { createTable } from './adapters/table.ts';
import { readConfig } from './config.ts';
import { createTaskEvents, type TaskEvent } from './core/task-events.ts';
import { driveConfig, driveOf, logOf } from './deps.ts';

const config = readConfig(process.env, driveConfig);
const log = logOf('task-events');
const table = createTable(config.table);
const onTaskEvent = createTaskEvents({
	deployment: config.deployment,
	slots: createSlots(table),
	drive: driveOf(config, table, log),
});

export const handler = async (event: TaskEvent): Promise<void> => {
	await onTaskEvent(event);
};
