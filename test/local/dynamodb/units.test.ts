/**
 * Read and write units, rule by rule, as the meters count them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
import {
	BatchGetItemCommand,
	BatchWriteItemCommand,
	DeleteItemCommand,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	TransactGetItemsCommand,
	TransactWriteItemsCommand,
	UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { itemBytes } from '../../../local/dynamodb/size.ts';
import { key, type ServedTable, serveTable, text } from './served.ts';

let served: ServedTable;
beforeAll(async () => {
	served = await serveTable();
});
afterAll(() => served.remove());

type Item = Record<string, { S: string } | { N: string }>;
const put = (Item: Item, more: object = {}) => served.client.send(new PutItemCommand({ TableName: served.table, Item, ...more }));
const get = (name: string, ConsistentRead: boolean) =>
	served.client.send(new GetItemCommand({ TableName: served.table, Key: key(name), ConsistentRead }));
const remove = (name: string) => served.client.send(new DeleteItemCommand({ TableName: served.table, Key: key(name) }));

/** Units that something costs: [read, written]. */
const cost = async (work: () => Promise<unknown>): Promise<[number, number]> => {
	const before = served.world.meters.read(0);
	await work();
	const after = served.world.meters.read(0);
	return [after['table read units'] - before['table read units'], after['table write units'] - before['table write units']];
};
/** of an item with a key of one letter, beside the text in `x` */
const others = 'pk'.length + 1 + 'sk'.length + 1 + 'x'.length;
/** of so many bytes, names and values */
const sized = (name: string, bytes: number): Item => ({ ...key(name), x: text(bytes - others) });

it('[aws-A18e] a write costs a unit per KB begun', async () => {
	expect(await cost(() => put(sized('a', 1024)))).toEqual([0, 1]);
	expect(await cost(() => put(sized('b', 1025)))).toEqual([0, 2]);
});

it('[aws-A18e] a consistent read costs a unit per 4 KB begun, an eventually consistent one half of it, also of what isn’t there', async () => {
	await put(sized('c', 4096));
	await put(sized('d', 4097));
	expect(await cost(() => get('c', true))).toEqual([1, 0]);
	expect(await cost(() => get('d', true))).toEqual([2, 0]);
	expect(await cost(() => get('c', false))).toEqual([0.5, 0]);
	expect(await cost(() => get('d', false))).toEqual([1, 0]);
	expect(await cost(() => get('?', false))).toEqual([0.5, 0]);
	expect(await cost(() => get('?', true))).toEqual([1, 0]);
});

it('[aws-A18e] what replaces, updates or deletes an item costs by the larger of before and after', async () => {
	await put(sized('e', 5 * 1024));
	expect(await cost(() => put(sized('e', 100)))).toEqual([0, 5]);
	expect(await cost(() => put(sized('e', 3 * 1024)))).toEqual([0, 3]);
	const update = new UpdateItemCommand({
		TableName: served.table,
		Key: key('e'),
		UpdateExpression: 'SET x = :x',
		ExpressionAttributeValues: { ':x': { S: 'x' } },
	});
	expect(await cost(() => served.client.send(update))).toEqual([0, 3]);
	await put(sized('e', 2 * 1024));
	expect(await cost(() => remove('e'))).toEqual([0, 2]);
	expect(await cost(() => remove('e'))).toEqual([0, 1]);
});

it('[aws-A18e] a write whose condition fails costs by the larger of what is there and what was to be, and tells no more than was asked', async () => {
	const once = { ConditionExpression: 'attribute_not_exists(pk)' };
	await put(sized('f', 3 * 1024));
	let told: unknown;
	const refused = (bytes: number, more: object = {}) =>
		put(sized('f', bytes), { ...once, ...more }).catch((error: unknown) => {
			told = error;
		});
	expect(await cost(() => refused(100))).toEqual([0, 3]);
	expect(told).toMatchObject({ name: 'ConditionalCheckFailedException' });
	expect((told as { Item?: unknown }).Item).toBeUndefined();
	expect(await cost(() => refused(5 * 1024, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }))).toEqual([0, 5]);
	expect((told as { Item?: Item }).Item).toMatchObject(key('f'));
	const nothing = new DeleteItemCommand({ TableName: served.table, Key: key('?'), ConditionExpression: 'attribute_exists(pk)' });
	expect(await cost(() => served.client.send(nothing).catch(() => {}))).toEqual([0, 1]);
});

it('[aws-A18e] an index costs a unit more when the write shows in it, two when the item moves in it', async () => {
	const item = { ...key('g'), duePk: { S: 'DUE' }, dueAt: { S: '1' } };
	expect(await cost(() => put(item))).toEqual([0, 2]);
	expect(await cost(() => put({ ...item, hidden: { S: 'x' } }))).toEqual([0, 1]);
	expect(await cost(() => put({ ...item, shown: { S: 'x' } }))).toEqual([0, 2]);
	expect(await cost(() => put({ ...item, dueAt: { S: '2' } }))).toEqual([0, 3]);
	expect(await cost(() => remove('g'))).toEqual([0, 2]);
});

it('[aws-A18e] a query costs by the sum of what it read, filtered or not', async () => {
	for (let at = 0; at < 10; at += 1) await put({ pk: { S: 'q' }, sk: { S: `${at}` }, x: text(700) });
	const query = (more: object = {}) =>
		served.client.send(
			new QueryCommand({ TableName: served.table, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'q' } }, ...more }),
		);
	expect(await cost(() => query({ ConsistentRead: true }))).toEqual([2, 0]);
	expect(await cost(() => query())).toEqual([1, 0]);
	expect(await cost(() => query({ FilterExpression: 'attribute_not_exists(x)' }))).toEqual([1, 0]);
	expect(await cost(() => query({ Limit: 1, ConsistentRead: true }))).toEqual([1, 0]);
});

it('[aws-A18e] a batch costs as its items do one by one, a transaction twice as much', async () => {
	const table = served.table;
	const writes = ['h', 'i'].map((name) => ({ PutRequest: { Item: sized(name, 1500) } }));
	expect(await cost(() => served.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: writes } })))).toEqual([0, 4]);
	const Keys = ['h', 'i'].map(key);
	expect(await cost(() => served.client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } })))).toEqual([1, 0]);
	const Put = { TableName: table, Item: sized('h', 1500) };
	expect(await cost(() => served.client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] })))).toEqual([0, 4]);
	const Get = { TableName: table, Key: key('h') };
	expect(await cost(() => served.client.send(new TransactGetItemsCommand({ TransactItems: [{ Get }] })))).toEqual([2, 0]);
});

it('[aws-A18e] what is refused otherwise costs nothing', async () => {
	expect(await cost(() => put({ pk: { S: 'no sort key' } }).catch(() => {}))).toEqual([0, 0]);
	expect(await cost(() => put(sized('j', 401 * 1024)).catch(() => {}))).toEqual([0, 0]);
});

it.each([
	[{ a: { S: 'é' } }, 3],
	[{ a: { N: '12345' } }, 5],
	[{ a: { N: '-1' } }, 4],
	[{ a: { N: '1000' } }, 3],
	[{ a: { B: Buffer.from('abc').toString('base64') } }, 4],
	[{ a: { BOOL: true } }, 2],
	[{ a: { NULL: true } }, 2],
	[{ a: { SS: ['x', 'yy'] } }, 4],
	[{ a: { L: [{ S: 'x' }, { S: 'y' }] } }, 8],
	[{ a: { M: { b: { S: 'cd' } } } }, 8],
])('%j has %i bytes', (item, bytes) => {
	expect(itemBytes(item)).toBe(bytes);
});
