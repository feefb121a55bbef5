/** The one table, as the adapters see it: a document client and the table's name. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface Table {
	readonly name: string;
	readonly client: DynamoDBDocumentClient;
}

/** ms: DynamoDB answers in tens of ms; a connection that hangs must not eat an invocation */
const requestTimeout = 3_000;

/** Region, endpoint and credentials come from the SDK's own environment. Throttles and 5xx are tried three times in all. */
export const createTable = (name: string): Table => ({
	name,
	client: DynamoDBDocumentClient.from(
		new DynamoDBClient({ maxAttempts: 3, requestHandler: { requestTimeout, connectionTimeout: 1_000, throwOnRequestTimeout: true } }),
		{ marshallOptions: { removeUndefinedValues: true } },
	),
});

/** Runs a conditional write: true when it was made, false when its condition did not hold. */
export const whenTrue = async (write: Promise<unknown>): Promise<boolean> => {
	try {
		await write;
		return true;
	} catch (error) {
		if (error instanceof ConditionalCheckFailedException) return false;
		throw error;
	}
};
