/** What several functions do the same: look after a session, ask ECS, end rights; for one environment each. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import { createDefinitions } from '@shellpod/functions/adapters/definitions.ts';
import { createEvents } from '@shellpod/functions/adapters/events.ts';
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import { createTasks } from '@shellpod/functions/adapters/tasks.ts';
import { causeOfText } from '@shellpod/functions/core/causes.ts';
import { createDrive, type Drive, type DriveDeps } from '@shellpod/functions/core/drive.ts';
import type { IdleLimits } from '@shellpod/functions/core/idle-limits.ts';
import { createRevocations, type Revocations } from '@shellpod/functions/core/revocations.ts';
import type { Definitions, Sessions, Tasks } from '@shellpod/functions/ports.ts';
import type { SimulatedEcs } from './ecs.ts';
import type { Environment } from './lambda.ts';
import { agentMs, cluster, deployment, fileSystem, restarts } from './names.ts';
import type { Parts } from './parts.ts';

export interface Hands {
	tasksOf(environment: Environment): Tasks;
	definitionsOf(environment: Environment): Definitions;
	/** `budget`: of who looks at those as well */
	driveOf(environment: Environment, sessions: Sessions, budget?: DriveDeps['budget']): Drive;
	revocationsOf(environment: Environment): Revocations;
}

export const createHands = ({ itemsOf, gatewayOf, logOf }: Parts, ecs: SimulatedEcs, idle: IdleLimits): Hands => {
	const tasksOf: Hands['tasksOf'] = (environment) => createTasks({ client: ecs.clientOf(environment), cluster, deployment, causeOfText });
	const definitionsOf: Hands['definitionsOf'] = (environment) =>
		createDefinitions({ client: ecs.clientOf(environment), base: environment.release.base, fileSystem, deployment });
	return {
		tasksOf,
		definitionsOf,
		driveOf: (environment, sessions, budget) =>
			createDrive({
				sessions,
				...(budget && { budget }),
				tasks: tasksOf(environment),
				definitions: definitionsOf(environment),
				reports: createReportStore(itemsOf(environment)),
				events: createEvents(itemsOf(environment)),
				gateway: gatewayOf(environment),
				plan: { network: environment.release.network, agentMs, restarts, idle },
				now: environment.now,
				log: logOf(environment),
			}),
		revocationsOf: (environment) =>
			createRevocations({
				access: createAccessRecords(itemsOf(environment)),
				connections: createConnections(itemsOf(environment)),
				gateway: gatewayOf(environment),
				now: environment.now,
				log: logOf(environment),
			}),
	};
};
