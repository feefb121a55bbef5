import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JwtVerifier } from 'aws-jwt-verify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StillWorld, stillWorld } from '../../support/world.ts';
import { callback, claimsOf, createSite, type Site, verifier } from './pool-fixture.ts';

let world: StillWorld;
let site: Site;
beforeEach(async () => {
	world = stillWorld();
	site = await createSite(world);
});
afterEach(() => world.remove());

const document = async (path: string): Promise<Record<string, unknown>> => {
	const request = { method: 'GET', path: `/${site.poolId}/.well-known/${path}`, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
	const answer = await site.standIn.open['cognito-idp'](request);
	expect(answer.status).toBe(200);
	return JSON.parse(String(answer.body));
};
const signedIn = async (): Promise<Record<string, string>> => (await site.exchange(await site.code())).body;
const now = () => world.now().getTime() / 1000;

describe('tokens', () => {
	it('carry Cognito’s claims', async () => {
		const { access_token, id_token, ...rest } = await signedIn();
		expect(rest).toEqual({ refresh_token: expect.stringMatching(/^[\w-]{43}$/), token_type: 'Bearer', expires_in: 600 });
		const access = claimsOf(access_token);
		const id = claimsOf(id_token);
		const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
		const common = { sub: uuid, iss: site.issuer, origin_jti: uuid, event_id: uuid, auth_time: now(), iat: now(), exp: now() + 600, jti: uuid };
		expect(access).toEqual({ ...common, token_use: 'access', version: 2, client_id: site.clientId, scope: 'openid profile', username: 'ada' });
		expect(id).toEqual({
			...common,
			token_use: 'id',
			aud: site.clientId,
			'cognito:username': 'ada',
			at_hash: expect.stringMatching(/^[\w-]{22}$/),
			nonce: 'no',
		});
		expect(id.jti).not.toBe(access.jti);
		expect([id.sub, id.origin_jti]).toEqual([access.sub, access.origin_jti]);
	});

	it('are signed with the key that the issuer shows', async () => {
		const { access_token = '' } = await signedIn();
		const [header = '', payload = '', signature = ''] = access_token.split('.');
		const { keys } = (await document('jwks.json')) as { keys: { kid: string }[] };
		const key = keys[0];
		expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ kid: key?.kid, alg: 'RS256' });
		const given = createPublicKey({ key: { ...key }, format: 'jwk' });
		expect(verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), given, Buffer.from(signature, 'base64url'))).toBe(true);
		expect(await document('openid-configuration')).toMatchObject({
			issuer: site.issuer,
			jwks_uri: `${site.issuer}/.well-known/jwks.json`,
			token_endpoint: 'http://localhost:8080/_sign-in/p/oauth2/token',
		});
	});

	it('come without an id token when openid was not asked for', async () => {
		const { body } = await site.exchange(await site.code('ada', { scope: 'profile' }));
		expect(body.id_token).toBeUndefined();
		expect(claimsOf(body.access_token).scope).toBe('profile');
	});
});

