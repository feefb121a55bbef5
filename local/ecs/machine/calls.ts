/** What the operations of the API have in common. */

import type { TaskEvent } from './describe.ts';
import { invalid } from './errors.ts';
import type { Effect } from './lifecycle.ts';

export interface Step {
	events: TaskEvent[];
	effects: Effect[];
}

export interface Answered extends Step {
	/** undefined: the connection is cut, and nobody knows whether it was done */
	answer: Record<string, unknown> | undefined;
	/** ms until the answer comes */
	takes: number;
}

export type Operation = (input: unknown, caller: string, now: number) => Answered;
export type Operations = Readonly<Record<string, Operation>>;

/** Nothing changes by it. */
export const quiet = (answer: Answered['answer'], takes = 0): Answered => ({ answer, takes, events: [], effects: [] });

/** @throws InvalidParameterException for a token that isn't ours */
export const page = <T>(all: readonly T[], most: number, token: string | undefined): { found: T[]; nextToken?: string } => {
	const from = Number(token ?? 0);
	if (!Number.isSafeInteger(from)) throw invalid('Invalid token.');
	const next = from + most;
	return { found: all.slice(from, next), ...(next < all.length ? { nextToken: String(next) } : {}) };
};
