/** What DynamoDB does now and then, when it is asked for by `--faults`. */
import { BatchWriteItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it } from 'vitest';
import { createArrears } from '../../../local/dynamodb/course.ts';
import { createGoesAt } from '../../../local/dynamodb/expiry.ts';
import { createFaultPlan } from '../../../local/faults/faults.ts';
import { parseFaults } from '../../../local/faults/parse.ts';
import { key, type ServedTable, serveTable } from './served.ts';

let served: ServedTable;
afterEach(() => served.remove());
const start = async (faults: string, seed?: number): Promise<void> => {
	served = await serveTable(faults, seed);
};

const put = (name: string, more: Record<string, { S: string }> = {}) =>
	served.client.send(new PutItemCommand({ TableName: served.table, Item: { ...key(name), ...more } }));
const read = async (name: string, ConsistentRead = false) =>
	(await served.client.send(new GetItemCommand({ TableName: served.table, Key: key(name), ConsistentRead }))).Item;
const due = async () =>
	(
		await served.client.send(
			new QueryCommand({
				TableName: served.table,
				IndexName: 'due',
				KeyConditionExpression: 'duePk = :p',
				ExpressionAttributeValues: { ':p': { S: 'DUE' } },
			}),
		)
	).Items?.map(({ pk }) => pk?.S);
const nameOf = (error: unknown): string => (error as Error).name;

it('[aws-C3b] throttles, by either of two errors, and does nothing then', async () => {
	await start('ddb-throttle=100%');
	const names = new Set<string>();
	for (let times = 0; times < 20; times += 1) names.add(await put('a').then(() => 'done', nameOf));
	expect([...names].sort()).toEqual(['ProvisionedThroughputExceededException', 'ThrottlingException']);
	await expect(read('a', true)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
});

it('throttles as often as it is asked for, the same with the same seed', async () => {
	const run = async (seed: number): Promise<string> => {
		await start('ddb-throttle=30%', seed);
		let told = '';
		for (let times = 0; times < 60; times += 1)
			told += await put('a').then(
				() => '.',
				() => 'x',
			);
		await served.remove();
		return told;
	};
	const first = await run(7);
	expect(first.replaceAll('.', '').length).toBeGreaterThan(8);
	expect(first.replaceAll('x', '').length).toBeGreaterThan(30);
	expect(await run(7)).toBe(first);
	expect(await run(8)).not.toBe(first);
	await start('ddb-throttle=0%');
	await put('a');
});

it('[aws-C3c] answers InternalServerError after the write was done', async () => {
	await start('ddb-late-error=100%');
	await expect(put('a', { v: { S: '1' } })).rejects.toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });
	expect(await read('a', true)).toEqual({ ...key('a'), v: { S: '1' } });
	// the same write again meets what it did itself
	const once = new PutItemCommand({ TableName: served.table, Item: key('a'), ConditionExpression: 'attribute_not_exists(pk)' });
	await expect(served.client.send(once)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
});

it('[aws-C3c] answers InternalServerError before anything was done', async () => {
	await start('ddb-error=100%');
	await expect(put('a')).rejects.toMatchObject({ name: 'InternalServerError' });
	await expect(read('a')).rejects.toMatchObject({ name: 'InternalServerError' });
	expect(served.world.meters.read(0)['table write units']).toBe(0);
});

it('[aws-C3a] lets a plain write meet TransactionConflictException, and no read', async () => {
	await start('ddb-conflict=100%');
	await expect(put('a')).rejects.toMatchObject({ name: 'TransactionConflictException', $metadata: { httpStatusCode: 400 } });
	expect(await read('a', true)).toBeUndefined();
});

it('[aws-C5] shows eventually consistent reads what was before, and consistent ones what is', async () => {
	await start('ddb-stale=1000..1000ms');
	await put('a', { v: { S: '1' } });
	served.world.pass(1000);
	expect((await read('a'))?.v).toEqual({ S: '1' });
	await put('a', { v: { S: '2' } });
	served.world.pass(999);
	expect([(await read('a'))?.v, (await read('a', true))?.v]).toEqual([{ S: '1' }, { S: '2' }]);
	const scan = { TableName: served.table, ReturnConsumedCapacity: 'TOTAL' } as const;
	expect(await served.client.send(new ScanCommand(scan))).toMatchObject({
		Items: [{ v: { S: '1' } }],
		ConsumedCapacity: { TableName: served.table },
	});
	served.world.pass(1);
	expect((await read('a'))?.v).toEqual({ S: '2' });
	await served.client.send(new DeleteItemCommand({ TableName: served.table, Key: key('a') }));
	expect(await read('a')).toBeDefined();
	served.world.pass(1000);
	expect(await read('a')).toBeUndefined();
});

it('[aws-C2b] lets a global index lag, whatever wrote', async () => {
	await start('index-lag=5..5s');
	await put('a', { duePk: { S: 'DUE' }, dueAt: { S: '1' } });
	const Item = { ...key('b'), duePk: { S: 'DUE' }, dueAt: { S: '2' } };
	await served.client.send(new BatchWriteItemCommand({ RequestItems: { [served.table]: [{ PutRequest: { Item } }] } }));
	expect([await due(), (await read('a'))?.dueAt]).toEqual([[], { S: '1' }]);
	served.world.pass(5000);
	expect(await due()).toEqual(['a', 'b']);
	await put('a');
	expect(await due()).toEqual(['a', 'b']);
	served.world.pass(5000);
	expect(await due()).toEqual(['b']);
});

it('a copy owes an item once, and pays by the oldest write', () => {
	const arrears = createArrears<string>();
	arrears.wrote('a', 0, 100);
	arrears.wrote('b', 20, 10);
	arrears.wrote('a', 50, 0);
	expect([arrears.settle(29), arrears.settle(30), arrears.settle(99), arrears.settle(1000), arrears.settle(2000)]).toEqual([
		[],
		['b'],
		[],
		['a'],
		[],
	]);
});

it('[aws-C4] leaves an expired item for as long as it likes, each for a time of its own, or for ever', () => {
	const end = 2_000_000_000;
	const items = Array.from({ length: 50 }, (_, at) => ({ pk: { S: `${at}` } }));
	const late = createGoesAt(createFaultPlan(3, parseFaults('ttl-lag=0..48h')).of('dynamodb'));
	const lags = items.map((item) => late(item, end) - end);
	expect(Math.min(...lags)).toBeLessThan(6 * 3600);
	expect([Math.max(...lags) > 42 * 3600, Math.max(...lags) <= 48 * 3600]).toEqual([true, true]);
	// asked again, it is the same
	expect(items.map((item) => late(item, end) - end)).toEqual(lags);
	const lazy = createGoesAt(createFaultPlan(3, parseFaults('ttl-lazy=100%')).of('dynamodb'));
	expect(items.every((item) => lazy(item, end) === Number.POSITIVE_INFINITY)).toBe(true);
});
