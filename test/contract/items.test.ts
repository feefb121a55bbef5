/** The table without an SDK: in memory, against a real server, and against one that fails. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createItems, type Items } from '@shellpod/functions/adapters/items.ts';
import { createSignedFetch } from '@shellpod/functions/signed-fetch.ts';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { credentials, startTable, type TestTable } from '../support/dynoxide.ts';
import { createInMemoryItems } from '../support/in-memory-items.ts';
import { holdsAsync } from '../support/property.ts';

const fetch = createSignedFetch({ region: 'us-east-1', ...credentials }, 'dynamodb');

let server: TestTable;
beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server.stop());

/** What JSON can hold and the table keeps exactly. */
const names = fc.stringMatching(/^[a-z]{1,8}$/);
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 3 },
		fc.string({ unit: 'grapheme', maxLength: 20 }),
		fc.maxSafeInteger(),
		fc.boolean(),
		fc.constant(null),
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
	),
}));

const tables: [string, () => Items][] = [
	['in memory', createInMemoryItems],
	['on a DynamoDB-compatible server', () => server.items],
];

describe.each(tables)('items %s', (_, open) => {
	test('come back as they were put', async () => {
		const items = open();
		await holdsAsync(
			[values],
			async (value) => {
				const key = { pk: 'ITEM', sk: 'a' };
				await items.put({ ...key, value, missing: undefined });
				expect(await items.get(key)).toEqual({ ...key, value });
			},
			40,
		);
	});

	test('are listed by the beginning of their sort key, over as many pages as it takes', async () => {
		const items = open();
		const text = 'x'.repeat(300_000);
		for (const sk of ['A#1', 'A#2', 'A#3', 'A#4', 'A#5', 'B#1']) await items.put({ pk: 'LIST', sk, text });
		expect((await items.list('LIST', 'A#')).map(({ sk }) => sk)).toEqual(['A#1', 'A#2', 'A#3', 'A#4', 'A#5']);
		expect(await items.list('LIST', 'C#')).toEqual([]);
	});

	test('of the index come the longest due first, page by page, as far as asked for', async () => {
		const items = open();
		const due = Array.from(
			{ length: 120 },
			(_, at) => `2026-11-22T08:${String(10 + (at % 50)).padStart(2, '0')}:${String(Math.floor(at / 50)).padStart(2, '0')}.000Z`,
		);
		await Promise.all(due.map((dueAt, at) => items.put({ pk: `DUE-${at}`, sk: 'x', duePk: 'DUE#test', dueAt })));
		const found: unknown[] = [];
		for await (const { dueAt } of items.due('DUE#test')) found.push(dueAt);
		expect(found).toEqual(due.toSorted());
		const early: unknown[] = [];
		for await (const { dueAt } of items.due('DUE#test', '2026-11-22T08:20:00.000Z')) early.push(dueAt);
		expect(early).toEqual(due.toSorted().filter((at) => at <= '2026-11-22T08:20:00.000Z'));
		for await (const { dueAt } of items.due('DUE#nobody')) expect.fail(`${dueAt}`);
	});

	test('tell what was there before, and that nothing was written', async () => {
		const items = open();
		const key = { pk: 'ITEM', sk: 'b' };
		const absent = { expression: 'attribute_not_exists(pk)' };
		expect(await items.put({ ...key, turn: 1 }, absent)).toEqual({ before: undefined });
		expect(await items.put({ ...key, turn: 2 }, absent)).toBeUndefined();
		expect(await items.put({ ...key, turn: 3 }, { expression: 'turn = :turn', values: { ':turn': 1 } })).toEqual({
			before: { ...key, turn: 1 },
		});
		expect(await items.remove(key, { expression: 'turn = :turn', values: { ':turn': 1 } })).toBeUndefined();
		expect(await items.remove(key)).toEqual({ before: { ...key, turn: 3 } });
		expect(await items.remove(key)).toEqual({ before: undefined });
	});

	test('add up what many add at the same instant', async () => {
		const items = open();
		const key = { pk: 'ITEM', sk: 'sum' };
		const sums = await Promise.all(Array.from({ length: 20 }, () => items.add(key, { messages: 64, bytes: 100 }, { expires: 7 })));
		expect(sums.map(({ messages }) => messages).sort((a = 0, b = 0) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => 64 * (at + 1)));
		expect(await items.get(key)).toEqual({ ...key, messages: 64 * 20, bytes: 2_000, expires: 7 });
	});

	test('that JSON can not hold are refused', async () => {
		const items = open();
		for (const value of [Number.NaN, 1n, () => 1, Symbol('x')]) await expect(items.put({ pk: 'ITEM', sk: 'c', value })).rejects.toThrow(TypeError);
	});

	test('are written only where each condition of the adapters holds', async () => {
		const items = open();
		const key = { pk: 'CONDITION', sk: 'a' };
		const later = { expression: 'attribute_not_exists(pk) OR #until <= :now', names: { '#until': 'until' }, values: { ':now': 'b' } };
		expect(await items.put({ ...key, until: 'c' }, later)).toBeDefined();
		expect(await items.put({ ...key, until: 'd' }, later)).toBeUndefined();
		expect(await items.put({ ...key, until: 'b', endsAt: 5 }, { ...later, values: { ':now': 'c' } })).toBeDefined();
		const alive = (now: number) => ({ expression: 'attribute_exists(pk) AND endsAt > :now', values: { ':now': now } });
		expect(await items.remove(key, alive(5))).toBeUndefined();
		expect(await items.remove({ pk: 'CONDITION', sk: 'none' }, alive(1))).toBeUndefined();
		// another type than the stored one compares to nothing
		expect(await items.remove(key, { expression: 'endsAt > :now', values: { ':now': '1' } })).toBeUndefined();
		expect(await items.remove(key, alive(4))).toEqual({ before: { ...key, until: 'b', endsAt: 5 } });
	});

	test('count upwards from the first, and give what it was', async () => {
		const items = open();
		const key = { pk: 'COUNTER', sk: 'a' };
		expect([await items.count(key, 'next', 7), await items.count(key, 'next', 7), await items.count(key, 'next', 1)]).toEqual([7, 8, 9]);
	});

	test('leave the index with their due time', async () => {
		const items = open();
		const key = { pk: 'LEAVES', sk: 'a' };
		const due = async () => {
			const found: unknown[] = [];
			for await (const { dueAt } of items.due('DUE#leaves')) found.push(dueAt);
			return found;
		};
		await items.put({ ...key, duePk: 'DUE#leaves', dueAt: 'a' });
		await items.put({ ...key, duePk: 'DUE#leaves', dueAt: 'b' });
		expect(await due()).toEqual(['b']);
		await items.put({ ...key });
		expect(await due()).toEqual([]);
	});
});

