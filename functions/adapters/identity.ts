import { setTimeout } from 'node:timers/promises';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import * as z from 'zod/mini';
import type { Identity, TokenSet } from '../ports.ts';

/** RFC 6749 5.1 */
const Tokens = z.object({
	access_token: z.string(),
	id_token: z.string(),
	refresh_token: z.optional(z.string()),
	expires_in: z.int().check(z.gte(1)),
});

/** ms before it is asked again after "too many requests", which did nothing: a person waits, and has no second code */
const pauses = [150, 300];

interface IdentityDeps {
	/** https base of /oauth2/token and /oauth2/revoke */
	base: string;
	clientId: string;
	fetch: typeof fetch;
	/** ms that the provider may take */
	timeout: number;
}

export const createIdentity = ({ base, clientId, fetch, timeout }: IdentityDeps): Identity => {
	const post = async (path: string, form: Record<string, string>): Promise<Response> => {
		const signal = AbortSignal.timeout(timeout);
		const once = () =>
			fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams({ ...form, client_id: clientId }), redirect: 'manual', signal });
		let response: Response;
		try {
			// A connection that was kept open while the environment was frozen is often dead, and what is written to it never arrives.
			const ask = () => once().catch((lost: unknown) => (signal.aborted ? Promise.reject(lost) : once()));
			response = await ask();
			for (const pause of pauses) {
				if (response.status !== 429) break;
				await setTimeout(pause, undefined, { signal });
				response = await ask();
			}
		} catch (cause) {
			throw new ShellPodError('unavailable', 'The sign-in service does not answer. Try again.', { retryAfter: 2, cause });
		}
		// RFC 6749 5.2: a refusal is 400 or 401. Anything else says nothing about the token.
		if (!response.ok && response.status !== 400 && response.status !== 401)
			throw new ShellPodError('unavailable', `The sign-in service answered ${response.status}. Try again.`, { retryAfter: 2 });
		return response;
	};

	const tokens = async (form: Record<string, string>): Promise<TokenSet | undefined> => {
		const response = await post('/oauth2/token', form);
		if (!response.ok) return undefined;
		const set = Tokens.parse(await response.json());
		return {
			accessToken: set.access_token,
			idToken: set.id_token,
			expiresIn: set.expires_in,
			...(set.refresh_token !== undefined && { refreshToken: set.refresh_token }),
		};
	};

	return {
		exchange: (code, verifier, redirectUri) => tokens({ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri }),
		refresh: (refreshToken) => tokens({ grant_type: 'refresh_token', refresh_token: refreshToken }),
		async revoke(token) {
			// RFC 7009 2.2: a token that is worth nothing already is answered with 200, too.
			const { ok, status } = await post('/oauth2/revoke', { token });
			if (!ok) throw new ShellPodError('unavailable', `The sign-in service did not revoke: ${status}.`);
		},
	};
};
