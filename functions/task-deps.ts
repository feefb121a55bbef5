/** Puts together what speaks to ECS: the only place that makes its SDK's client. Region, endpoints and credentials are the SDK's own business. */
import { ECSClient } from '@aws-sdk/client-ecs';
import type { UserId } from '@shellpod/protocol/ids.ts';
import { createDefinitions } from './adapters/definitions.ts';
import { createEvents } from './adapters/events.ts';
import type { Items } from './adapters/items.ts';
import { createReportStore } from './adapters/reports.ts';
import { createTasks } from './adapters/tasks.ts';
import type { Config, driveConfig } from './config.ts';
import type { BudgetLook } from './core/budget.ts';
import { causeOfText } from './core/causes.ts';
import { createDrive, type Drive } from './core/drive.ts';
import { idleLimitsOf } from './core/idle-limits.ts';
import { now } from './deps.ts';
import type { Log, Sessions, Tasks } from './ports.ts';
import type { Gateway } from './relay-ports.ts';

/** AWS's control planes answer in some hundred ms; two tries must fit a request that waits. */
export const clientSettings = { maxAttempts: 2, requestHandler: { requestTimeout: 6_000, connectionTimeout: 1_000, throwOnRequestTimeout: true } };

export const ecsClient = (): ECSClient => new ECSClient(clientSettings);

export const tasksOf = ({ cluster, deployment }: Config<'cluster' | 'deployment'>, client = ecsClient()): Tasks =>
	createTasks({ client, cluster, deployment, causeOfText });

export interface DriveParts {
	items: Items;
	sessions: Sessions;
	gateway: Gateway;
	/** of who looks at budgets */
	budget?: (user: UserId) => Promise<BudgetLook>;
	log: Log;
}

export const driveOf = (config: Config<(typeof driveConfig)[number]>, { items, sessions, gateway, budget, log }: DriveParts): Drive => {
	const client = ecsClient();
	const { deployment, fileSystem, taskDefinition: base, subnets, securityGroup, agentSeconds, automaticRestarts } = config;
	return createDrive({
		sessions,
		tasks: tasksOf(config, client),
		definitions: createDefinitions({ client, base, fileSystem, deployment }),
		reports: createReportStore(items),
		events: createEvents(items),
		gateway,
		plan: { network: { subnets, securityGroup }, agentMs: agentSeconds * 1_000, restarts: automaticRestarts, idle: idleLimitsOf(config) },
		...(budget && { budget }),
		now,
		log,
	});
};
