/** Puts functions together: the only place that makes SDK clients, besides `createTable`. Region, endpoints and credentials are the SDK's own business. */
import { ECSClient } from '@aws-sdk/client-ecs';
import { createDefinitions } from './adapters/definitions.ts';
import { createLog } from './adapters/log.ts';
import { createSessions } from './adapters/sessions.ts';
import type { Table } from './adapters/table.ts';
import { createTasks } from './adapters/tasks.ts';
import type { Config } from './config.ts';
import { createDrive, type Drive } from './core/drive.ts';
import { causeOfText } from './core/task-view.ts';
import type { Log } from './ports.ts';

export const now = (): Date => new Date();

export const logOf = (name: string): Log => createLog((line) => process.stdout.write(`${line}\n`), { function: name });

/** AWS's control planes answer in some hundred ms; two tries must fit a request that waits. */
export const clientSettings = { maxAttempts: 2, requestHandler: { requestTimeout: 6_000, connectionTimeout: 1_000, throwOnRequestTimeout: true } };

export const ecsClient = (): ECSClient => new ECSClient(clientSettings);

/** What a function that moves sessions must be told. */
export const driveConfig = ['table', 'cluster', 'deployment', 'subnets', 'securityGroup', 'taskDefinition', 'fileSystem'] as const;

export const driveOf = (config: Config<(typeof driveConfig)[number]>, table: Table, log: Log): Drive => {
	const client = ecsClient();
	const { cluster, deployment, fileSystem, taskDefinition: base, subnets, securityGroup } = config;
	return createDrive({
		sessions: createSessions(table),
		tasks: createTasks({ client, cluster, deployment, causeOfText }),
		definitions: createDefinitions({ client, base, fileSystem, deployment }),
		network: { subnets, securityGroup },
		now,
		log,
	});
};
