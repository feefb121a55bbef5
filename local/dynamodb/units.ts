/**
 * Counts the read and write units of calls: the table is asked what each cost, and who hasn't asked for it isn't told.
 * Documented: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
import type { Meters } from '../meters/meters.ts';
import type { RawAnswer } from './client.ts';
import { itemBytes } from './size.ts';

type Forward = (target: string, body: Buffer) => Promise<RawAnswer>;
type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const reads = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);
/** bytes */
const writeUnit = 1024;

interface Capacity {
	CapacityUnits?: number;
}

/** What is asked for beside the rest, by the field that asks. */
const capacity = { ReturnConsumedCapacity: 'TOTAL' };
const oldItem = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };

/** Asks in the same words, without reading the rest: the request is an object. */
const asking = (body: Buffer, fields: Readonly<Record<string, string>>): Buffer | undefined => {
	const text = body.toString('utf8');
	const missing = Object.entries(fields).filter(([name]) => !text.includes(`"${name}"`));
	if (!text.startsWith('{') || missing.length === 0) return undefined;
	const rest = text.slice(1);
	return Buffer.from(`${JSON.stringify(Object.fromEntries(missing)).slice(0, -1)}${rest.trimStart() === '}' ? '' : ','}${rest}`);
};

const asksFor = (body: Buffer, fields: Readonly<Record<string, string>>): boolean => Object.keys(fields).every((name) => body.includes(`"${name}"`));

/** The same answer, of which something isn't told. */
const saying = (answer: RawAnswer, value: object): RawAnswer => {
	// the checksum was of what was said before
	const { 'x-amz-crc32': _, ...headers } = answer.headers;
	return { ...answer, headers, body: Buffer.from(JSON.stringify(value)) };
};

export const countingUnits = (forward: Forward, meters: Pick<Meters, 'add'>): Forward => {
	/** Documented: a write whose condition fails costs as much as the item that is there, or the one that was to be, whichever is larger. */
	const countRefused = (answer: RawAnswer, asked: Buffer): RawAnswer => {
		const { Item: there, ...rest } = JSON.parse(answer.body.toString('utf8')) as { __type?: string; Item?: Item };
		if (!rest.__type?.endsWith('#ConditionalCheckFailedException')) return answer;
		const { Item: wanted } = JSON.parse(asked.toString('utf8')) as { Item?: Item };
		const bytes = Math.max(there ? itemBytes(there) : 0, wanted ? itemBytes(wanted) : 0);
		meters.add('table write units', Math.max(1, Math.ceil(bytes / writeUnit)));
		return asksFor(asked, oldItem) ? answer : saying(answer, rest);
	};

	return async (target, body) => {
		const operation = target.split('.')[1] ?? '';
		const name = reads.has(operation) ? 'table read units' : writes.has(operation) ? 'table write units' : undefined;
		if (!name) return forward(target, body);
		const conditional = body.includes('"ConditionExpression"') && !operation.startsWith('Transact');
		const answer = await forward(target, asking(body, conditional ? { ...capacity, ...oldItem } : capacity) ?? body);
		if (answer.status === 400 && conditional) return countRefused(answer, body);
		if (answer.status !== 200) return answer;
		const { ConsumedCapacity: consumed, ...rest } = JSON.parse(answer.body.toString('utf8')) as { ConsumedCapacity?: Capacity | Capacity[] };
		for (const { CapacityUnits: units = 0 } of [consumed ?? []].flat()) meters.add(name, units);
		return asksFor(body, capacity) ? answer : saying(answer, rest);
	};
};
