import { claimsOf, safeReturn } from '@shellpod/functions/core/sign-in.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { AccessToken, Problem } from '@shellpod/protocol/http.ts';
import { userId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientId, createHttpApi, pageOrigin, signIn as signInAt, signInBase } from '../../support/http-api.ts';
import { holds } from '../../support/property.ts';

type Options = NonNullable<Parameters<typeof createHttpApi>[0]>;
type IdentityOf = NonNullable<Options['identity']>;

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
const tokens = {
	accessToken: jwt({ sub: 'user-1', username: 'ada', auth_time: signInAt }),
	idToken: jwt({ 'cognito:username': 'ada' }),
	expiresIn: 600,
};
const pageHeaders = { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin' };

/** `name=value` of the cookies that were set, and all attributes of one. */
const cookiesOf = (set: readonly string[]) => set.map((one) => one.split(';')[0] ?? '');
const attributesOf = (set: readonly string[], name: string) =>
	set
		.find((one) => one.startsWith(`${name}=`))
		?.split('; ')
		.slice(1)
		.sort();

const signIn = async (options: Options = {}, path = '/api/auth/login?return=/s/aaaaaaaaaaaa') => {
	const api = createHttpApi({
		identity: { exchange: async () => ({ ...tokens, refreshToken: 'refresh-1' }) },
		idTokens: { verify: async () => ({ nonce: Buffer.alloc(24, 3).toString('base64url') }) },
		...options,
	});
	const login = await api.ask({ path, user: null });
	const authorize = new URL(login.headers.location ?? '');
	const state = authorize.searchParams.get('state') ?? '';
	const comeBack = (query: string, cookies: string[] = cookiesOf(login.cookies)) =>
		api.ask({ path: `/api/auth/callback?${query}`, user: null, cookies });
	return { ...api, login, authorize, state, comeBack };
};

describe('login', () => {
	it('leads to the identity provider, with state, nonce and a PKCE challenge', async () => {
		const { login, authorize } = await signIn();
		expect(login).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } });
		expect(`${authorize.origin}${authorize.pathname}`).toBe(`${signInBase}/oauth2/authorize`);
		expect(Object.fromEntries(authorize.searchParams)).toEqual({
			response_type: 'code',
			client_id: clientId,
			redirect_uri: `${pageOrigin}/api/auth/callback`,
			scope: 'openid profile',
			state: expect.stringMatching(/^[\w-]{32}$/),
			nonce: expect.stringMatching(/^[\w-]{32}$/),
			code_challenge: expect.stringMatching(/^[\w-]{43}$/),
			code_challenge_method: 'S256',
		});
	});

	it('remembers it in a cookie that comes along on the way back, and nowhere else', async () => {
		const { login } = await signIn();
		expect(attributesOf(login.cookies, '__Secure-shellpod-sign-in')).toEqual(['HttpOnly', 'Max-Age=900', 'Path=/api/auth', 'SameSite=Lax', 'Secure']);
		expect(login.headers.location).not.toContain(cookiesOf(login.cookies)[0]?.split('=')[1]);
	});
});

