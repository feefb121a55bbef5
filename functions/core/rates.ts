/**
 * How fast one user or task may ask the HTTP API: a bucket of tokens each, in the memory of one environment of the function. With n environments at work
 * one may get n times as much: it keeps a page that has gone wild from the table, and is no exact limit; the gateway's throttle holds for all.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';

/** users that are remembered; who asked longest ago is forgotten first, with a full bucket */
const most = 1_000;

/** Throws ShellPodError `too_many` when this one, a user or a task's role, has asked too often. */
export type Rates = (who: string) => void;

export const createRates = (now: () => Date, { perSecond, burst }: { perSecond: number; burst: number }): Rates => {
	const buckets = new Map<string, { tokens: number; at: number }>();
	return (who) => {
		const at = now().getTime();
		const before = buckets.get(who) ?? { tokens: burst, at };
		const tokens = Math.min(burst, before.tokens + ((at - before.at) / 1_000) * perSecond);
		buckets.delete(who);
		buckets.set(who, { tokens: tokens < 1 ? tokens : tokens - 1, at });
		const [oldest] = buckets.keys();
		if (buckets.size > most && oldest !== undefined) buckets.delete(oldest);
		if (tokens < 1)
			throw new ShellPodError('too_many', `At most ${perSecond} ${perSecond === 1 ? 'request' : 'requests'} a second. Try again in a second.`, {
				retryAfter: 1,
			});
	};
};
