/** The half of the machine that browsers meet: authorize, sign in, sign out. */
import { hashOf, type User } from './kept.ts';
import type { PoolPorts, PoolState } from './pool.ts';
import type { ClientSettings } from './resources.ts';

/** ms that a code is good for (documented) */
const codeMs = 5 * 60_000;
/** ms that a browser stays signed in at the provider (documented: 1 h for managed login) */
const browserMs = 60 * 60_000;

export const userNamePattern = /^[a-z0-9-]{1,32}$/;

export type Authorized =
	/** nobody is signed in here: ask */
	| { kind: 'ask' }
	| { kind: 'go'; to: string }
	/** the request can't be trusted so far that the browser could be sent back with an error */
	| { kind: 'refused'; why: string };

export interface SignIn {
	/** @param browser the provider's own cookie, if the browser sent one */
	authorize(query: URLSearchParams, browser: string | undefined): Authorized;
	/** The user of this name is signed in; made if new. Gives the cookie. */
	signIn(name: string): { cookie: string } | { refused: 'name' | 'disabled' };
	/** Ends the browser's sign-in and says where it goes on. */
	signOut(query: URLSearchParams, browser: string | undefined): Authorized;
}

const withParameters = (address: string, parameters: Record<string, string | null>): string => {
	const url = new URL(address);
	for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
	return url.href;
};

const missing = (name: string): Authorized => ({ kind: 'refused', why: `Required String parameter '${name}' is not present` });

export const createSignIn = (state: PoolState, ports: PoolPorts): SignIn => {
	const signedIn = (browser: string | undefined): { user: User; authTime: number } | undefined => {
		const found = browser === undefined ? undefined : state.kept.browsers.get(hashOf(browser));
		const user = found && found.expires > ports.now() ? state.kept.users.get(found.user) : undefined;
		return found && user && !user.disabled ? { user, authTime: found.authTime } : undefined;
	};

	/** Codes that nobody came for would stay for ever. */
	const forgetOldCodes = (now: number): void => {
		for (const [hash, grant] of state.grants) if (grant.expires <= now) state.grants.delete(hash);
	};

	const wrong = (query: URLSearchParams, client: ClientSettings): string | undefined => {
		const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
		if (query.get('response_type') !== 'code') return 'unsupported_response_type';
		if (scopes.some((scope) => !client.scopes.includes(scope))) return 'invalid_scope';
		const challenge = query.get('code_challenge');
		if (challenge !== null && (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))) return 'invalid_request';
		if (![null, 'none', 'login'].includes(query.get('prompt'))) return 'invalid_request';
		return undefined;
	};

	return {
		authorize(query, browser) {
			const client = state.clients.get(query.get('client_id') ?? '');
			const redirectUri = query.get('redirect_uri') ?? '';
			if (!client) return { kind: 'refused', why: 'Client does not exist.' };
			if (!client.callbackUrls.includes(redirectUri)) return { kind: 'refused', why: 'redirect_mismatch' };
			const back = (parameters: Record<string, string>): Authorized => ({
				kind: 'go',
				to: withParameters(redirectUri, { ...parameters, state: query.get('state') }),
			});
			const error = wrong(query, client);
			if (error) return back({ error });
			const prompt = query.get('prompt');
			const who = prompt === 'login' ? undefined : signedIn(browser);
			if (!who) return prompt === 'none' ? back({ error: 'login_required' }) : { kind: 'ask' };

			const asked = (query.get('scope') ?? '').split(' ').filter(Boolean);
			const nonce = query.get('nonce');
			const challenge = query.get('code_challenge');
			const now = ports.now();
			forgetOldCodes(now);
			const code = ports.secret();
			state.grants.set(hashOf(code), {
				clientId: client.id,
				redirectUri,
				scopes: asked.length ? asked : [...client.scopes],
				...who,
				expires: now + codeMs,
				...(nonce === null ? {} : { nonce }),
				...(challenge === null ? {} : { challenge }),
			});
			return back({ code });
		},

		signIn(name) {
			if (!userNamePattern.test(name)) return { refused: 'name' };
			const now = ports.now();
			const { invited: _, ...user } = state.kept.users.get(name) ?? { name, sub: ports.uuid(), createdAt: now };
			if (user.disabled) return { refused: 'disabled' };
			state.kept.users.set(name, user);
			const cookie = ports.secret();
			state.kept.browsers.set(hashOf(cookie), { hash: hashOf(cookie), user: name, authTime: now, expires: now + browserMs });
			ports.save();
			return { cookie };
		},

		signOut(query, browser) {
			const client = state.clients.get(query.get('client_id') ?? '');
			if (!query.has('client_id')) return missing('client_id');
			if (!client) return { kind: 'refused', why: 'Client does not exist.' };
			const to = query.get('logout_uri');
			const signInAgain = query.has('redirect_uri') && query.has('response_type');
			if (to === null ? !signInAgain : !client.logoutUrls.includes(to))
				return to === null ? missing('logout_uri') : { kind: 'refused', why: 'redirect_mismatch' };
			if (browser !== undefined && state.kept.browsers.delete(hashOf(browser))) ports.save();
			return to === null ? { kind: 'ask' } : { kind: 'go', to };
		},
	};
};
