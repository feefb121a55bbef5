/** Every minute: looks at what is due. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createAccessRecords } from './adapters/access.ts';
import { createConnections } from './adapters/connections.ts';
import { createLeases } from './adapters/leases.ts';
import { createSlots } from './adapters/slots.ts';
import { createUsers } from './adapters/users.ts';
import { budgetConfig, driveConfig, readConfig } from './config.ts';
import { createCosts } from './core/costs.ts';
import { createOrphans } from './core/orphans.ts';
import { createRevocations } from './core/revocations.ts';
import { createSweep } from './core/sweep.ts';
import { gatewayOf, itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';
import { driveOf, tasksOf } from './task-deps.ts';
import { sessionsOf } from './told-deps.ts';

const config = readConfig(process.env, [...driveConfig, ...budgetConfig]);
const log = logOf('sweep');
const items = itemsOf(process.env, config.table);
const access = createAccessRecords(items);
const gateway = gatewayOf(process.env, config.connections);
const sessions = sessionsOf(items, access, gateway, log);
const revocations = createRevocations({
	access,
	connections: createConnections(items),
	gateway,
	now,
	log,
});
const leases = createLeases(items);
const { look } = createCosts({ sessions, users: createUsers(items), operator: config, now, log });
const drive = driveOf(config, { items, sessions, gateway, log, budget: look });
const { deployment } = config;
const orphans = createOrphans({ deployment, tasks: tasksOf(config), slots: createSlots(items), sessions, drive, leases, now, log });
const shared = {
	sessions,
	leases,
	drive,
	revocations,
	orphans,
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
