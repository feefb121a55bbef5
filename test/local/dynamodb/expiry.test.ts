import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoClient } from '../../../local/dynamodb/client.ts';
import { deleteExpired, hasExpired } from '../../../local/dynamodb/expiry.ts';
import { makeTable } from '../../../local/dynamodb/make.ts';
import { startTableServer, type TableServer } from '../../../local/dynamodb/server.ts';
import type { TableSettings } from '../../../local/dynamodb/table.ts';
import { type StillWorld, stillWorld } from '../../support/world.ts';

const now = 2_000_000_000;
const year = 365 * 24 * 3600;
const settings: TableSettings = {
	definition: {
		TableName: 'expiry',
		BillingMode: 'PAY_PER_REQUEST',
		AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
		KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
	},
	ttl: 'expires',
};

it.each([
	[{ N: String(now) }, true],
	[{ N: String(now - 4 * year) }, true],
	[{ N: String(now + 1) }, false],
	[{ N: String(now - 6 * year) }, false],
	[{ S: String(now - 1) }, false],
	[undefined, false],
])('an end of %j has come: %s', (value, expected) => {
	expect(hasExpired(value, now)).toBe(expected);
});

describe('a round over the table', () => {
	let world: StillWorld;
	let server: TableServer;
	let client: DynamoClient;
	beforeAll(async () => {
		world = stillWorld();
		server = await startTableServer(world.folder('dynamodb'), world.log);
		client = server.client;
		await makeTable(client, settings);
	});
	afterAll(async () => {
		await server.stop();
		world.remove();
	});

	const put = (pk: string, expires?: number) =>
		client.call('PutItem', { TableName: 'expiry', Item: { pk: { S: pk }, ...(expires ? { expires: { N: String(expires) } } : {}) } });
	const left = async () =>
		(await client.call<{ Items: { pk: { S: string } }[] }>('Scan', { TableName: 'expiry' })).Items.map((item) => item.pk.S).sort();

	it('deletes what has expired and leaves the rest', async () => {
		await Promise.all([put('gone', now - 1), put('later', now + 1), put('never')]);
		expect(await deleteExpired(client, settings, now)).toBe(1);
		expect(await left()).toEqual(['later', 'never']);
	});

	it('[aws-C4] leaves what goes later, until then', async () => {
		await put('late', now - 1);
		const goesAt = (_: unknown, end: number) => end + 100;
		expect(await deleteExpired(client, settings, now, goesAt)).toBe(0);
		expect(await left()).toContain('late');
		expect(await deleteExpired(client, settings, now + 98, goesAt)).toBe(0);
		expect(await deleteExpired(client, settings, now + 99, goesAt)).toBe(1);
	});

	it('leaves an item that was given a new end after it was seen', async () => {
		await put('renewed', now - 1);
		const renewing: DynamoClient = {
			...client,
			async call<T>(operation: string, input: unknown) {
				const answer = await client.call<T>(operation, input);
				if (operation === 'Scan') await put('renewed', now + 100);
				return answer;
			},
		};
		expect(await deleteExpired(renewing, settings, now)).toBe(0);
		expect(await left()).toContain('renewed');
	});
});
