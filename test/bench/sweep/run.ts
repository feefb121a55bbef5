/** Runs of the sweep's own handler against a table of the stand-in and an ECS with the tasks, with all that it asked of either. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Item, Items } from '@shellpod/functions/adapters/items.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { env } from '@shellpod/functions/env.ts';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ShellpodTable } from '../../../infra/data/table.ts';
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import type { EcsMachine } from '../../../local/ecs/machine/machine.ts';
import type { AwsHandler } from '../../../local/stand-in.ts';
import { type AwsServer, createAwsServer } from '../../local/aws-server.ts';
import { base } from '../../support/session-records.ts';
import { resource, stillWorld } from '../../support/world.ts';
import { activeSessions, type DueKind, restingSessions } from './population.ts';

/** What a run asked for. */
export interface SweepCost {
	/** requests that read the table, and read units that they cost */
	reads: number;
	readUnits: number;
	writes: number;
	writeUnits: number;
	/** requests to ECS by operation; those of the look for orphans, which is every fifth minute's, apart from those about sessions */
	ecs: { ofSessions: number; ofOrphans: number };
	ms: number;
}

export interface SweptTable {
	/** A run over sessions of which 50 are due. */
	sweep(kind: DueKind): Promise<SweepCost>;
	close(): Promise<void>;
}

/** items that DynamoDB takes at once */
const batch = 25;
/** batches on their way at once */
const together = 8;

/** The table as the template has it. */
const tableProperties = (): Record<string, unknown> => {
	const stack = new Stack(new App(), 'Data');
	new ShellpodTable(stack, 'Table');
	const [table] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::Table'));
	return table?.Properties as Record<string, unknown>;
};

/** The items that the functions' own adapters make of them; with their slots, as far as anybody reads them. */
const itemsOf = async (records: readonly SessionRecord[], withSlots: boolean): Promise<Item[]> => {
	const made: Item[] = [];
	const put: Items['put'] = async (item) => {
		made.push(item);
		return { before: undefined };
	};
	const sessions = createSessions({ put } as Items);
	const slots = createSlots({ put } as Items);
	for (const record of records) {
		await sessions.create(record);
		const { slot, user, id: session, createdAt: at } = record;
		if (withSlots) await slots.settle({ ...slot, state: 'taken', at, takenBy: { user, session } });
	}
	return made;
};

const write = async (server: AwsServer, table: string, items: readonly Item[]): Promise<void> => {
	const client = DynamoDBDocumentClient.from(new DynamoDBClient(server.client('dynamodb')), { marshallOptions: { removeUndefinedValues: true } });
	let next = 0;
	const worker = async (): Promise<void> => {
		for (let from = next; from < items.length; from = next) {
			next += batch;
			const puts = items.slice(from, from + batch).map((Item) => ({ PutRequest: { Item: { ...Item } } }));
			await client.send(new BatchWriteCommand({ RequestItems: { [table]: puts } }));
		}
	};
	await Promise.all(Array.from({ length: together }, worker));
	client.destroy();
};

const operationOf = (headers: Readonly<Record<string, string>>): string => headers['x-amz-target']?.split('.')[1] ?? '';

/** Counts requests by what they ask for. */
const counting = (handler: AwsHandler, counts: Map<string, number>, nameOf: (operation: string, body: Buffer) => string): AwsHandler => {
	return (request) => {
		const name = nameOf(operationOf(request.headers), request.body);
		counts.set(name, (counts.get(name) ?? 0) + 1);
		return handler(request);
	};
};

const answering =
	(machine: EcsMachine): AwsHandler =>
	async ({ headers, body }) => {
		const { answer } = machine.call(operationOf(headers), JSON.parse(body.toString('utf8')), 'sweep', Date.now());
		return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(answer) };
	};

/** Of the cluster's whole list are those of 100 tasks at a time; a session's name its family, and describe a handful. */
const whatFor = (operation: string, body: Buffer): string => {
	const { family, tasks } = JSON.parse(body.toString('utf8')) as { family?: string; tasks?: string[] };
	return (operation === 'ListTasks' && family === undefined) || (tasks?.length ?? 0) > 1 ? 'orphans' : 'sessions';
};

/** Its log has a line for each session that moved. */
const unheard = async (work: () => Promise<unknown>): Promise<void> => {
	const { write } = process.stdout;
	process.stdout.write = () => true;
	try {
		await work();
	} finally {
		process.stdout.write = write;
	}
};

export const openSweptTable = async (): Promise<SweptTable> => {
	const server = await createAwsServer();
	const properties = tableProperties();
	const { accessKeyId, secretAccessKey } = server.client('').credentials;
	Object.assign(process.env, {
		AWS_REGION: 'us-east-1',
		AWS_ACCESS_KEY_ID: accessKeyId,
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
		AWS_ENDPOINT_URL_DYNAMODB: `${server.base}/dynamodb`,
		AWS_ENDPOINT_URL_ECS: `${server.base}/ecs`,
		[env.cluster]: 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod',
		[env.deployment]: 'shellpod',
		[env.subnets]: 'subnet-1,subnet-2',
		[env.securityGroup]: 'sg-1',
		[env.taskDefinition]: base,
		[env.fileSystem]: 'fs-1',
		[env.agentSeconds]: '90',
		[env.automaticRestarts]: '2',
		[env.unattendedHours]: '168',
		// What is looked at for a budget is not stopped for it.
		[env.defaultBudget]: '1000',
		[env.maxBudget]: 'none',
		[env.connections]: `${server.base}/nobody-is-connected`,
	});

	const sweep = async (kind: DueKind): Promise<SweepCost> => {
		const world = stillWorld();
		const table = createDynamoDb(world);
		try {
			const { ref } = await table.create(resource('AWS::DynamoDB::Table', 'Table', properties));
			process.env[env.table] = ref;
			const calls = { table: new Map<string, number>(), ecs: new Map<string, number>() };
			const { DYNAMODB } = table.endpoints ?? {};
			if (!DYNAMODB) throw new Error('the stand-in answers nothing');
			server.serve(table);
			await write(server, ref, await itemsOf(restingSessions(Date.now()), false));
			const { records, machine } = activeSessions(kind, Date.now());
			await write(server, ref, await itemsOf(records, true));
			const ecs = counting(answering(machine), calls.ecs, whatFor);
			server.serve({ ...table, endpoints: { DYNAMODB: counting(DYNAMODB, calls.table, (operation) => operation), ECS: ecs } });
			const before = world.meters.read(0);
			const begun = performance.now();
			const { handler } = await import('@shellpod/functions/sweep.lambda.ts');
			await unheard(handler);
			const ms = performance.now() - begun;
			const after = world.meters.read(0);
			const of = (names: readonly string[]): number => names.reduce((sum, name) => sum + (calls.table.get(name) ?? 0), 0);
			return {
				reads: of(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']),
				readUnits: after['table read units'] - before['table read units'],
				writes: of(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']),
				writeUnits: after['table write units'] - before['table write units'],
				ecs: { ofSessions: calls.ecs.get('sessions') ?? 0, ofOrphans: calls.ecs.get('orphans') ?? 0 },
				ms,
			};
		} finally {
			await table.stop?.();
			world.remove();
		}
	};
	return { sweep, close: () => server.close() };
};
