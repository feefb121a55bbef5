/**
 * Signing in by the control plane: authorization code with PKCE, state and nonce. The refresh token stays in an HttpOnly cookie,
 * the page gets access tokens only.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { AccessToken } from '@shellpod/protocol/http.ts';
import type { Revocations } from '../core/revocations.ts';
import { challengeOf, claimsOf, decodePending, encodePending, newPending, type SignedIn, safeReturn, signInOf } from '../core/sign-in.ts';
import type { Identity, IdTokens, Log, TokenSet } from '../ports.ts';
import { clearCookie, pendingCookie, readCookie, refreshCookie, setCookie } from './cookies.ts';
import { problemResponse } from './problems.ts';
import { type Call, json, type Route } from './route.ts';

export interface AuthRoutesDeps {
	identity: Identity;
	idTokens: IdTokens;
	revocations: Pick<Revocations, 'signOut'>;
	/** throws for a sign-in that is not wanted any more */
	stillWanted: (one: SignedIn) => Promise<void>;
	random: (bytes: number) => Uint8Array;
	clientId: string;
	/** base of the identity provider's pages */
	signInBase: string;
	pageOrigin: string;
	log: Log;
}

/** Why a sign-in did not come about, for the page: `/?signin=<code>`. */
type Failure = 'denied' | 'expired' | 'failed' | 'unavailable';

