/**
 * The table by plain signed requests: a user waits for the cold start of most functions, and an SDK's own is longer than all else of it.
 * Items are JSON: text, numbers, booleans, null, lists and maps; a property that is undefined is not stored.
 */
import { indexName, type Key } from '../core/keys.ts';
import type { SignedAnswer, SignedFetch } from '../signed-fetch.ts';

export type Item = Readonly<Record<string, unknown>>;

export interface Condition {
	expression: string;
	/** by placeholder, e.g. `:now` */
	values?: Readonly<Record<string, string | number>>;
	/** by placeholder, e.g. `#state`: attributes whose names are words of DynamoDB's own */
	names?: Readonly<Record<string, string>>;
}

/** What stood there before; undefined instead of it: the condition did not hold, and nothing was written. */
export type Written = { before: Item | undefined } | undefined;

export interface Items {
	/** A strong read. */
	get(key: Key): Promise<Item | undefined>;
	put(item: Key & Item, condition?: Condition): Promise<Written>;
	remove(key: Key, condition?: Condition): Promise<Written>;
	/** Items of one partition, or those whose sort key begins so; a strong read. */
	list(pk: string, prefix?: string): Promise<Item[]>;
	/** Of those at most so many, from the end backwards; `before`: only what comes before this sort key. A strong read. */
	newest(pk: string, prefix: string, before: string | undefined, limit: number): Promise<Item[]>;
	/** Keys of items of one partition of the index `due`, the longest due first, up to `until`; read as far as asked for. The index lags. */
	due(duePk: string, until?: string): AsyncIterable<Item>;
	/** Adds to numbers, which begin at 0, and sets others; gives what the first are now. */
	add(key: Key, amounts: Readonly<Record<string, number>>, also: Readonly<Record<string, number>>): Promise<Readonly<Record<string, number>>>;
	/** Adds 1 to a number that begins at `first`, and gives what it was. */
	count(key: Key, attribute: string, first: number): Promise<number>;
}

type Attribute =
	| { S: string }
	| { N: string }
	| { BOOL: boolean }
	| { NULL: true }
	| { L: readonly Attribute[] }
	| { M: Readonly<Record<string, Attribute>> };
type Attributes = Readonly<Record<string, Attribute>>;

const toAttribute = (value: unknown): Attribute => {
	if (typeof value === 'string') return { S: value };
	if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
	if (typeof value === 'boolean') return { BOOL: value };
	if (value === null) return { NULL: true };
	if (Array.isArray(value)) return { L: value.map(toAttribute) };
	if (typeof value === 'object') return { M: toAttributes(value) };
	throw new TypeError(`the table can't keep a ${typeof value}`);
};

const toAttributes = (item: object): Attributes =>
	Object.fromEntries(
		Object.entries(item)
			.filter(([, value]) => value !== undefined)
			.map(([name, value]) => [name, toAttribute(value)]),
	);

const fromAttribute = (attribute: Attribute): unknown => {
	if ('S' in attribute) return attribute.S;
	if ('N' in attribute) return Number(attribute.N);
	if ('BOOL' in attribute) return attribute.BOOL;
	if ('NULL' in attribute) return null;
	if ('L' in attribute) return attribute.L.map(fromAttribute);
	if ('M' in attribute) return fromAttributes(attribute.M);
	throw new TypeError(`the table holds a type that is not known here: ${Object.keys(attribute)}`);
};

const fromAttributes = (attributes: Attributes): Item =>
	Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, fromAttribute(attribute)]));

/** Refusals that pass, and after which nothing was written: asked again a few times, since whoever waits here is a person. */
const passes = (type: string | undefined): boolean =>
	/#(?:Throttling|ProvisionedThroughputExceeded|RequestLimitExceeded|TransactionConflict)/.test(type ?? '');
const maxTries = 3;
/** ms before the second try at most; twice that before the third */
const tryPause = 100;
/** items of the index that are read at once */
const duePage = 200;

interface Answer {
	Item?: Attributes;
	Items?: readonly Attributes[];
	Attributes?: Attributes;
	LastEvaluatedKey?: Attributes;
	__type?: string;
}

