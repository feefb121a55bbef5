/** Counts the read and write units of calls: the table is asked what each cost, and who hasn't asked for it isn't told. */
import type { Meters } from '../meters/meters.ts';
import type { RawAnswer } from './client.ts';

type Forward = (target: string, body: Buffer) => Promise<RawAnswer>;

const reads = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

interface Capacity {
	CapacityUnits?: number;
}

/** Asks in the same words, without reading the rest: the request is an object. */
const asking = (body: Buffer): Buffer | undefined => {
	const text = body.toString('utf8');
	if (!text.startsWith('{') || text.includes('"ReturnConsumedCapacity"')) return undefined;
	return Buffer.from(`{"ReturnConsumedCapacity":"TOTAL"${text.slice(1).trimStart() === '}' ? '' : ','}${text.slice(1)}`);
};

export const countingUnits = (forward: Forward, meters: Pick<Meters, 'add'>): Forward => {
	return async (target, body) => {
		const operation = target.split('.')[1] ?? '';
		const name = reads.has(operation) ? 'table read units' : writes.has(operation) ? 'table write units' : undefined;
		const asked = name && asking(body);
		const answer = await forward(target, asked ?? body);
		if (!name || answer.status !== 200) return answer;
		const { ConsumedCapacity: consumed, ...rest } = JSON.parse(answer.body.toString('utf8')) as { ConsumedCapacity?: Capacity | Capacity[] };
		for (const { CapacityUnits: units = 0 } of [consumed ?? []].flat()) meters.add(name, units);
		if (!asked) return answer;
		// the checksum was of what was said before
		const { 'x-amz-crc32': _, ...headers } = answer.headers;
		return { ...answer, headers, body: Buffer.from(JSON.stringify(rest)) };
	};
};
