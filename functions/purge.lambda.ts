/** Every minute: deletes what sessions that are deleted for good still have. The only function that may delete what a Home is made of; it starts nothing. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { EFSClient } from '@aws-sdk/client-efs';
import { IAMClient } from '@aws-sdk/client-iam';
import { removeDefinitions } from './adapters/definitions.ts';
import { removeRole } from './adapters/home-roles.ts';
import { removeAccessPoint } from './adapters/homes.ts';
import { createLeases } from './adapters/leases.ts';
import { createRemains } from './adapters/remains.ts';
import { createSessions } from './adapters/sessions.ts';
import { createSlots } from './adapters/slots.ts';
import { createUsers } from './adapters/users.ts';
import { readConfig } from './config.ts';
import { createPurge } from './core/purge.ts';
import { itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';
import { clientSettings, ecsClient } from './task-deps.ts';

const config = readConfig(process.env, ['table']);

/** ms; the function's own limit is 55 s */
const budget = 40_000;

const log = logOf('purge');
const items = itemsOf(process.env, config.table);
const shared = {
	sessions: createSessions(items),
	slots: createSlots(items),
	users: createUsers(items),
	unmake: {
		accessPoint: removeAccessPoint(new EFSClient(clientSettings)),
		role: removeRole(new IAMClient(clientSettings)),
		definitions: removeDefinitions(ecsClient()),
	},
	remains: createRemains(items),
	leases: createLeases(items),
	now,
	wait: setTimeout,
	budget,
	log,
};

export const handler = entry(log, async (): Promise<void> => {
	await createPurge({ ...shared, holder: randomUUID() })();
});
