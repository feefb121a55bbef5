import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { identify, isAlive } from '../../../local/sandbox/process.ts';
import type { StandIn } from '../../../local/stand-in.ts';
import { resource, type StillWorld, stillWorld } from '../../support/world.ts';

const properties = {
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
	TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
	Replicas: [{ Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
};
const table = (changes: Record<string, unknown> = {}) => resource('AWS::DynamoDB::GlobalTable', 'Table', { ...properties, ...changes });

let world: StillWorld;
let standIn: StandIn;
let front: Server;
let client: DynamoDBClient;

/** The SDK's way to the stand-in: what a server of endpoints does, without its checks. */
const listen = async (): Promise<void> => {
	front = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const headers = request.headers as Record<string, string>;
		const answer = await standIn.endpoints?.DYNAMODB?.({
			method: 'POST',
			path: '/',
			query: new URLSearchParams(),
			headers,
			body: Buffer.concat(chunks),
			principal: { roleArn: '', sessionName: '' },
		});
		response.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body);
	});
	front.listen(0, '127.0.0.1');
	await once(front, 'listening');
	const endpoint = `http://127.0.0.1:${(front.address() as { port: number }).port}`;
	client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
};

beforeEach(async () => {
	world = stillWorld();
	standIn = createDynamoDb(world);
	await listen();
});
afterEach(async () => {
	client.destroy();
	front.close();
	await standIn.stop?.();
	world.remove();
});

const put = (name: string, key: string, more: Record<string, { S: string } | { N: string }> = {}) =>
	client.send(
		new PutItemCommand({ TableName: name, Item: { pk: { S: key }, sk: { S: key }, ...more }, ConditionExpression: 'attribute_not_exists(pk)' }),
	);
const get = async (name: string, key: string) =>
	(await client.send(new GetItemCommand({ TableName: name, Key: { pk: { S: key }, sk: { S: key } } }))).Item;

describe('a table of the template', () => {
	it('[aws-C6] has its keys, index and name, and answers an SDK', async () => {
		const { ref, attributes } = await standIn.create(table());
		expect(ref).toMatch(/^Test-Table-\w+$/);
		expect(attributes.Arn).toBe(`arn:aws:dynamodb:us-east-1:000000000000:table/${ref}`);
		await put(ref, 'a', { duePk: { S: 'DUE#0' }, dueAt: { S: '2030' } });
		const due = await client.send(
			new QueryCommand({
				TableName: ref,
				IndexName: 'due',
				KeyConditionExpression: 'duePk = :p AND dueAt <= :t',
				ExpressionAttributeValues: { ':p': { S: 'DUE#0' }, ':t': { S: '2031' } },
			}),
		);
		expect(due.Items?.map((item) => item.pk?.S)).toEqual(['a']);
		await expect(put(ref, 'a')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
		await expect(get('other', 'a')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
	});

	it('[aws-A18e] counts its read and write units, and tells them to who asks only', async () => {
		const { ref } = await standIn.create(table());
		const before = world.meters.read(0);
		const since = () => {
			const now = world.meters.read(0);
			return [now['table write units'] - before['table write units'], now['table read units'] - before['table read units']];
		};
		await put(ref, 'small');
		expect(since()).toEqual([1, 0]);
		await put(ref, 'large', { text: { S: 'x'.repeat(2_500) } });
		expect(since()).toEqual([4, 0]);
		await expect(put(ref, 'small')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
		const Key = { pk: { S: 'small' }, sk: { S: 'small' } };
		const read = await client.send(new GetItemCommand({ TableName: ref, Key, ConsistentRead: true }));
		expect([read.Item, read.ConsumedCapacity]).toEqual([Key, undefined]);
		const asked = await client.send(new GetItemCommand({ TableName: ref, Key, ReturnConsumedCapacity: 'TOTAL' }));
		expect(asked.ConsumedCapacity).toMatchObject({ CapacityUnits: 0.5 });
		expect(since()[1]).toBe(1.5);
	});

	it('keeps its items over a restart, takes a new index, refuses new keys in one line', async () => {
		const { ref } = await standIn.create(table({ GlobalSecondaryIndexes: [], AttributeDefinitions: properties.AttributeDefinitions.slice(0, 2) }));
		await put(ref, 'kept', { duePk: { S: 'x' }, dueAt: { S: 'y' } });
		await standIn.stop?.();
		standIn = createDynamoDb(world);
		expect((await standIn.create(table())).ref).toBe(ref);
		expect((await standIn.create(table())).ref).toBe(ref);
		expect(await get(ref, 'kept')).toBeDefined();
		const query = new QueryCommand({
			TableName: ref,
			IndexName: 'due',
			KeyConditionExpression: 'duePk = :p',
			ExpressionAttributeValues: { ':p': { S: 'x' } },
		});
		expect((await client.send(query)).Count).toBe(1);
		await expect(async () => standIn.create(table({ KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] }))).rejects.toThrow(
			/^the keys of table [^\n]+$/,
		);
	});

	it.each([
		[{ BillingMode: 'PROVISIONED' }, 'BillingMode'],
		[{ ImportSourceSpecification: {} }, 'ImportSourceSpecification'],
		[{ Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }, 'Replicas'],
	])('is refused by name when it asks for %j', async (changes, name) => {
		await expect(async () => standIn.create(table(changes))).rejects.toThrow(name);
	});
});

describe('the process that holds the tables', () => {
	it('is one that the stack names, with the one that leads to it; both end with it', async () => {
		await standIn.create(table());
		const processes = standIn.pids?.().map((pid) => identify(pid)) ?? [];
		expect(processes).toHaveLength(2);
		for (const process of processes) expect(process && isAlive(process)).toBe(true);
		await standIn.stop?.();
		for (const process of processes) expect(process && isAlive(process)).toBe(false);
	});

	it('is in a network of its own: nothing on this machine gets past the stand-in', async () => {
		await standIn.create(table());
		for (const pid of standIn.pids?.() ?? []) expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
	});

	it.each([0, 1])('is started again when it was killed, with its items (process %i)', async (which) => {
		const { ref } = await standIn.create(table());
		await put(ref, 'kept');
		process.kill(standIn.pids?.()[which] ?? 0, 'SIGKILL');
		await expect.poll(() => world.lines[0]).toContain('starting it again');
		await expect.poll(() => get(ref, 'kept').catch(() => undefined)).toBeDefined();
	});

	describe('of a stack that is killed', () => {
		const holder = fileURLToPath(new URL('holder.ts', import.meta.url));
		let other: ChildProcess;
		/** Another stack on the same folder; gives the pid of its tables' process. */
		const hold = async (): Promise<number> => {
			other = spawn(process.execPath, [holder, world.state], { stdio: ['ignore', 'pipe', 'inherit'] });
			if (!other.stdout) throw new Error('no output');
			const [line] = (await once(other.stdout, 'data')) as [Buffer];
			return Number(line);
		};
		afterEach(() => other.kill('SIGKILL'));

		it('goes with it, and the next stack has its items', async () => {
			const theirs = identify(await hold());
			expect(theirs && isAlive(theirs)).toBe(true);
			other.kill('SIGKILL');
			const { ref } = await standIn.create(table());
			expect(theirs && isAlive(theirs)).toBe(false);
			expect(await get(ref, 'theirs')).toBeDefined();
		});

		it('is left alone while that stack lives', async () => {
			const theirs = identify(await hold());
			await expect(async () => standIn.create(table())).rejects.toThrow('another ShellPod uses this state folder');
			expect(theirs && isAlive(theirs)).toBe(true);
		});
	});
});