describe('callback', () => {
	it('exchanges the code with the verifier, keeps the refresh token from scripts, and goes on to the page', async () => {
		const asked: Parameters<IdentityOf['exchange'] & object>[] = [];
		const exchange: IdentityOf['exchange'] = async (...args) => {
			asked.push(args);
			return { ...tokens, refreshToken: 'refresh-1' };
		};
		const { comeBack, state, authorize } = await signIn({ identity: { exchange } });
		const back = await comeBack(`code=code-1&state=${state}`);
		expect(back).toMatchObject({ status: 302, headers: { location: '/s/aaaaaaaaaaaa' } });
		expect(cookiesOf(back.cookies)).toEqual(['__Secure-shellpod-sign-in=', '__Secure-shellpod-refresh=refresh-1']);
		expect(attributesOf(back.cookies, '__Secure-shellpod-refresh')).toEqual([
			'HttpOnly',
			'Max-Age=2592000',
			'Path=/api/auth',
			'SameSite=Strict',
			'Secure',
		]);
		const [[code, verifier, redirectUri] = []] = asked;
		expect([code, redirectUri]).toEqual(['code-1', `${pageOrigin}/api/auth/callback`]);
		const digest = await crypto.subtle.digest('SHA-256', Buffer.from(verifier ?? ''));
		expect(Buffer.from(digest).toString('base64url')).toBe(authorize.searchParams.get('code_challenge'));
	});

	it('[security 8] leads to the provider’s own sign-out when it gives a sign-in that was ended here', async () => {
		const revoked: string[] = [];
		const revoke: IdentityOf['revoke'] = async (token) => void revoked.push(token);
		const { comeBack, state, access } = await signIn({ identity: { exchange: async () => ({ ...tokens, refreshToken: 'refresh-1' }), revoke } });
		const one = userId('user-1');
		await access.put({ ...(await access.get(one)), signedOutUpTo: signInAt });
		const back = await comeBack(`code=code-1&state=${state}`);
		expect(back.headers.location).toBe(`${signInBase}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: `${pageOrigin}/` })}`);
		expect(cookiesOf(back.cookies)).toEqual(['__Secure-shellpod-sign-in=']);
		expect(revoked).toEqual(['refresh-1']);
	});

	it.each([
		['another state', { state: 'x'.repeat(32) }],
		['no state', { state: '' }],
		['no cookie', { cookies: [] }],
		['a cookie that is not ours', { cookies: ['__Secure-shellpod-sign-in=e30'] }],
	])('goes nowhere with %s', async (_, wrong) => {
		const { comeBack, state, login } = await signIn();
		const { state: said = state, cookies = cookiesOf(login.cookies) } = wrong as { state?: string; cookies?: string[] };
		const back = await comeBack(`code=code-1&state=${said}`, cookies);
		expect(back).toMatchObject({ status: 302, headers: { location: '/?signin=expired' } });
		expect(cookiesOf(back.cookies)).toEqual(['__Secure-shellpod-sign-in=']);
	});

	it.each([
		['error=access_denied', '/?signin=denied'],
		['error=server_error', '/?signin=failed'],
		['error=access_denied&code=code-1', '/?signin=denied'],
		['', '/?signin=failed'],
	])('says why nobody is signed in: %s', async (query, location) => {
		const { comeBack, state } = await signIn();
		expect(await comeBack(`${query}&state=${state}`)).toMatchObject({ status: 302, headers: { location } });
	});

	it.each([
		['a refused code', { identity: { exchange: async () => undefined } }, 'failed'],
		['no refresh token', { identity: { exchange: async () => tokens } }, 'failed'],
		['a bad id token', { idTokens: { verify: async () => undefined } }, 'failed'],
		["another's nonce", { idTokens: { verify: async () => ({ nonce: 'x'.repeat(32) }) } }, 'failed'],
		['no nonce', { idTokens: { verify: async () => ({ nonce: undefined }) } }, 'failed'],
		['no answer', { identity: { exchange: async () => Promise.reject(new ShellPodError('unavailable', 'no answer')) } }, 'unavailable'],
	] satisfies [string, Options, string][])('sets no cookie with %s', async (_, options, why) => {
		const { comeBack, state } = await signIn(options);
		const back = await comeBack(`code=code-1&state=${state}`);
		expect(back).toMatchObject({ status: 302, headers: { location: `/?signin=${why}` } });
		expect(cookiesOf(back.cookies)).toEqual(['__Secure-shellpod-sign-in=']);
	});
});

describe('token', () => {
	const cookies = ['a=b', '__Secure-shellpod-refresh=refresh-1'];
	const refresh = (answer: Awaited<ReturnType<IdentityOf['refresh'] & object>>) => createHttpApi({ identity: { refresh: async () => answer } });

	it('gives the page an access token and its name, never the refresh token', async () => {
		const answer = await refresh({ ...tokens, refreshToken: 'refresh-2' }).ask({
			method: 'POST',
			path: '/api/auth/token',
			user: null,
			headers: pageHeaders,
			cookies,
		});
		expect(answer.status).toBe(200);
		expect(AccessToken.parse(answer.json())).toEqual({ accessToken: tokens.accessToken, expiresIn: 600, name: 'ada' });
		expect(answer.body).not.toContain('refresh');
		expect(answer.headers['cache-control']).toBe('no-store');
		expect(cookiesOf(answer.cookies)).toEqual(['__Secure-shellpod-refresh=refresh-2']);
	});

	it('keeps the new refresh token though the table does not answer: the old one is soon worth nothing', async () => {
		const { ask, access } = refresh({ ...tokens, refreshToken: 'refresh-2' });
		access.get = async () => Promise.reject(new Error('no table'));
		const answer = await ask({ method: 'POST', path: '/api/auth/token', user: null, headers: pageHeaders, cookies });
		expect(Problem.parse(answer.json())).toMatchObject({ status: 500, code: 'internal', requestId: 'request-1' });
		expect(cookiesOf(answer.cookies)).toEqual(['__Secure-shellpod-refresh=refresh-2']);
	});

	it('keeps the cookie when the refresh token does not rotate', async () => {
		const answer = await refresh(tokens).ask({ method: 'POST', path: '/api/auth/token', user: null, headers: pageHeaders, cookies });
		expect(answer).toMatchObject({ status: 200, cookies: [] });
	});

	it.each([
		['no header', { 'sec-fetch-site': 'same-origin' }],
		['another site', { ...pageHeaders, 'sec-fetch-site': 'cross-site' }],
		['a sibling', { ...pageHeaders, 'sec-fetch-site': 'same-site' }],
		['no word of the browser', { 'x-shellpod': '1' }],
	])('answers no request with %s', async (_, headers) => {
		const answer = await refresh(tokens).ask({
			method: 'POST',
			path: '/api/auth/token',
			user: null,
			headers: headers as Record<string, string>,
			cookies,
		});
		expect(Problem.parse(answer.json())).toMatchObject({ status: 403, code: 'forbidden' });
	});

	it('says when the sign-in has ended, and forgets it', async () => {
		const answer = await refresh(undefined).ask({ method: 'POST', path: '/api/auth/token', user: null, headers: pageHeaders, cookies });
		expect(Problem.parse(answer.json())).toMatchObject({ status: 401, code: 'unauthenticated', requestId: 'request-1' });
		expect(attributesOf(answer.cookies, '__Secure-shellpod-refresh')).toContain('Max-Age=0');
		const signedOut = await refresh(tokens).ask({ method: 'POST', path: '/api/auth/token', user: null, headers: pageHeaders });
		expect(signedOut).toMatchObject({ status: 401, cookies: [] });
	});

	it('keeps the sign-in when the provider only does not answer', async () => {
		const away = async () => Promise.reject(new ShellPodError('unavailable', 'no answer', { retryAfter: 2 }));
		const answer = await createHttpApi({ identity: { refresh: away } }).ask({
			method: 'POST',
			path: '/api/auth/token',
			user: null,
			headers: pageHeaders,
			cookies,
		});
		expect(answer).toMatchObject({ status: 503, cookies: [], headers: { 'retry-after': '2' } });
	});
});

