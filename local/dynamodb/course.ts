/** What becomes of a call when faults are asked for. Pure: the driver in `faulty.ts` only carries it out. */
import type { Faults } from '../faults/faults.ts';

const reads = ['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems'];
/** on one item: its key is in the field */
export const writesOfOne: Readonly<Record<string, 'Key' | 'Item'>> = { PutItem: 'Item', UpdateItem: 'Key', DeleteItem: 'Key' };
const writes = [...Object.keys(writesOfOne), 'BatchWriteItem', 'TransactWriteItems'];

export interface TableCall {
	/** of the API, e.g. `PutItem` */
	operation: string;
	consistent: boolean;
	/** of the call, not of the table */
	index: string | undefined;
}

export interface TableProblem {
	status: number;
	/** with its namespace */
	type: string;
	message: string;
}

/** Copies of a table that are behind it: of the items, and of what its global indexes show. */
export type CopyKind = 'items' | 'indexes';

export type Course =
	| { kind: 'forward' }
	/** answered by a copy */
	| { kind: 'behind'; copy: CopyKind }
	/** nothing is done */
	| { kind: 'refuse'; problem: TableProblem }
	/** it is done, and the answer says that it failed */
	| { kind: 'lose'; problem: TableProblem };

const api = 'com.amazonaws.dynamodb.v20120810';
const exceeded: TableProblem = {
	status: 400,
	type: `${api}#ProvisionedThroughputExceededException`,
	message:
		'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
};
const throttled: TableProblem = {
	status: 400,
	type: 'com.amazon.coral.availability#ThrottlingException',
	message:
		'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
};
const conflict: TableProblem = {
	status: 400,
	type: `${api}#TransactionConflictException`,
	message: 'Transaction is ongoing for the item',
};
const broken: TableProblem = { status: 500, type: `${api}#InternalServerError`, message: 'Internal server error' };

/** @param copies those that are kept */
export const courseOf = ({ operation, consistent, index }: TableCall, faults: Faults, copies: readonly CopyKind[]): Course => {
	const write = writes.includes(operation);
	if (!write && !reads.includes(operation)) return { kind: 'forward' };
	if (faults.happens('ddb-throttle')) return { kind: 'refuse', problem: faults.choose('ddb-throttle', [exceeded, throttled]) };
	if (faults.happens('ddb-error')) return { kind: 'refuse', problem: broken };
	if (operation in writesOfOne && faults.happens('ddb-conflict')) return { kind: 'refuse', problem: conflict };
	if (write && faults.happens('ddb-late-error')) return { kind: 'lose', problem: broken };
	const copy = index === undefined ? 'items' : 'indexes';
	if (['GetItem', 'Query', 'Scan'].includes(operation) && !consistent && copies.includes(copy)) return { kind: 'behind', copy };
	return { kind: 'forward' };
};

/** Which items a copy lacks yet. A write of an item that is due already changes nothing: what is copied is what stands there then. */
export const createArrears = <K>() => {
	const due = new Map<string, { key: K; at: number }>();
	return {
		/** @param lag ms */
		wrote(key: K, now: number, lag: number): void {
			const name = JSON.stringify(key);
			if (!due.has(name)) due.set(name, { key, at: now + lag });
		},
		/** What is to be copied now, the oldest first; it is no longer owed. */
		settle(now: number): K[] {
			const found = [...due].filter(([, { at }]) => at <= now);
			for (const [name] of found) due.delete(name);
			return found.toSorted(([, a], [, b]) => a.at - b.at).map(([, { key }]) => key);
		},
	};
};