/** `endpoint`: DynamoDB's, with or without a path. `fetch` signs for `dynamodb`. Methods throw when the table doesn't answer, or refuses. */
export const createItems = (deps: { endpoint: string; table: string; fetch: SignedFetch }): Items => {
	const url = `${deps.endpoint.replace(/\/$/, '')}/`;

	const failed = (operation: string, answer: SignedAnswer | undefined) =>
		new Error(`DynamoDB ${operation}: ${answer ? `${answer.status} ${answer.text.slice(0, 200)}` : 'no answer'}`);

	/** Undefined when a condition did not hold. */
	const ask = async (operation: string, input: object, tried = 1): Promise<Answer | undefined> => {
		const answer = await deps.fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
			body: JSON.stringify({ TableName: deps.table, ...input }),
		});
		if (!answer || (answer.status !== 200 && answer.status !== 400)) throw failed(operation, answer);
		const parsed = JSON.parse(answer.text) as Answer;
		if (answer.status === 200) return parsed;
		if (parsed.__type?.endsWith('#ConditionalCheckFailedException')) return undefined;
		if (!passes(parsed.__type) || tried === maxTries) throw failed(operation, answer);
		await new Promise((resolve) => setTimeout(resolve, Math.random() * tryPause * tried));
		return ask(operation, input, tried + 1);
	};

	const write = async (operation: string, input: object, condition: Condition | undefined): Promise<Written> => {
		const answer = await ask(operation, {
			...input,
			ReturnValues: 'ALL_OLD',
			...(condition && { ConditionExpression: condition.expression }),
			...(condition?.values && { ExpressionAttributeValues: toAttributes(condition.values) }),
			...(condition?.names && { ExpressionAttributeNames: condition.names }),
		});
		return answer && { before: answer.Attributes && fromAttributes(answer.Attributes) };
	};

	/** Each page is asked for when the one before has been used up. */
	async function* query(input: object): AsyncGenerator<Item> {
		let from: Attributes | undefined;
		do {
			const page: Answer | undefined = await ask('Query', { ...input, ...(from && { ExclusiveStartKey: from }) });
			yield* (page?.Items ?? []).map(fromAttributes);
			from = page?.LastEvaluatedKey;
		} while (from);
	}

	return {
		get: async (key) => {
			const answer = await ask('GetItem', { Key: toAttributes(key), ConsistentRead: true });
			return answer?.Item && fromAttributes(answer.Item);
		},
		put: async (item, condition) => write('PutItem', { Item: toAttributes(item) }, condition),
		remove: async (key, condition) => write('DeleteItem', { Key: toAttributes(key) }, condition),
		list: async (pk, prefix) => {
			const found: Item[] = [];
			const values = toAttributes({ ':pk': pk, ':prefix': prefix });
			const expression = prefix === undefined ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)';
			const input = { KeyConditionExpression: expression, ExpressionAttributeValues: values, ConsistentRead: true };
			for await (const item of query(input)) found.push(item);
			return found;
		},
		newest: async (pk, prefix, before, limit) => {
			// A condition on the sort key is one: what it says to BETWEEN is with both ends.
			const answer = await ask('Query', {
				KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :until',
				ExpressionAttributeValues: toAttributes({ ':pk': pk, ':from': prefix, ':until': before ?? `${prefix}\uffff` }),
				ScanIndexForward: false,
				Limit: limit + 1,
				ConsistentRead: true,
			});
			const found = (answer?.Items ?? []).map(fromAttributes);
			return found.filter(({ sk }) => sk !== before).slice(0, limit);
		},
		due: (duePk, until) =>
			query({
				IndexName: indexName,
				KeyConditionExpression: until === undefined ? 'duePk = :pk' : 'duePk = :pk AND dueAt <= :until',
				ExpressionAttributeValues: toAttributes({ ':pk': duePk, ':until': until }),
				Limit: duePage,
			}),
		add: async (key, amounts, also) => {
			const placed = (values: object, form: (place: string) => string) =>
				Object.keys(values)
					.map((name) => form(name))
					.join(', ');
			const answer = await ask('UpdateItem', {
				Key: toAttributes(key),
				UpdateExpression: `ADD ${placed(amounts, (name) => `#${name} :${name}`)} SET ${placed(also, (name) => `#${name} = :${name}`)}`,
				ExpressionAttributeNames: Object.fromEntries(Object.keys({ ...amounts, ...also }).map((name) => [`#${name}`, name])),
				ExpressionAttributeValues: toAttributes(
					Object.fromEntries(Object.entries({ ...amounts, ...also }).map(([name, value]) => [`:${name}`, value])),
				),
				ReturnValues: 'UPDATED_NEW',
			});
			const now = fromAttributes(answer?.Attributes ?? {});
			return Object.fromEntries(Object.keys(amounts).map((name) => [name, Number(now[name])]));
		},
		count: async (key, attribute, first) => {
			const answer = await ask('UpdateItem', {
				Key: toAttributes(key),
				UpdateExpression: 'SET #count = if_not_exists(#count, :first) + :one',
				ExpressionAttributeNames: { '#count': attribute },
				ExpressionAttributeValues: toAttributes({ ':first': first, ':one': 1 }),
				ReturnValues: 'UPDATED_NEW',
			});
			return Number(answer?.Attributes && fromAttributes(answer.Attributes)[attribute]) - 1;
		},
	};
};
