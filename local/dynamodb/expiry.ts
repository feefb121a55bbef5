/**
 * Deletes expired items, as DynamoDB does some time after their end: the embedded one never does.
 * Documented: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
import type { Faults } from '../faults/faults.ts';
import { type DynamoClient, DynamoError } from './client.ts';
import type { TableSettings } from './table.ts';

/** s; an older end is taken for a mistake, and the item stays (documented: five years) */
const oldest = 5 * 365 * 24 * 3600;

type Item = Record<string, Record<string, unknown>>;
interface Page {
	Items?: Item[];
	LastEvaluatedKey?: Item;
}

/** Is the value, an attribute as it goes over the wire, an end that has come? @param now epoch seconds */
export const hasExpired = (value: Record<string, unknown> | undefined, now: number): boolean => {
	const end = Number(value?.N ?? Number.NaN);
	return end <= now && end > now - oldest;
};

/** When an item whose end has come goes, in epoch seconds; never: infinity. */
export type GoesAt = (item: Item, end: number) => number;

/** Each item has a lag of its own, by `ttl-lag`, or stays for ever, by `ttl-lazy`. */
export const createGoesAt = (faults: Faults): GoesAt => {
	const known = new Map<string, number>();
	return (item, end) => {
		const name = JSON.stringify(item);
		const drawn = known.get(name) ?? (faults.happens('ttl-lazy') ? Number.POSITIVE_INFINITY : end + (faults.ms('ttl-lag') ?? 0) / 1000);
		known.set(name, drawn);
		return drawn;
	};
};

const atOnce: GoesAt = (_, end) => end;

/**
 * One round over the table. An item that was given a new end in between stays.
 * @param now epoch seconds
 * @returns how many items were deleted
 */
export const deleteExpired = async (client: DynamoClient, { definition, ttl }: TableSettings, now: number, goesAt = atOnce): Promise<number> => {
	if (ttl === undefined) return 0;
	const keyNames = definition.KeySchema.map((key) => key.AttributeName);
	const names = Object.fromEntries([ttl, ...keyNames].map((name, index) => [`#a${index}`, name]));
	let deleted = 0;
	let from: Item | undefined;
	do {
		const page: Page = await client.call<Page>('Scan', {
			TableName: definition.TableName,
			ProjectionExpression: Object.keys(names).join(', '),
			FilterExpression: '#a0 <= :now',
			ExpressionAttributeNames: names,
			ExpressionAttributeValues: { ':now': { N: String(now) } },
			...(from ? { ExclusiveStartKey: from } : {}),
		});
		for (const item of page.Items ?? [])
			if (
				hasExpired(item[ttl], now) &&
				goesAt(item, Number(item[ttl]?.N)) <= now &&
				(await deleteItem(client, definition.TableName, keyNames, item, ttl))
			)
				deleted += 1;
		from = page.LastEvaluatedKey;
	} while (from);
	return deleted;
};

const deleteItem = async (client: DynamoClient, table: string, keyNames: string[], item: Item, ttl: string): Promise<boolean> => {
	try {
		await client.call('DeleteItem', {
			TableName: table,
			Key: Object.fromEntries(keyNames.map((name) => [name, item[name]])),
			ConditionExpression: '#ttl = :seen',
			ExpressionAttributeNames: { '#ttl': ttl },
			ExpressionAttributeValues: { ':seen': item[ttl] },
		});
		return true;
	} catch (error) {
		if (error instanceof DynamoError && error.code === 'ConditionalCheckFailedException') return false;
		throw error;
	}
};