describe('items on a DynamoDB-compatible server', () => {
	test('come back as they were put also by the SDK, and the other way', async () => {
		await holdsAsync(
			[values],
			async (value) => {
				const key = { pk: 'ITEM', sk: 'a' };
				await server.items.put({ ...key, value, missing: undefined });
				expect(await server.items.get(key)).toEqual({ ...key, value });
				expect((await server.table.client.send(new GetCommand({ TableName: server.table.name, Key: key }))).Item).toEqual({ ...key, value });
				await server.table.client.send(new PutCommand({ TableName: server.table.name, Item: { ...key, value } }));
				expect(await server.items.get(key)).toEqual({ ...key, value });
			},
			40,
		);
	});

	test("of a table that is not there are an error that names the operation and AWS's reason", async () => {
		const nothing = createItems({ endpoint: `${server.endpoint}/`, table: 'nothing', fetch });
		await expect(nothing.get({ pk: 'a', sk: 'b' })).rejects.toThrow(/GetItem.*ResourceNotFoundException/);
		await expect(nothing.put({ pk: 'a', sk: 'b' })).rejects.toThrow(/PutItem.*ResourceNotFoundException/);
	});
});

describe('a throttled table', () => {
	const throttles = 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException';

	/** Refuses so many requests, then answers. */
	const busyTable = async (times: number, type = throttles) => {
		let asked = 0;
		const busy = createServer((request, response) => {
			request.resume();
			asked++;
			if (asked <= times) response.writeHead(400).end(JSON.stringify({ __type: type, message: 'later' }));
			else response.writeHead(200).end('{}');
		});
		await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
		const items = createItems({ endpoint: `http://127.0.0.1:${(busy.address() as AddressInfo).port}/dynamodb`, table: 't', fetch });
		const stop = () => {
			busy.closeAllConnections();
			return new Promise((resolve) => busy.close(resolve));
		};
		return { items, stop, asked: () => asked };
	};

	test('or one at which a transaction works, is asked again, at most twice', async () => {
		const passing = await busyTable(2);
		expect(await passing.items.get({ pk: 'a', sk: 'b' })).toBeUndefined();
		await passing.stop();
		const transaction = await busyTable(1, 'com.amazonaws.dynamodb.v20120810#TransactionConflictException');
		expect(await transaction.items.put({ pk: 'a', sk: 'b' })).toEqual({ before: undefined });
		await transaction.stop();
		const lasting = await busyTable(100);
		await expect(lasting.items.get({ pk: 'a', sk: 'b' })).rejects.toThrow(/ProvisionedThroughputExceeded/);
		expect(lasting.asked()).toBe(3);
		await lasting.stop();
	});
});
