/** C: what the table does. */
import { PutItemCommand, QueryCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { exactly, type Question, question, questions, refusal, seen } from '../question.ts';
import type { Target } from '../target.ts';

const put = (target: Target, pk: string, sk: string, more: Record<string, { S: string }> = {}, condition = false) =>
	target.dynamoDb.send(
		new PutItemCommand({
			TableName: target.outputs.Table,
			Item: { pk: { S: pk }, sk: { S: sk }, ...more },
			...(condition && { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
		}),
	);

/** A transaction that puts these, some of them only where nothing is. */
const together = (target: Target, keys: readonly { pk: string; sk: string; absent?: boolean }[], token?: string) =>
	target.dynamoDb.send(
		new TransactWriteItemsCommand({
			...(token !== undefined && { ClientRequestToken: token }),
			TransactItems: keys.map(({ pk, sk, absent }) => ({
				Put: {
					TableName: target.outputs.Table,
					Item: { pk: { S: pk }, sk: { S: sk } },
					...(absent && { ConditionExpression: 'attribute_not_exists(pk)' }),
				},
			})),
		}),
	);

/** bytes: the limit, names included */
const itemLimit = 400 * 1024;

export const dynamodb: readonly Question[] = [
	question('C1a', 'a condition that fails, with the item asked for', async (target) => {
		const pk = target.mark();
		await put(target, pk, 'a', { text: { S: 'there' } });
		const failure = await put(target, pk, 'a', {}, true).then(
			() => undefined,
			(error: { name: string; Item?: Record<string, { S?: string }> }) => error,
		);
		return exactly([failure?.name, failure?.Item?.text?.S], ['ConditionalCheckFailedException', 'there']);
	}),
	question('C1e', 'an item of 400 KB with its names, and one byte more', async (target) => {
		const pk = target.mark();
		const rest = itemLimit - Buffer.byteLength(`pk${pk}skatext`);
		const fits = await refusal(put(target, pk, 'a', { text: { S: 'x'.repeat(rest) } }));
		const over = await refusal(put(target, pk, 'a', { text: { S: 'x'.repeat(rest + 1) } }));
		return seen(fits === 'no error' && over === '400 ValidationException', `${itemLimit} bytes: ${fits}; one more: ${over}`);
	}),
	question('C1f', 'a query over 1.5 MB', async (target) => {
		const pk = target.mark();
		for (let at = 0; at < 5; at += 1) await put(target, pk, String(at), { text: { S: 'x'.repeat(300 * 1024) } });
		const { Items = [], LastEvaluatedKey } = await target.dynamoDb.send(
			new QueryCommand({ TableName: target.outputs.Table, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } }),
		);
		return seen(
			Items.length < 5 && LastEvaluatedKey !== undefined,
			`${Items.length} of 5 items, then ${LastEvaluatedKey ? 'LastEvaluatedKey' : 'nothing'}`,
		);
	}),
	question('C2a', 'a consistent read of a global index', async (target) =>
		exactly(
			await refusal(
				target.dynamoDb.send(
					new QueryCommand({
						TableName: target.outputs.Table,
						IndexName: 'kind',
						ConsistentRead: true,
						KeyConditionExpression: 'kind = :kind',
						ExpressionAttributeValues: { ':kind': { S: 'x' } },
					}),
				),
			),
			'400 ValidationException',
		),
	),
	questions(
		['C1b', 'C1c', 'C1d'],
		'transactions: 101 actions, two on one item, one that fails among three, a token with another request',
		async (target) => {
			const pk = target.mark();
			const many = await refusal(
				together(
					target,
					Array.from({ length: 101 }, (_, at) => ({ pk, sk: `many-${at}` })),
				),
			);
			const twice = await refusal(
				together(target, [
					{ pk, sk: 'twice' },
					{ pk, sk: 'twice' },
				]),
			);
			await put(target, pk, 'there');
			const reasons = await together(target, [
				{ pk, sk: 'a' },
				{ pk, sk: 'there', absent: true },
				{ pk, sk: 'b' },
			]).then(
				() => [],
				(error: { CancellationReasons?: { Code?: string }[] }) => (error.CancellationReasons ?? []).map(({ Code }) => Code),
			);
			await together(target, [{ pk, sk: 'token', absent: true }], pk);
			const same = await refusal(together(target, [{ pk, sk: 'token', absent: true }], pk));
			const other = await refusal(together(target, [{ pk, sk: 'other' }], pk));
			return {
				C1b: exactly([many, twice], ['400 ValidationException', '400 ValidationException']),
				C1c: exactly(reasons, ['None', 'ConditionalCheckFailed', 'None']),
				C1d: exactly([same, other], ['no error', '400 IdempotentParameterMismatchException']),
			};
		},
	),
];
