/** Every minute: keeps free slots ready. The only function that may make access points and roles; it starts nothing. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { EFSClient } from '@aws-sdk/client-efs';
import { IAMClient } from '@aws-sdk/client-iam';
import { createDefinitions } from './adapters/definitions.ts';
import { createHomeRoles } from './adapters/home-roles.ts';
import { createHomes } from './adapters/homes.ts';
import { createLeases } from './adapters/leases.ts';
import { createSessions } from './adapters/sessions.ts';
import { createSlots } from './adapters/slots.ts';
import { readConfig } from './config.ts';
import { createSlotMaker } from './core/slot-maker.ts';
import { itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';
import { clientSettings, ecsClient } from './task-deps.ts';

const config = readConfig(process.env, [
	'table',
	'deployment',
	'taskDefinition',
	'fileSystem',
	'homeRolePath',
	'homeRoleBoundary',
	'agentRoute',
	'freeSlots',
]);
const { deployment, fileSystem, taskDefinition: base, homeRolePath: path, homeRoleBoundary: boundary, agentRoute } = config;

/** ms; the function's own limit is 55 s */
const budget = 40_000;
/** of the 20 registrations that ECS takes at once; the others are left to starts that register anew */
const burst = 10;
/** ms: after those, ECS takes one registration a second */
const pace = 1_000;

const log = logOf('slots');
const items = itemsOf(process.env, config.table);
const shared = {
	deployment,
	slots: createSlots(items),
	sessions: createSessions(items),
	leases: createLeases(items),
	homes: createHomes({ client: new EFSClient(clientSettings), fileSystem, deployment }),
	roles: createHomeRoles({ client: new IAMClient(clientSettings), deployment, fileSystem, neighbour: base, path, boundary, agentRoute }),
	definitions: createDefinitions({ client: ecsClient(), base, fileSystem, deployment }),
	now,
	wait: setTimeout,
	free: config.freeSlots,
	burst,
	pace,
	budget,
	log,
};

export const handler = entry(log, async (): Promise<void> => {
	await createSlotMaker({ ...shared, holder: randomUUID() })();
});
