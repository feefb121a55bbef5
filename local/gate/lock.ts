/** What the gate knows: one key, its cookie, and how many wrong keys came lately. Pure but for hashing. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** wrong keys in a row that cost nothing: a slip while pasting */
const freeMistakes = 3;
/** ms that the first dear mistake costs; doubles with each further one */
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export type Attempt = { result: 'right' } | { result: 'wrong' } | { result: 'wait'; ms: number };

export interface Lock {
	/** value of the cookie that stands for the key; the key can't be had from it */
	readonly cookie: string;
	/** Is this a cookie of the present key? */
	admits(cookie: string): boolean;
	/** A key that somebody gave. While a pause lasts, no key is looked at, not even the right one. */
	attempt(key: string, now: number): Attempt;
}

/** Equal in a time that does not depend on where they differ. */
const same = (a: string, b: string): boolean => {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(a), digest(b));
};

export const createLock = (key: string): Lock => {
	const cookie = createHmac('sha256', key).update('shellpod gate cookie').digest('base64url');
	let mistakes = 0;
	let pauseUntil = 0;
	return {
		cookie,
		admits: (given) => same(given, cookie),
		attempt(given, now) {
			if (now < pauseUntil) return { result: 'wait', ms: pauseUntil - now };
			if (same(given, key)) {
				mistakes = 0;
				return { result: 'right' };
			}
			mistakes += 1;
			if (mistakes > freeMistakes) pauseUntil = now + Math.min(longestPauseMs, firstPauseMs * 2 ** (mistakes - freeMistakes - 1));
			return { result: 'wrong' };
		},
	};
};