describe('logout', () => {
	it('revokes, forgets, and signs out at the provider too', async () => {
		const revoked: string[] = [];
		const { ask } = createHttpApi({ identity: { revoke: async (token) => void revoked.push(token) } });
		const answer = await ask({ path: '/api/auth/logout', user: null, cookies: ['__Secure-shellpod-refresh=refresh-1'] });
		expect(revoked).toEqual(['refresh-1']);
		expect(answer.headers.location).toBe(`${signInBase}/logout?client_id=${clientId}&logout_uri=${encodeURIComponent(`${pageOrigin}/`)}`);
		expect(cookiesOf(answer.cookies)).toEqual(['__Secure-shellpod-refresh=', '__Secure-shellpod-sign-in=']);
	});

	it.each(['cross-site', 'same-site'])('signs nobody out for a page that is %s', async (site) => {
		const revoked: string[] = [];
		const { ask } = createHttpApi({ identity: { revoke: async (token) => void revoked.push(token) } });
		const answer = await ask({
			path: '/api/auth/logout',
			user: null,
			cookies: ['__Secure-shellpod-refresh=refresh-1'],
			headers: { 'sec-fetch-site': site },
		});
		expect([answer.headers.location, answer.cookies, revoked]).toEqual(['/', [], []]);
	});

	it('forgets though the provider does not answer', async () => {
		const { ask } = createHttpApi({ identity: { revoke: async () => Promise.reject(new Error('away')) } });
		const answer = await ask({ path: '/api/auth/logout', user: null, cookies: ['__Secure-shellpod-refresh=refresh-1'] });
		expect(attributesOf(answer.cookies, '__Secure-shellpod-refresh')).toContain('Max-Age=0');
	});
});

describe('where a sign-in may lead', () => {
	it.each(['/', '/s/aaaaaaaaaaaa', '/s/aaaaaaaaaaaa?theme=dark#top', '/apix'])('to %s', (path) => {
		expect(safeReturn(path, pageOrigin)).toBe(path);
	});

	it.each([
		undefined,
		'',
		'https://evil.example/',
		'//evil.example',
		'/\\evil.example',
		'/\t/evil.example',
		'\t//evil.example',
		'/./\\evil.example',
		'/.//evil.example',
		'/x/..//evil.example',
		'javascript:alert(1)',
		's/aaaaaaaaaaaa',
		'/api/auth/logout',
		'/api',
		'/x/../api/auth/logout',
		'/%0d%0aset-cookie:%20a=b\r\n',
		`/${'x'.repeat(600)}`,
	])('not to %j', (path) => {
		expect(safeReturn(path, pageOrigin)).toBe('/');
	});

	it('whatever is asked for, it is a path of the page', () => {
		const nasty = fc.string({
			unit: fc.constantFrom('/', '\\', '.', '%2f', '%5c', '@', ':', '?', '#', ' ', '\t', '\n', 'a', 'evil.example', 'api'),
			maxLength: 12,
		});
		holds(
			[nasty],
			(path) => {
				const url = new URL(safeReturn(path, pageOrigin), pageOrigin);
				expect(url.origin).toBe(pageOrigin);
				expect(url.pathname).not.toMatch(/^\/\/|^\/api(\/|$)/);
			},
			500,
		);
	});

	it('reads no claims from what is no token', () => {
		for (const text of ['', 'a', 'a.b', 'a.bnVsbA.c', `a.${Buffer.from('"x"').toString('base64url')}.c`]) expect(claimsOf(text)).toEqual({});
	});
});
