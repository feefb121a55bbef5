/** What a sign-in by authorization code with PKCE remembers, and where it may lead. Pure; `routes/auth.ts` speaks HTTP. */
import { createHash } from 'node:crypto';
import { patterns, type UserId, userId } from '@shellpod/protocol/ids.ts';
import * as z from 'zod/mini';

/** What the browser carries in a cookie while its user is at the identity provider. */
const Pending = z.object({
	state: z.string().check(z.minLength(20)),
	/** PKCE */
	verifier: z.string().check(z.minLength(43)),
	nonce: z.string().check(z.minLength(20)),
	/** where to go afterwards: a path of ours */
	returnTo: z.string(),
});
export type Pending = z.infer<typeof Pending>;

export const newPending = (random: (bytes: number) => Uint8Array, returnTo: string): Pending => {
	const secret = (bytes: number): string => Buffer.from(random(bytes)).toString('base64url');
	return { state: secret(24), verifier: secret(32), nonce: secret(24), returnTo };
};

export const encodePending = (pending: Pending): string => Buffer.from(JSON.stringify(pending)).toString('base64url');

/** What the cookie says, or undefined when it is none of ours. */
export const decodePending = (text: string | undefined): Pending | undefined => {
	try {
		return Pending.parse(JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8')));
	} catch {
		return undefined;
	}
};

export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** characters of a path to return to */
const maxReturn = 500;

/**
 * A path of the page as it was asked for, else `/`: never another site (`//host`, `/\host`, what a browser strips or decodes into these), never the API.
 */
export const safeReturn = (path: string | undefined, origin: string): string => {
	if (!path || path.length > maxReturn || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path)) return '/';
	const url = URL.parse(path, origin);
	if (url?.origin !== origin || url.pathname.startsWith('//') || /^\/api(?:\/|$)/.test(url.pathname)) return '/';
	return `${url.pathname}${url.search}${url.hash}`;
};

/** A user, by one sign-in: its `auth_time`, s since 1970. */
export interface SignedIn {
	user: UserId;
	signIn: number;
}

/** Who an access token is of, and by which sign-in; undefined when it says no such thing. As little to be trusted as `claimsOf`. */
export const signInOf = (accessToken: string): SignedIn | undefined => {
	const { sub, auth_time: signIn } = claimsOf(accessToken);
	return typeof sub === 'string' && patterns.user.test(sub) && typeof signIn === 'number' ? { user: userId(sub), signIn } : undefined;
};

/** The claims of a token that came straight from the provider: only shown, never trusted. */
export const claimsOf = (token: string): Record<string, unknown> => {
	try {
		const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
		return typeof claims === 'object' && claims !== null ? { ...claims } : {};
	} catch {
		return {};
	}
};
