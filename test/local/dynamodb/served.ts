/** A table of the stand-in, asked by an SDK's client over HTTP, with a clock that is moved and faults by their names. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { createFaultPlan } from '../../../local/faults/faults.ts';
import { parseFaults } from '../../../local/faults/parse.ts';
import type { StandIn } from '../../../local/stand-in.ts';
import { resource, type StillWorld, stillWorld } from '../../support/world.ts';
import { createAwsServer } from '../aws-server.ts';

export interface ServedTable {
	client: DynamoDBClient;
	/** the table's name */
	table: string;
	world: StillWorld;
	standIn: StandIn;
	remove(): Promise<void>;
}

const properties = {
	AttributeDefinitions: ['pk', 'sk', 'duePk', 'dueAt'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
	KeySchema: [
		{ AttributeName: 'pk', KeyType: 'HASH' },
		{ AttributeName: 'sk', KeyType: 'RANGE' },
	],
	GlobalSecondaryIndexes: [
		{
			IndexName: 'due',
			KeySchema: [
				{ AttributeName: 'duePk', KeyType: 'HASH' },
				{ AttributeName: 'dueAt', KeyType: 'RANGE' },
			],
			Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['shown'] },
		},
	],
	TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
};

/** @param faults as `--faults` takes them; none: all goes well */
export const serveTable = async (faults?: string, seed = 1): Promise<ServedTable> => {
	const server = await createAwsServer();
	const world = stillWorld();
	const standIn = createDynamoDb(faults === undefined ? world : { ...world, faults: createFaultPlan(seed, parseFaults(faults)) });
	const { ref: table } = await standIn.create(resource('AWS::DynamoDB::GlobalTable', 'Table', properties));
	server.serve(standIn);
	const client = new DynamoDBClient(server.client('dynamodb'));
	return {
		client,
		table,
		world,
		standIn,
		async remove() {
			client.destroy();
			await server.close();
			await standIn.stop?.();
			world.remove();
		},
	};
};

/** An item's key. */
export const key = (name: string) => ({ pk: { S: name }, sk: { S: name } });
export const text = (length: number) => ({ S: 'x'.repeat(length) });
