/** The functions that a schedule starts, as `control-plane.ts` has the others. */

import { removeDefinitions } from '@shellpod/functions/adapters/definitions.ts';
import { createLeases } from '@shellpod/functions/adapters/leases.ts';
import { createRemains } from '@shellpod/functions/adapters/remains.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { createCosts } from '@shellpod/functions/core/costs.ts';
import { createOrphans } from '@shellpod/functions/core/orphans.ts';
import { createPurge } from '@shellpod/functions/core/purge.ts';
import { createSlotMaker } from '@shellpod/functions/core/slot-maker.ts';
import { createSweep } from '@shellpod/functions/core/sweep.ts';
import type { SimulatedEcs } from './ecs.ts';
import type { Hands } from './hands.ts';
import type { HomeMakers } from './homes.ts';
import type { Environment } from './lambda.ts';
import { deployment } from './names.ts';
import type { Parts } from './parts.ts';

export interface MinuteFunctionsOptions {
	parts: Parts;
	hands: Hands;
	ecs: SimulatedEcs;
	homes: HomeMakers;
	/** free slots that are kept ready */
	freeSlots: number;
}

const second = 1_000;

export const createMinuteFunctions = ({ parts, hands, ecs, homes, freeSlots }: MinuteFunctionsOptions) => {
	let holders = 0;
	const holder = (): string => `run-${holders++}`;

	const commonOf = (environment: Environment) => ({
		slots: createSlots(parts.itemsOf(environment)),
		leases: createLeases(parts.itemsOf(environment)),
		now: environment.now,
		wait: environment.life.sleep,
		log: parts.logOf(environment),
	});

	const sweep = (environment: Environment) => {
		const common = commonOf(environment);
		const sessions = parts.sessionsOf(environment, true);
		const { look } = createCosts({ ...common, sessions, users: createUsers(parts.itemsOf(environment)), operator: {} });
		const drive = hands.driveOf(environment, sessions, look);
		const orphans = createOrphans({ ...common, deployment, tasks: hands.tasksOf(environment), sessions, drive });
		const shared = { ...common, sessions, drive, orphans, revocations: hands.revocationsOf(environment), budget: 45 * second };
		return async () => void (await createSweep({ ...shared, holder: holder() })());
	};

	const slots = (environment: Environment) => {
		const shared = {
			...commonOf(environment),
			deployment,
			sessions: createSessions(parts.itemsOf(environment)),
			definitions: hands.definitionsOf(environment),
			free: freeSlots,
			burst: 10,
			pace: second,
			budget: 40 * second,
		};
		return async () => void (await createSlotMaker({ ...shared, ...homes.of(environment), holder: holder() })());
	};

	const purge = (environment: Environment) => {
		const items = parts.itemsOf(environment);
		const shared = {
			...commonOf(environment),
			sessions: createSessions(items),
			users: createUsers(items),
			unmake: { ...homes.of(environment).unmake, definitions: removeDefinitions(ecs.clientOf(environment)) },
			remains: createRemains(items),
			budget: 40 * second,
		};
		return async () => void (await createPurge({ ...shared, holder: holder() })());
	};

	return { sweep, slots, purge };
};
