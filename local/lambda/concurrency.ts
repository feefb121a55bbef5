/**
 * How much of an account's functions runs at once, without clocks: a function has a share of the account, its own when some is reserved for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html, scaling-behavior.html
 */
import { createBucket, type Rate } from '../api-gateway/throttle.ts';

/** of an account that is not new */
export const usualConcurrency = 1_000;
/** environments of one function: 1,000 at once, then 1,000 in 10 s */
const growth: Rate = { rate: 100, burst: 1_000 };
/** requests a second of an account, for each of those that may run at once */
const requestsEach = 10;
/** what reservations must leave to the others; less in accounts that have less */
const leastUnreserved = 100;

export interface Share {
	/** One more at once; false: throttled. */
	take(now: number): boolean;
	release(): void;
	/** One environment more; false: too many in too short a time. */
	grow(now: number): boolean;
}

export interface Concurrency {
	/**
	 * @param reserved for this function alone, and all that it may have
	 * @throws Error with Lambda's words when too little is left
	 */
	share(reserved?: number): Share;
}

interface Pool {
	size: number;
	used: number;
}

/** @param size executions at once of the account */
export const createConcurrency = (size: number): Concurrency => {
	const unreserved: Pool = { size, used: 0 };
	const requests = createBucket({ rate: size * requestsEach, burst: size * requestsEach });
	const least = Math.min(leastUnreserved, size);

	const poolOf = (reserved: number | undefined): Pool => {
		if (reserved === undefined) return unreserved;
		if (unreserved.size - reserved < least)
			throw new Error(
				`Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${least}].`,
			);
		unreserved.size -= reserved;
		return { size: reserved, used: 0 };
	};

	return {
		share: (reserved) => {
			const pool = poolOf(reserved);
			const environments = createBucket(growth);
			return {
				take: (now) => {
					if (pool.used >= pool.size || !requests.take(now)) return false;
					pool.used += 1;
					return true;
				},
				release: () => {
					pool.used -= 1;
				},
				grow: environments.take,
			};
		},
	};
};
