/**
 * The access token: in memory only, fetched with the HttpOnly refresh cookie that this page never sees.
 * Refresh tokens rotate, so at most one refresh runs at a time over all tabs of this browser.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { AccessToken } from '@shellpod/protocol/http.ts';
import { type Fetch, fetchJson } from '../api/fetch-json.ts';
import type { Clock } from '../stream/clock.ts';

/** Runs one action at a time under a name, over all tabs. */
export type Lock = <T>(name: string, action: () => Promise<T>) => Promise<T>;

export const webLock: Lock = (name, action) => navigator.locks.request(name, action);

export interface Tokens {
	/** A token that is good for a while yet. Throws ShellPodError `unauthenticated` when signed out. */
	get(): Promise<AccessToken>;
	/** This token was refused: the next `get` brings another one. */
	refused(token: string): void;
}

/** ms of life that a token must have left to be used: longer than the slowest request */
const reserve = 60_000;
/** ms that an old token is used on when no new one can be had, unless the answer says how long */
const holdOff = 5_000;

export const createTokens = ({ fetch, lock, clock }: { fetch: Fetch; lock: Lock; clock: Clock }): Tokens => {
	/** `until`: used without asking; `ends`: good for nothing */
	let current: (AccessToken & { until: number; ends: number }) | undefined;
	let refreshing: Promise<AccessToken> | undefined;

	const refresh = async (): Promise<AccessToken> => {
		const answer = await lock('shellpod-token', () => fetchJson(fetch, '/api/auth/token', { method: 'POST', headers: { 'x-shellpod': '1' } }));
		const parsed = AccessToken.safeParse(answer);
		if (!parsed.success) throw new ShellPodError('internal', 'The sign-in answered something unknown', { cause: parsed.error });
		// A token that lives shorter than the reserve is still used, for half its life.
		const life = parsed.data.expiresIn * 1_000;
		current = { ...parsed.data, until: clock.now() + Math.max(life - reserve, life / 2), ends: clock.now() + life };
		return current;
	};

	/** A sign-in service that is busy is no reason to stop while the old token is good. */
	const oldOne = (error: unknown): AccessToken => {
		const trouble = error instanceof ShellPodError && (error.code === 'unavailable' || error.code === 'too_many') ? error : undefined;
		const pause = trouble?.retryAfter === undefined ? holdOff : trouble.retryAfter * 1_000;
		if (!trouble || !current || clock.now() + pause >= current.ends) throw error;
		current.until = clock.now() + pause;
		return current;
	};

	return {
		get: () => {
			if (current && clock.now() < current.until) return Promise.resolve(current);
			refreshing ??= refresh()
				.catch(oldOne)
				.finally(() => {
					refreshing = undefined;
				});
			return refreshing;
		},
		refused: (token) => {
			if (current?.accessToken === token) current = undefined;
		},
	};
};

/** Where the sign-in begins; it comes back to `path`. */
export const signInAddress = (path: string): string => `/api/auth/login?return=${encodeURIComponent(path)}`;
export const signOutAddress = '/api/auth/logout';
