/**
 * What calls of DynamoDB need: the action of each operation on each table or index, and the partition keys of the items that it is about.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
import type { Need, NeedsOf } from '../stand-in.ts';

/** Names of the partition keys, of the table itself and of its indexes; undefined: there is no such table or index. */
export type PartitionKeyOf = (table: string, index?: string) => string | undefined;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);

/** `{"S": "x"}` -> `x`; a key is text, number or bytes */
const textOf = (attribute: unknown): string | undefined => {
	const [value] = Object.values(fields(attribute));
	return typeof value === 'string' ? value : undefined;
};

/** The value that a key condition wants the partition key to equal. */
const queried = (query: Fields, key: string): string | undefined => {
	const [names, values] = [fields(query.ExpressionAttributeNames), fields(query.ExpressionAttributeValues)];
	for (const [, name = '', value = ''] of String(query.KeyConditionExpression ?? '').matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g))
		if ((names[name] ?? name) === key) return textOf(values[value]);
	return undefined;
};

/** operations on one item, and the field that has its key */
const onItem: Readonly<Record<string, string>> = { GetItem: 'Key', PutItem: 'Item', UpdateItem: 'Key', DeleteItem: 'Key' };
/** parts of a transaction and the action of each */
const inTransaction: Readonly<Record<string, [action: string, field: string]>> = {
	Get: ['GetItem', 'Key'],
	Put: ['PutItem', 'Item'],
	Update: ['UpdateItem', 'Key'],
	Delete: ['DeleteItem', 'Key'],
	ConditionCheck: ['ConditionCheckItem', 'Key'],
};
const onTable = ['DescribeTable', 'DescribeTimeToLive', 'Scan'];

export const needsOfDynamoDb = (region: string, account: string, partitionKeyOf: PartitionKeyOf): NeedsOf => {
	const arn = (table: string): string => (table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${account}:table/${table}`);
	const nameOf = (table: string): string => table.replace(/^arn:.*:table\//, '');

	/** Undefined: it can't be told which partition this is about, so nobody may do it. */
	const need = (action: string, table: unknown, values: readonly (string | undefined)[], index?: unknown): Need | undefined => {
		if (typeof table !== 'string' || values.includes(undefined)) return undefined;
		const resource = typeof index === 'string' ? `${arn(table)}/index/${index}` : arn(table);
		return { action: `dynamodb:${action}`, resources: [resource], context: { 'dynamodb:LeadingKeys': [...new Set(values as string[])] } };
	};
	const keyIn = (table: unknown, item: unknown): string | undefined => textOf(fields(item)[partitionKeyOf(nameOf(String(table))) ?? '']);

	const needs = (operation: string, input: Fields): (Need | undefined)[] | undefined => {
		const { TableName: table, IndexName: index } = input;
		const field = Object.hasOwn(onItem, operation) ? onItem[operation] : undefined;
		if (field) return [need(operation, table, [keyIn(table, input[field])])];
		if (onTable.includes(operation)) return [need(operation, table, [], index)];
		if (operation === 'Query') {
			const key = partitionKeyOf(nameOf(String(table)), typeof index === 'string' ? index : undefined);
			return [need('Query', table, [key === undefined ? undefined : queried(input, key)], index)];
		}
		if (operation === 'BatchGetItem')
			return Object.entries(fields(input.RequestItems)).map(([name, asked]) =>
				need(
					operation,
					name,
					list(fields(asked).Keys).map((one) => keyIn(name, one)),
				),
			);
		if (operation === 'BatchWriteItem')
			return Object.entries(fields(input.RequestItems)).map(([name, writes]) =>
				need(
					operation,
					name,
					list(writes).map((one) => keyIn(name, fields(one.PutRequest).Item ?? fields(one.DeleteRequest).Key)),
				),
			);
		if (operation === 'TransactGetItems' || operation === 'TransactWriteItems')
			return list(input.TransactItems).flatMap((part) =>
				Object.entries(part).map(([kind, one]) => {
					const [action, where] = (Object.hasOwn(inTransaction, kind) ? inTransaction[kind] : undefined) ?? [];
					const { TableName: name } = fields(one);
					return action === undefined || where === undefined ? undefined : need(action, name, [keyIn(name, fields(one)[where])]);
				}),
			);
		return undefined;
	};

	return ({ headers, body }) => {
		const operation = (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
		const all = needs(operation, fields(JSON.parse(body.toString('utf8'))));
		return all?.every((one) => one !== undefined) ? all : undefined;
	};
};
