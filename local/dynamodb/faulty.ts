/** Carries out what `course.ts` decides, between the SDK's requests and the tables' process. */
import type { Faults } from '../faults/faults.ts';
import type { DynamoClient, RawAnswer } from './client.ts';
import { type Attributes, type Copy, copyName, dropTable, makeCopy } from './copy.ts';
import { type CopyKind, courseOf, type TableProblem, writesOfOne } from './course.ts';
import type { TableDefinition } from './table.ts';

export interface FaultyTables {
	/** An SDK's request as it came. */
	forward: DynamoClient['forward'];
	/** For the stack's own work, such as the deletion of what has expired: no faults, but copies are behind it too. */
	client: DynamoClient;
	/** A table is there: its copies are made, or taken away. */
	add(definition: TableDefinition): Promise<void>;
}

interface Input {
	TableName?: string;
	IndexName?: string;
	ConsistentRead?: boolean;
	Key?: Attributes;
	Item?: Attributes;
	/** of a batch, by table */
	RequestItems?: Record<string, { PutRequest?: { Item: Attributes }; DeleteRequest?: { Key: Attributes } }[]>;
	TransactItems?: Record<string, Input>[];
}

const answerOf = ({ status, type, message }: TableProblem): RawAnswer => ({
	status,
	headers: { 'content-type': 'application/x-amz-json-1.0' },
	body: Buffer.from(JSON.stringify({ __type: type, message })),
});

const kinds: readonly CopyKind[] = ['items', 'indexes'];
const lagOf = { items: 'ddb-stale', indexes: 'index-lag' } as const;

/** Table and key, or item, of each write of a request. */
const written = (operation: string, input: Input): [table: string, item: Attributes][] => {
	const field = writesOfOne[operation];
	if (field) return [[input.TableName ?? '', input[field] ?? {}]];
	if (operation === 'BatchWriteItem')
		return Object.entries(input.RequestItems ?? {}).flatMap(([table, parts]) =>
			parts.map(({ PutRequest: put, DeleteRequest: remove }): [string, Attributes] => [table, put?.Item ?? remove?.Key ?? {}]),
		);
	if (operation === 'TransactWriteItems')
		return (input.TransactItems ?? []).flatMap((part) =>
			Object.values(part).map((one): [string, Attributes] => [one.TableName ?? '', one.Item ?? one.Key ?? {}]),
		);
	return [];
};

export const createFaultyTables = (real: DynamoClient, faults: Faults, now: () => number): FaultyTables => {
	const copies = new Map<string, Partial<Record<CopyKind, Copy>>>();
	const keyNames = new Map<string, string[]>();
	const nameOf = (table: string): string => table.replace(/^arn:.*:table\//, '');

	const note = (operation: string, input: Input): void => {
		for (const [table, item] of written(operation, input)) {
			const name = nameOf(table);
			const kept = copies.get(name) ?? {};
			const names = keyNames.get(name) ?? [];
			for (const kind of kinds) kept[kind]?.wrote(Object.fromEntries(names.map((one) => [one, item[one] ?? {}])), faults.ms(lagOf[kind]) ?? 0);
		}
	};

	const readBehind = async (target: string, input: Input, copy: Copy): Promise<RawAnswer> => {
		await copy.catchUp();
		const answer = await real.forward(target, Buffer.from(JSON.stringify({ ...input, TableName: copy.table })));
		const said = JSON.parse(answer.body.toString('utf8')) as { ConsumedCapacity?: { TableName?: string } };
		if (!said.ConsumedCapacity) return answer;
		// the checksum was of what was said before
		const { 'x-amz-crc32': _, ...headers } = answer.headers;
		return {
			...answer,
			headers,
			body: Buffer.from(JSON.stringify({ ...said, ConsumedCapacity: { ...said.ConsumedCapacity, TableName: input.TableName } })),
		};
	};

	return {
		async forward(target, body) {
			const operation = target.split('.').at(-1) ?? '';
			const input = JSON.parse(body.toString('utf8')) as Input;
			const kept = copies.get(nameOf(input.TableName ?? '')) ?? {};
			const call = { operation, consistent: input.ConsistentRead === true, index: input.IndexName };
			const course = courseOf(
				call,
				faults,
				kinds.filter((kind) => kept[kind]),
			);
			if (course.kind === 'refuse') return answerOf(course.problem);
			const copy = course.kind === 'behind' ? kept[course.copy] : undefined;
			if (copy) return readBehind(target, input, copy);
			const answer = await real.forward(target, body);
			if (answer.status === 200) note(operation, input);
			return course.kind === 'lose' && answer.status === 200 ? answerOf(course.problem) : answer;
		},
		client: {
			...real,
			async call<T>(operation: string, input: unknown) {
				const answer = await real.call<T>(operation, input);
				note(operation, input as Input);
				return answer;
			},
		},
		async add(definition) {
			const name = definition.TableName;
			const kept: Partial<Record<CopyKind, Copy>> = {};
			keyNames.set(
				name,
				definition.KeySchema.map((one) => one.AttributeName),
			);
			for (const kind of kinds) {
				const table = copyName(name, kind);
				if (faults.ms(lagOf[kind]) === undefined) await dropTable(real, table);
				else kept[kind] = await makeCopy(real, definition, table, now);
			}
			copies.set(name, kept);
		},
	};
};
