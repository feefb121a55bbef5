/** C. DynamoDB. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const guide = 'amazondynamodb/latest/developerguide';
const transactions = documented(`${guide}/transaction-apis.html`);
const quotas = documented(`${guide}/ServiceQuotas.html`);
const errors = documented(`${guide}/Programming.Errors.html`);

export const dynamodb: readonly Behaviour[] = [
	rule(
		'C1a',
		'a condition that fails is ConditionalCheckFailedException, with the item when it is asked for',
		documented(`${guide}/WorkingWithItems.html`),
	),
	rule('C1b', 'a transaction has at most 100 actions and 4 MB, none two on one item', transactions),
	rule('C1c', 'a cancelled transaction tells its reasons in the order of the actions', transactions),
	rule('C1d', 'a request token of a transaction is good for 10 minutes', transactions),
	rule('C1e', 'an item has at most 400 KB, names and values', quotas),
	rule('C1f', 'a page has at most 1 MB, then LastEvaluatedKey', quotas),
	rule('C2a', 'a consistent read of a global index is a ValidationException', documented(`${guide}/HowItWorks.ReadConsistency.html`)),
	fault('C2b', 'a global index lags', documented(`${guide}/GSI.html`)),
	fault('C3a', 'a plain write meets TransactionConflictException', transactions),
	fault('C3b', 'calls are throttled', errors),
	fault('C3c', 'InternalServerError comes after the write was done', errors),
	fault('C4', 'expired items stay readable for hours or days', documented(`${guide}/TTL.html`)),
	fault('C5', 'an eventually consistent read gives what was before', documented(`${guide}/HowItWorks.ReadConsistency.html`)),
	rule('C6', 'the tables are in a process of this machine, behind the same SDK client', assumed('ours: what stands in for DynamoDB')),
];
