/** Every minute: looks at what is due. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createLeases } from './adapters/leases.ts';
import { createSessions } from './adapters/sessions.ts';
import { driveConfig, readConfig } from './config.ts';
import { createSweep } from './core/sweep.ts';
import { itemsOf, logOf, now } from './deps.ts';
import { driveOf } from './task-deps.ts';

const config = readConfig(process.env, driveConfig);
const log = logOf('sweep');
const items = itemsOf(process.env, config.table);
const shared = { sessions: createSessions(items), leases: createLeases(items), drive: driveOf(config, items, log), now, wait: setTimeout, log };

/** ms; the function's own limit is 55 s */
const budget = 45_000;

export const handler = async (): Promise<void> => {
	const report = await createSweep({ ...shared, holder: randomUUID(), budget })();
	if (report && report.looked > 0) log.info('swept', { ...report });
};