describe('a code', () => {
	it('is good once', async () => {
		const code = await site.code();
		expect((await site.exchange(code)).status).toBe(200);
		expect(await site.exchange(code)).toEqual({ status: 400, body: { error: 'invalid_grant' } });
	});

	it('is good for 5 min', async () => {
		const code = await site.code();
		world.pass(300_000);
		expect((await site.exchange(code)).body.error).toBe('invalid_grant');
	});

	it.each([
		[{ code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
		[{ code_verifier: '' }, 'invalid_grant'],
		[{ redirect_uri: `${callback}?x` }, 'invalid_grant'],
		[{ client_id: 'nobody' }, 'invalid_client'],
		[{ code: '' }, 'invalid_request'],
		[{ grant_type: 'password' }, 'unsupported_grant_type'],
		[{ grant_type: '' }, 'invalid_request'],
	])('is refused with %j', async (changes, error) => {
		const form = { grant_type: 'authorization_code', client_id: site.clientId, redirect_uri: callback, code_verifier: verifier };
		expect(await site.token({ ...form, code: await site.code(), ...changes })).toEqual({ status: 400, body: { error } });
	});

	it('asked for without a challenge can’t be redeemed with a verifier', async () => {
		const code = await site.code('ada', { code_challenge: null, code_challenge_method: null });
		expect((await site.exchange(code)).body.error).toBe('invalid_grant');
	});
});

describe('a refresh token', () => {
	it('is replaced at each use; the old one is good for 60 s more', async () => {
		const first = await signedIn();
		world.pass(1_000);
		const second = (await site.refresh(first.refresh_token ?? '')).body;
		expect(second.refresh_token).not.toBe(first.refresh_token);
		expect(claimsOf(second.access_token)).toMatchObject({ iat: now(), auth_time: now() - 1, origin_jti: claimsOf(first.access_token).origin_jti });
		expect(claimsOf(second.id_token).nonce).toBeUndefined();
		world.pass(59_999);
		expect((await site.refresh(first.refresh_token ?? '')).status).toBe(200);
		world.pass(1);
		expect(await site.refresh(first.refresh_token ?? '')).toEqual({ status: 400, body: { error: 'invalid_grant' } });
		expect((await site.refresh(second.refresh_token ?? '')).status).toBe(200);
	});

	it('used again within the grace does not earn a new one', async () => {
		const { refresh_token = '' } = await signedIn();
		await site.refresh(refresh_token);
		world.pass(50_000);
		await site.refresh(refresh_token);
		world.pass(10_000);
		expect((await site.refresh(refresh_token)).status).toBe(400);
	});

	it('ends when the first one would have, however often it was replaced', async () => {
		let token = (await signedIn()).refresh_token ?? '';
		for (let day = 0; day < 29; day++) {
			world.pass(86_400_000);
			token = (await site.refresh(token)).body.refresh_token ?? '';
		}
		world.pass(86_400_000);
		expect((await site.refresh(token)).body.error).toBe('invalid_grant');
	});

	it('stays what it is when the client does not rotate', async () => {
		site = await createSite(world, { RefreshTokenRotation: { Feature: 'DISABLED' } });
		const { refresh_token = '' } = await signedIn();
		const { status, body } = await site.refresh(refresh_token);
		expect([status, body.refresh_token]).toEqual([200, undefined]);
		world.pass(3_600_000);
		expect((await site.refresh(refresh_token)).status).toBe(200);
	});

	it('revoked is no good, nor is what came of it', async () => {
		const first = (await signedIn()).refresh_token ?? '';
		const second = (await site.refresh(first)).body.refresh_token ?? '';
		const revoke = (token: string, client_id = site.clientId) => site.post('/oauth2/revoke', { token, client_id });
		expect((await revoke(second, 'nobody')).status).toBe(401);
		expect((await revoke('')).status).toBe(400);
		expect(await revoke(second)).toMatchObject({ status: 200, body: '' });
		for (const token of [first, second]) expect((await site.refresh(token)).body.error).toBe('invalid_grant');
		expect((await revoke(second)).status).toBe(200);
	});

	it('an access token can’t be revoked by itself', async () => {
		const { access_token = '' } = await signedIn();
		const answer = await site.post('/oauth2/revoke', { token: access_token, client_id: site.clientId });
		expect(JSON.parse(String(answer.body))).toEqual({ error: 'unsupported_token_type' });
	});
});

it('keeps no token and no cookie on disk as it is', async () => {
	const { refresh_token = 'none' } = await signedIn();
	const text = readFileSync(join(world.state, 'user-pool', `${site.poolId}.json`), 'utf8');
	expect(text).toContain('"ada"');
	for (const secret of [refresh_token, ...site.cookies.values()]) expect(text).not.toContain(secret);
});

it('satisfies a verifier of Cognito’s tokens', async () => {
	const { access_token = '' } = await signedIn();
	const verifier = JwtVerifier.create({ issuer: site.issuer, audience: null, jwksUri: `${site.issuer}/.well-known/jwks.json` });
	verifier.cacheJwks((await document('jwks.json')) as Parameters<typeof verifier.cacheJwks>[0]);
	expect(verifier.verifySync(access_token).username).toBe('ada');
	expect(() => verifier.verifySync(`${access_token.slice(0, -8)}AAAAAAAA`)).toThrow();
});
