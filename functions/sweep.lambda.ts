/** Every minute: looks at what is due. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { createLeases } from './adapters/leases.ts';
import { createSessions } from './adapters/sessions.ts';
import { driveConfig, readConfig } from './config.ts';
import { createRevocations } from './core/revocations.ts';
import { createSweep } from './core/sweep.ts';
import { gatewayOf, itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';
import { driveOf } from './task-deps.ts';

const config = readConfig(process.env, [...driveConfig, 'connections']);
const log = logOf('sweep');
const items = itemsOf(process.env, config.table);
const revocations = createRevocations({
	access: createAccessRecords(items),
	connections: createConnections(items),
	gateway: gatewayOf(process.env, config.connections),
	now,
	log,
});
const shared = {
	sessions: createSessions(items),
	leases: createLeases(items),
	drive: driveOf(config, items, log),
	revocations,
	now,
	wait: setTimeout,
	log,
};

/** ms; the function's own limit is 55 s */
const budget = 45_000;

export const handler = entry(log, async (): Promise<void> => {
	const report = await createSweep({ ...shared, holder: randomUUID(), budget })();
	if (report && report.looked > 0) log.info('swept', { ...report });
});