export const authRoutes = ({
	identity,
	idTokens,
	revocations,
	stillWanted,
	random,
	clientId,
	signInBase,
	pageOrigin,
	log,
}: AuthRoutesDeps): Route[] => {
	const redirectUri = `${pageOrigin}/api/auth/callback`;

	const redirect = (location: string, ...cookies: string[]): Response => {
		const headers = new Headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
		for (const cookie of cookies) headers.append('set-cookie', cookie);
		return new Response(null, { status: 302, headers });
	};

	/** Where the browser's own sign-in at the provider ends; it comes back to the page. */
	const toProvidersLogout = (...cookies: string[]): Response => {
		const query = new URLSearchParams({ client_id: clientId, logout_uri: `${pageOrigin}/` });
		return redirect(`${signInBase}/logout?${query}`, ...cookies);
	};

	const failed = (why: Failure): Response => redirect(`/?signin=${why}`, clearCookie(pendingCookie));

	const login = ({ url }: Call): Response => {
		const pending = newPending(random, safeReturn(url.searchParams.get('return') ?? undefined, pageOrigin));
		const query = new URLSearchParams({
			response_type: 'code',
			client_id: clientId,
			redirect_uri: redirectUri,
			scope: 'openid profile',
			state: pending.state,
			nonce: pending.nonce,
			code_challenge: challengeOf(pending.verifier),
			code_challenge_method: 'S256',
		});
		return redirect(`${signInBase}/oauth2/authorize?${query}`, setCookie(pendingCookie, encodePending(pending)));
	};

	/** Why a sign-in is not wanted: by itself, or because of its user. */
	const refusalOf = async (one: SignedIn): Promise<ShellPodError | undefined> => {
		try {
			await stillWanted(one);
			return undefined;
		} catch (error) {
			if (error instanceof ShellPodError) return error;
			throw error;
		}
	};

	const callback = async ({ url, request }: Call): Promise<Response> => {
		const pending = decodePending(readCookie(request, pendingCookie));
		// No cookie: too late, another browser, or not begun here. The same answer to a state that is not this browser's.
		if (!pending || url.searchParams.get('state') !== pending.state) return failed('expired');
		const code = url.searchParams.get('code');
		if (url.searchParams.has('error') || !code) return failed(url.searchParams.get('error') === 'access_denied' ? 'denied' : 'failed');
		try {
			const tokens = await identity.exchange(code, pending.verifier, redirectUri);
			const checked = tokens && (await idTokens.verify(tokens.idToken));
			if (!tokens?.refreshToken || checked?.nonce !== pending.nonce) return failed('failed');
			const signedIn = signInOf(tokens.accessToken);
			if (signedIn && (await refusalOf(signedIn))?.code === 'unauthenticated') {
				// The provider's cookie outlives what an operator ends: without this it would give the same sign-in again and again.
				await revoke([tokens.refreshToken]);
				return toProvidersLogout(clearCookie(pendingCookie));
			}
			return redirect(safeReturn(pending.returnTo, pageOrigin), clearCookie(pendingCookie), setCookie(refreshCookie, tokens.refreshToken));
		} catch (error) {
			log.error('sign_in_failed', error);
			return failed('unavailable');
		}
	};

	const signedOut = (requestId: string): Response => {
		const response = problemResponse(new ShellPodError('unauthenticated', 'Your sign-in has ended. Sign in again.'), requestId);
		response.headers.append('set-cookie', clearCookie(refreshCookie));
		return response;
	};

	const answerOf = async ({ accessToken, idToken, expiresIn }: TokenSet, requestId: string): Promise<Response> => {
		try {
			const refreshed = signInOf(accessToken);
			const refused = refreshed && (await refusalOf(refreshed));
			if (!refreshed || refused?.code === 'unauthenticated') return signedOut(requestId);
			if (refused) throw refused;
			const claims = { ...claimsOf(idToken), ...claimsOf(accessToken) };
			const name = [claims.username, claims['cognito:username'], claims.sub].find((one) => typeof one === 'string') ?? '';
			return json(200, { accessToken, expiresIn, name } satisfies AccessToken);
		} catch (error) {
			if (!(error instanceof ShellPodError)) log.error('access_not_known', error, { requestId });
			return problemResponse(error, requestId);
		}
	};

	const token = async ({ request, requestId }: Call): Promise<Response> => {
		// A form of another site can't set the header, and the browser itself says where the request comes from.
		if (request.headers.get('x-shellpod') !== '1' || request.headers.get('sec-fetch-site') !== 'same-origin')
			throw new ShellPodError('forbidden', 'Only the page itself may ask for this.');
		const refreshToken = readCookie(request, refreshCookie);
		if (!refreshToken) throw new ShellPodError('unauthenticated', 'Sign in first.');
		const tokens = await identity.refresh(refreshToken);
		if (!tokens) return signedOut(requestId);
		const response = await answerOf(tokens, requestId);
		// Whatever went wrong since: the token that was sent is soon worth nothing, and who has no other is signed out.
		if (response.status !== 401 && tokens.refreshToken) response.headers.append('set-cookie', setCookie(refreshCookie, tokens.refreshToken));
		return response;
	};

	const revoke = async (tokens: readonly string[]): Promise<boolean> => {
		// At once: who signs out waits, and the gateway gives up after 30 s.
		const answers = await Promise.allSettled(tokens.map((token) => identity.revoke(token)));
		const failures = answers.filter((answer) => answer.status === 'rejected');
		// The cookie goes all the same, and the sign-in is remembered as ended.
		for (const { reason } of failures) log.error('revoke_failed', reason);
		return failures.length === 0;
	};

	/** Ends the sign-in that a refresh token is of, here and at the provider. */
	const endSignIn = async (refreshToken: string): Promise<void> => {
		try {
			// Only the provider knows whose it is, and says it with new tokens; the newest goes first.
			const tokens = await identity.refresh(refreshToken).catch((error: unknown) => {
				log.error('sign_in_not_known', error);
				return undefined;
			});
			const revoked = await revoke([...(tokens?.refreshToken ? [tokens.refreshToken] : []), refreshToken]);
			const ended = tokens && signInOf(tokens.accessToken);
			if (ended) await revocations.signOut(ended.user, ended.signIn, revoked);
		} catch (error) {
			log.error('sign_out_failed', error);
		}
	};

	const logout = async ({ request }: Call): Promise<Response> => {
		// A link or an image of another origin signs nobody out, though its site be the same.
		const from = request.headers.get('sec-fetch-site') ?? 'none';
		if (from !== 'same-origin' && from !== 'none') return redirect('/');
		const refreshToken = readCookie(request, refreshCookie);
		if (refreshToken) await endSignIn(refreshToken);
		return toProvidersLogout(clearCookie(refreshCookie), clearCookie(pendingCookie));
	};

	return [
		{
			method: 'GET',
			path: '/api/auth/login',
			operation: 'login',
			summary: 'To the identity provider, and back to `return`',
			open: true,
			status: 302,
			answer: login,
		},
		{
			method: 'GET',
			path: '/api/auth/callback',
			operation: 'loginCallback',
			summary: 'Back from the identity provider',
			open: true,
			status: 302,
			answer: callback,
		},
		{
			method: 'POST',
			path: '/api/auth/token',
			operation: 'createAccessToken',
			summary: 'A new access token for the page that is signed in',
			open: true,
			status: 200,
			result: AccessToken,
			errors: ['unauthenticated', 'forbidden'],
			answer: token,
		},
		{
			method: 'GET',
			path: '/api/auth/logout',
			operation: 'logout',
			summary: 'Sign out here and at the identity provider',
			open: true,
			status: 302,
			answer: logout,
		},
	];
};
