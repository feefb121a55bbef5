/**
 * A copy of a table that is behind it, in the same process: what eventually consistent reads see while a fault is on. It catches up when it is
 * read, by the stack's clock, so that nothing runs in between.
 */
import { type DynamoClient, DynamoError } from './client.ts';
import { createArrears } from './course.ts';
import type { TableDefinition } from './table.ts';

export type Attributes = Record<string, Record<string, unknown>>;

export interface Copy {
	/** its name in the tables' process */
	readonly table: string;
	/** @param key of the item, whatever was done to it. @param lag ms until the copy shows it */
	wrote(key: Attributes, lag: number): void;
	/** Shows everything that is old enough. */
	catchUp(): Promise<void>;
}

/** None of them is longer than AWS allows: names that the template makes leave room. */
export const copyName = (table: string, kind: string): string => `${table}.behind-${kind}`;

export const dropTable = async (client: DynamoClient, table: string): Promise<void> => {
	try {
		await client.call('DeleteTable', { TableName: table });
	} catch (error) {
		if (!(error instanceof DynamoError && error.code === 'ResourceNotFoundException')) throw error;
	}
};

/** @param table its name; the copy begins with all of its items */
export const makeCopy = async (client: DynamoClient, definition: TableDefinition, table: string, now: () => number): Promise<Copy> => {
	const { StreamSpecification: _, TableName: original, ...rest } = definition;
	const arrears = createArrears<Attributes>();
	await dropTable(client, table);
	await client.call('CreateTable', { ...rest, TableName: table });
	let from: Attributes | undefined;
	do {
		const page = await client.call<{ Items?: Attributes[]; LastEvaluatedKey?: Attributes }>('Scan', {
			TableName: original,
			ConsistentRead: true,
			...(from ? { ExclusiveStartKey: from } : {}),
		});
		for (const item of page.Items ?? []) await client.call('PutItem', { TableName: table, Item: item });
		from = page.LastEvaluatedKey;
	} while (from);

	const show = async (key: Attributes): Promise<void> => {
		const { Item: item } = await client.call<{ Item?: Attributes }>('GetItem', { TableName: original, Key: key, ConsistentRead: true });
		if (item) await client.call('PutItem', { TableName: table, Item: item });
		else await client.call('DeleteItem', { TableName: table, Key: key });
	};

	let catching = Promise.resolve();
	return {
		table,
		wrote: (key, lag) => arrears.wrote(key, now(), lag),
		// one after the other, so that no reader overtakes what another one is copying
		catchUp: () => {
			catching = catching
				.catch(() => {})
				.then(async () => {
					for (const key of arrears.settle(now())) await show(key);
				});
			return catching;
		},
	};
};
