/** What DynamoDB promises always: conditions, sizes, pages, consistency, transactions. */
import {
	ConditionalCheckFailedException,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	ScanCommand,
	TransactionCanceledException,
	TransactWriteItemsCommand,
	UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, type ServedTable, serveTable, text } from './served.ts';

let served: ServedTable;
beforeAll(async () => {
	served = await serveTable();
});
afterAll(() => served.remove());

const put = (Item: Record<string, { S: string } | { N: string }>) => served.client.send(new PutItemCommand({ TableName: served.table, Item }));
const get = async (name: string) => (await served.client.send(new GetItemCommand({ TableName: served.table, Key: key(name) }))).Item;

describe('a condition that fails', () => {
	const again = (more: object) =>
		served.client
			.send(new PutItemCommand({ TableName: served.table, Item: key('there'), ConditionExpression: 'attribute_not_exists(pk)', ...more }))
			.catch((error: unknown) => error as ConditionalCheckFailedException);

	it('[aws-C1a] is ConditionalCheckFailedException, with the item only when it is asked for', async () => {
		await put({ ...key('there'), rev: { N: '7' } });
		const plain = await again({});
		expect(plain).toBeInstanceOf(ConditionalCheckFailedException);
		expect((plain as ConditionalCheckFailedException).Item).toBeUndefined();
		const telling = await again({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
		expect((telling as ConditionalCheckFailedException).Item).toEqual({ ...key('there'), rev: { N: '7' } });
		expect(await get('there')).toMatchObject({ rev: { N: '7' } });
	});
});

describe('sizes', () => {
	/** bytes of an item of key `k`, beside the text in `x` */
	const others = 'pk'.length + 'k'.length + 'sk'.length + 'k'.length + 'x'.length;

	it('[aws-C1e] an item has at most 400 KB, names and values, put or updated', async () => {
		await put({ ...key('k'), x: text(400 * 1024 - others) });
		await expect(put({ ...key('k'), x: text(400 * 1024 - others + 1) })).rejects.toMatchObject({
			name: 'ValidationException',
			message: 'Item size has exceeded the maximum allowed size',
		});
		const update = new UpdateItemCommand({
			TableName: served.table,
			Key: key('k'),
			UpdateExpression: 'SET y = :y',
			ExpressionAttributeValues: { ':y': { S: '' } },
		});
		await expect(served.client.send(update)).rejects.toMatchObject({ name: 'ValidationException' });
	});

	it('[aws-C1f] a page has at most 1 MB before its filter, then LastEvaluatedKey leads on', async () => {
		for (const sk of ['0', '1', '2', '3']) await put({ pk: { S: 'page' }, sk: { S: sk }, x: text(350 * 1024), n: { N: sk } });
		const query = {
			TableName: served.table,
			KeyConditionExpression: 'pk = :p',
			FilterExpression: 'n <> :none',
			ExpressionAttributeValues: { ':p': { S: 'page' }, ':none': { N: '1' } },
		};
		const first = await served.client.send(new QueryCommand(query));
		expect(first.Items?.map(({ sk }) => sk?.S)).toEqual(['0']);
		expect(first.LastEvaluatedKey).toEqual({ pk: { S: 'page' }, sk: { S: '1' } });
		const second = await served.client.send(new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }));
		expect(second.Items?.map(({ sk }) => sk?.S)).toEqual(['2', '3']);
	});
});

it('[aws-C2a] a consistent read of a global index is a ValidationException', async () => {
	const refused = { name: 'ValidationException', message: expect.stringContaining('Consistent read') };
	const query = { KeyConditionExpression: 'duePk = :p', ExpressionAttributeValues: { ':p': { S: 'x' } } };
	const asked = { TableName: served.table, IndexName: 'due', ConsistentRead: true };
	await expect(served.client.send(new QueryCommand({ ...asked, ...query }))).rejects.toMatchObject(refused);
	await expect(served.client.send(new ScanCommand(asked))).rejects.toMatchObject(refused);
});

describe('a transaction', () => {
	const putting = (name: string, more: object = {}) => ({ Put: { TableName: served.table, Item: { ...key(name), ...more } } });
	const transact = (TransactItems: object[], more: object = {}) => served.client.send(new TransactWriteItemsCommand({ TransactItems, ...more }));
	const many = (count: number) => Array.from({ length: count }, (_, at) => putting(`t${at}`));

	it('[aws-C1b] has at most 100 actions and 4 MB, none two on one item', async () => {
		await transact(many(100));
		const refused = { name: 'ValidationException' };
		await expect(transact(many(101))).rejects.toMatchObject(refused);
		await expect(transact(Array.from({ length: 11 }, (_, at) => putting(`large${at}`, { x: text(390 * 1024) })))).rejects.toMatchObject(refused);
		await expect(transact([putting('twice'), putting('twice')])).rejects.toMatchObject(refused);
		expect([await get('large0'), await get('twice')]).toEqual([undefined, undefined]);
	});

	it('[aws-C1c] that is cancelled tells its reasons in the order of its actions, and does none of them', async () => {
		await put(key('first'));
		const taken = { TableName: served.table, Item: key('first'), ConditionExpression: 'attribute_not_exists(pk)' };
		const error = await transact([putting('alone'), { Put: { ...taken, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } }]).catch(
			(one: unknown) => one as TransactionCanceledException,
		);
		expect(error).toBeInstanceOf(TransactionCanceledException);
		expect((error as TransactionCanceledException).CancellationReasons).toMatchObject([
			{ Code: 'None' },
			{ Code: 'ConditionalCheckFailed', Item: key('first') },
		]);
		expect(await get('alone')).toBeUndefined();
	});

	it('[aws-C1d] with a request token is done once, and refused when it says something else', async () => {
		const adding = (amount: string) => [
			{
				Update: {
					TableName: served.table,
					Key: key('sum'),
					UpdateExpression: 'ADD n :n',
					ExpressionAttributeValues: { ':n': { N: amount } },
				},
			},
		];
		await transact(adding('1'), { ClientRequestToken: 'once' });
		await transact(adding('1'), { ClientRequestToken: 'once' });
		expect((await get('sum'))?.n).toEqual({ N: '1' });
		await expect(transact(adding('2'), { ClientRequestToken: 'once' })).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
	});
});
