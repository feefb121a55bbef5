/** A real DynamoDB-compatible server with an empty table of the deployment's shape, for one test file. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer, connect as dial } from 'node:net';
import { dirname, join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createItems, type Items } from '@shellpod/functions/adapters/items.ts';
import { env } from '@shellpod/functions/env.ts';
import { createSignedFetch } from '@shellpod/functions/signed-fetch.ts';

export interface TestTable {
	items: Items;
	/** the same table by AWS's own client */
	table: { name: string; client: DynamoDBDocumentClient };
	endpoint: string;
	/** what a function that works with it finds in its environment, whatever else it needs */
	environment: Readonly<Record<string, string>>;
	stop(): Promise<void>;
}

const binary = join(dirname(createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`)), 'dynoxide');

const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer().once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
		});
	});

const isUp = (port: number): Promise<boolean> =>
	new Promise((resolve) => {
		const socket = dial(port, '127.0.0.1');
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});

export const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

export const startTable = async (): Promise<TestTable> => {
	const port = await freePort();
	const server = spawn(binary, ['--port', String(port)], { stdio: 'ignore' });
	const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
	while (!(await isUp(port))) {
		if (server.exitCode !== null) throw new Error(`dynoxide ended with ${server.exitCode}`);
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	const endpoint = `http://127.0.0.1:${port}`;
	const client = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }), {
		marshallOptions: { removeUndefinedValues: true },
	});
	const name = 'shellpod';
	await client.send(
		new CreateTableCommand({
			TableName: name,
			BillingMode: 'PAY_PER_REQUEST',
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
					Projection: { ProjectionType: 'KEYS_ONLY' },
				},
			],
		}),
	);
	return {
		table: { name, client },
		items: createItems({ endpoint, table: name, fetch: createSignedFetch({ region: 'us-east-1', ...credentials }, 'dynamodb') }),
		endpoint,
		environment: {
			AWS_REGION: 'us-east-1',
			AWS_ACCESS_KEY_ID: credentials.accessKeyId,
			AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
			AWS_ENDPOINT_URL_DYNAMODB: endpoint,
			[env.table]: name,
		},
		stop: async () => {
			client.destroy();
			server.kill();
			await gone;
		},
	};
};
