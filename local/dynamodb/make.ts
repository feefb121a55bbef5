/** Makes a table, or brings the one that is there to what the template says: keys are for ever, indexes and expiry can come later. */
import { type DynamoClient, DynamoError } from './client.ts';
import type { IndexDefinition, TableDefinition, TableSettings } from './table.ts';

interface Described extends Omit<TableDefinition, 'BillingMode'> {
	LatestStreamArn?: string;
}

const describe = async (client: DynamoClient, name: string): Promise<Described | undefined> => {
	try {
		return (await client.call<{ Table: Described }>('DescribeTable', { TableName: name })).Table;
	} catch (error) {
		if (error instanceof DynamoError && error.code === 'ResourceNotFoundException') return undefined;
		throw error;
	}
};

const addIndex = (client: DynamoClient, { TableName, AttributeDefinitions }: TableDefinition, index: IndexDefinition) =>
	client.call('UpdateTable', { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] });

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** @throws Error with one clear line when the kept table has other keys: CloudFormation would replace it, and lose its items */
export const makeTable = async (client: DynamoClient, { definition, ttl }: TableSettings): Promise<void> => {
	const name = definition.TableName;
	const there = await describe(client, name);
	if (!there) await client.call('CreateTable', definition);
	else {
		const keys = ({ KeySchema }: { KeySchema: TableDefinition['KeySchema'] }) => KeySchema.map((key) => [key.AttributeName, key.KeyType]);
		const changed = (what: string) => new Error(`${what} of table ${name} changed; the kept one can't follow: remove the state folder to begin anew`);
		if (!same(keys(there), keys(definition))) throw changed('the keys');
		for (const index of definition.GlobalSecondaryIndexes ?? []) {
			const kept = there.GlobalSecondaryIndexes?.find((one) => one.IndexName === index.IndexName);
			if (!kept) await addIndex(client, definition, index);
			else if (!same(keys(kept), keys(index))) throw changed(`index ${index.IndexName}`);
		}
	}
	if (ttl !== undefined) await client.call('UpdateTimeToLive', { TableName: name, TimeToLiveSpecification: { AttributeName: ttl, Enabled: true } });
};
