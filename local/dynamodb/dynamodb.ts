/** The stand-in for DynamoDB: tables of the template in an embedded DynamoDB, kept on disk, with expiry. */
import { noPlan } from '../faults/faults.ts';
import type { AwsResponse, ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import type { DynamoClient } from './client.ts';
import { createGoesAt, deleteExpired } from './expiry.ts';
import { createFaultyTables, type FaultyTables } from './faulty.ts';
import { makeTable } from './make.ts';
import { needsOfDynamoDb, type PartitionKeyOf } from './needs.ts';
import { startTableServer, type TableServer } from './server.ts';
import { readTable, type TableSettings } from './table.ts';
import { countingUnits } from './units.ts';

/** ms between two looks for expired items; AWS promises days */
const expiryMs = 60_000;

const failure = (status: number, type: string, message: string): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/x-amz-json-1.0' },
	body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }),
});

export const createDynamoDb = (world: World): StandIn => {
	const tables = new Map<string, TableSettings>();
	let server: Promise<TableServer> | undefined;
	let running: TableServer | undefined;
	let timer: NodeJS.Timeout | undefined;

	let forward: DynamoClient['forward'] | undefined;
	let faulty: FaultyTables | undefined;
	const faults = world.faults.of('dynamodb');
	const well = world.faults === noPlan;
	const goesAt = well ? undefined : createGoesAt(faults);

	const start = (): Promise<TableServer> => {
		server ??= startTableServer(world.folder('dynamodb'), world.log).then((started) => {
			running = started;
			faulty = createFaultyTables(started.client, faults, () => world.now().getTime());
			forward = countingUnits(well ? started.client.forward : faulty.forward, world.meters);
			return started;
		});
		return server;
	};

	const partitionKeyOf: PartitionKeyOf = (name, index) => {
		const definition = tables.get(name)?.definition;
		const indexes = [...(definition?.GlobalSecondaryIndexes ?? []), ...(definition?.LocalSecondaryIndexes ?? [])];
		const keys = index === undefined ? definition?.KeySchema : indexes.find((one) => one.IndexName === index)?.KeySchema;
		return keys?.find((one) => one.KeyType === 'HASH')?.AttributeName;
	};

	const expire = async (): Promise<void> => {
		const now = Math.floor(world.now().getTime() / 1000);
		for (const table of tables.values()) if (faulty) await deleteExpired(faulty.client, table, now, goesAt);
	};

	return {
		types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
		async create(input: ResourceInput): Promise<ResourceOutput> {
			const settings = readTable(input);
			const name = settings.definition.TableName;
			await makeTable((await start()).client, settings);
			await faulty?.add(settings.definition);
			tables.set(name, settings);
			const arn = `arn:aws:dynamodb:${input.region}:${input.account}:table/${name}`;
			const stream = settings.definition.StreamSpecification;
			return {
				ref: name,
				attributes: { Arn: arn, TableId: name, ...(stream ? { StreamArn: `${arn}/stream/2000-01-01T00:00:00.000` } : {}) },
			};
		},
		endpoints: {
			DYNAMODB: async ({ headers, body }) => {
				if (!forward) return failure(500, 'InternalServerError', 'there is no table yet');
				try {
					return await forward(headers['x-amz-target'] ?? '', body);
				} catch (error) {
					return failure(500, 'InternalServerError', String(error));
				}
			},
		},
		needs: { DYNAMODB: needsOfDynamoDb(world.region, world.account, partitionKeyOf) },
		async start() {
			timer = setInterval(() => void expire().catch((error: unknown) => world.log(`expired items stay for now: ${error}`)), expiryMs);
			timer.unref();
		},
		async stop() {
			clearInterval(timer);
			await running?.stop();
		},
		pids: () => running?.pids() ?? [],
	};
};
