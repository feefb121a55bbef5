import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createIdentity } from '@shellpod/functions/adapters/identity.ts';
import { createTokenVerifier } from '@shellpod/functions/adapters/token-verifier.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnsweringServer, startAnsweringServer } from '../../support/answering-server.ts';

let provider: AnsweringServer;
beforeEach(async () => {
	provider = await startAnsweringServer();
});
afterEach(() => provider.stop());

describe('the token endpoint', () => {
	const identity = () => createIdentity({ base: provider.url, clientId: 'client-1', fetch, timeout: 2_000 });
	const asked = () => provider.asked.map(({ path, body }) => ({ path, ...Object.fromEntries(new URLSearchParams(body)) }));

	it('exchanges a code with its verifier', async () => {
		provider.answer = () => ({ body: { access_token: 'a', id_token: 'i', refresh_token: 'r', expires_in: 600, token_type: 'Bearer' } });
		expect(await identity().exchange('code-1', 'verifier-1', 'https://pod.example/api/auth/callback')).toEqual({
			accessToken: 'a',
			idToken: 'i',
			refreshToken: 'r',
			expiresIn: 600,
		});
		expect(asked()).toEqual([
			{
				path: '/oauth2/token',
				grant_type: 'authorization_code',
				code: 'code-1',
				code_verifier: 'verifier-1',
				redirect_uri: 'https://pod.example/api/auth/callback',
				client_id: 'client-1',
			},
		]);
	});

	it('refreshes, with or without a new refresh token', async () => {
		provider.answer = () => ({ body: { access_token: 'a', id_token: 'i', expires_in: 600 } });
		expect(await identity().refresh('refresh-1')).toEqual({ accessToken: 'a', idToken: 'i', expiresIn: 600 });
		expect(asked()).toEqual([{ path: '/oauth2/token', grant_type: 'refresh_token', refresh_token: 'refresh-1', client_id: 'client-1' }]);
	});

	it('tells a refusal from trouble', async () => {
		provider.answer = () => ({ status: 400, body: { error: 'invalid_grant' } });
		expect(await identity().refresh('refresh-1')).toBeUndefined();
		for (const status of [429, 500, 503]) {
			provider.answer = () => ({ status, body: {} });
			await expect(identity().refresh('refresh-1')).rejects.toMatchObject({ code: 'unavailable', retryAfter: 2 });
		}
		provider.answer = () => 'hang up';
		await expect(identity().refresh('refresh-1')).rejects.toMatchObject({ code: 'unavailable' });
	});

	it('asks again when it is too busy, a few times', async () => {
		const busy = { status: 429, body: {} };
		const answers = [busy, busy, { body: { access_token: 'a', id_token: 'i', expires_in: 600 } }];
		provider.answer = () => answers.shift() ?? busy;
		expect(await identity().refresh('refresh-1')).toMatchObject({ accessToken: 'a' });
		await expect(identity().refresh('refresh-1')).rejects.toMatchObject({ code: 'unavailable' });
		expect(provider.asked).toHaveLength(6);
	});

	it('follows no redirect with a token in hand', async () => {
		provider.answer = () => ({ status: 302, body: '', headers: { location: '/elsewhere' } });
		await expect(identity().refresh('refresh-1')).rejects.toMatchObject({ code: 'unavailable' });
		expect(provider.asked.map(({ path }) => path)).toEqual(['/oauth2/token']);
	});

	it('revokes', async () => {
		await identity().revoke('refresh-1');
		expect(asked()).toEqual([{ path: '/oauth2/revoke', token: 'refresh-1', client_id: 'client-1' }]);
	});

	it.each([400, 401])('does not take a refusal to revoke for done: %d', async (status) => {
		provider.answer = () => ({ status, body: { error: 'unsupported_token_type' } });
		await expect(identity().revoke('refresh-1')).rejects.toMatchObject({ code: 'unavailable' });
	});
});

describe('an id token', () => {
	const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const kid = 'key-1';
	const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
	const sign = (claims: object, key = privateKey): string => {
		const text = `${part({ alg: 'RS256', kid })}.${part(claims)}`;
		return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
	};
	const seconds = () => Math.floor(Date.now() / 1_000);
	const claims = (changes: object = {}) => ({
		iss: provider.url,
		aud: 'client-1',
		sub: randomUUID(),
		token_use: 'id',
		nonce: 'nonce-1',
		iat: seconds(),
		exp: seconds() + 600,
		...changes,
	});
	const verifier = () => {
		provider.answer = () => ({ body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] } });
		return createTokenVerifier({ issuer: provider.url, clientId: 'client-1', fetch, timeout: 2_000 });
	};

	it('gives its nonce; the keys are fetched once, over http too', async () => {
		const { verify } = verifier();
		expect(await verify(sign(claims()))).toEqual({ nonce: 'nonce-1' });
		expect(await verify(sign(claims({ nonce: 'nonce-2' })))).toEqual({ nonce: 'nonce-2' });
		expect(provider.asked.map(({ path }) => path)).toEqual(['/.well-known/jwks.json']);
	});

	it.each<[string, object]>([
		["another issuer's", { iss: 'https://evil.example' }],
		["another client's", { aud: 'client-2' }],
		['an old one', { exp: 1_000 }],
		['an access token', { token_use: 'access' }],
	])('is not good: %s', async (_, changes) => {
		expect(await verifier().verify(sign(claims(changes)))).toBeUndefined();
	});

	it('is not good when another key signed it, or none', async () => {
		const { verify } = verifier();
		expect(await verify(sign(claims(), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey))).toBeUndefined();
		expect(await verify(`${part({ alg: 'none', kid })}.${part(claims())}.`)).toBeUndefined();
		expect(await verify('nonsense')).toBeUndefined();
	});

	it('throws when the keys can not be had: nobody knows then', async () => {
		const { verify } = verifier();
		provider.answer = () => 'hang up';
		await expect(verify(sign(claims()))).rejects.toThrow();
	});
});
