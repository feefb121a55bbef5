/** Every minute: looks at what is due. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createLeases } from './adapters/leases.ts';
import { createSessions } from './adapters/sessions.ts';
import { createTable } from './adapters/table.ts';
import { readConfig } from './config.ts';
import { createSweep } from './core/sweep.ts';
import { driveConfig, driveOf, logOf, now } from './deps.ts';

const config = readConfig(process.env, driveConfig);
const log = logOf('sweep');
const table = createTable(config.table);
const shared = { sessions: createSessions(table), leases: createLeases(table), drive: driveOf(config, table, log), now, wait: setTimeout, log };

/** ms; the function's own limit is 55 s */
const budget = 45_000;

export const handler = async (): Promise<void> => {
	const report = await createSweep({ ...shared, holder: randomUUID(), budget })();
	if (report && report.looked > 0) log.info('swept', { ...report });
};
