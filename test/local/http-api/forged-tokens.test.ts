/** Forged identity tokens against the product's API behind the gateway's JWT authorizer, with the user pool's own keys and claims. */
import { createHmac, createSign, generateKeyPairSync, type KeyObject, sign as signWith } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '@shellpod/functions/routes/app.ts';
import { gatewayOf, type HttpEvent, requestOf, resultOf } from '@shellpod/functions/routes/http-event.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { createEndpointServer } from '../../../local/endpoints.ts';
import { createVerifier } from '../../../local/sigv4.ts';
import { accessClaims, idClaims } from '../../../local/user-pool/claims.ts';
import { createHttpApi, pageOrigin } from '../../support/http-api.ts';
import { apiArn, functionArn, make, scriptedFunctions, testWorld } from '../scripted.ts';

const clientId = 'client1';
const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const cleanups: (() => unknown)[] = [];
const seconds = (): number => Math.floor(Date.now() / 1000);

const serve = async (listener: RequestListener): Promise<string> => {
	const server = createServer(listener).listen(0, '127.0.0.1');
	await once(server, 'listening');
	cleanups.push(() => server.closeAllConnections());
	cleanups.push(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const issuerOf =
	(base: () => string, { publicKey }: { publicKey: KeyObject }, asked: () => void): RequestListener =>
	(request, response) => {
		asked();
		const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }];
		response.end(JSON.stringify(request.url?.endsWith('jwks.json') ? { keys } : { issuer: base(), jwks_uri: `${base()}/jwks.json` }));
	};

let base = '';
let issuer = '';
/** an attacker's own issuer, and how often anybody asked it */
let evil = '';
let evilAsked = 0;

beforeAll(async () => {
	issuer = await serve(
		issuerOf(
			() => issuer,
			ours,
			() => undefined,
		),
	);
	evil = await serve(
		issuerOf(
			() => evil,
			theirs,
			() => evilAsked++,
		),
	);
	const product = createHttpApi();
	const app = createApp(product.routes, product.stillWanted, product.log);
	const world = testWorld();
	const answer = async (event: HttpEvent) => resultOf(await app.fetch(requestOf(event, pageOrigin), gatewayOf(event)));
	const gateway = createApiGateway(world, scriptedFunctions({ api: answer as (event: never) => unknown }));
	const { Api: ApiId = '' } = await make(gateway, [['Api', 'AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP', Name: 'x' }]]);
	const { Integration = '', Users = '' } = await make(gateway, [
		[
			'Integration',
			'AWS::ApiGatewayV2::Integration',
			{ ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn('api'), PayloadFormatVersion: '2.0' },
		],
		[
			'Users',
			'AWS::ApiGatewayV2::Authorizer',
			{
				ApiId,
				AuthorizerType: 'JWT',
				IdentitySource: ['$request.header.Authorization'],
				JwtConfiguration: { Issuer: issuer, Audience: [clientId] },
			},
		],
	]);
	await make(gateway, [
		[
			'Route',
			'AWS::ApiGatewayV2::Route',
			{ ApiId, RouteKey: 'ANY /api/{proxy+}', Target: `integrations/${Integration}`, AuthorizationType: 'JWT', AuthorizerId: Users },
		],
		['Stage', 'AWS::ApiGatewayV2::Stage', { ApiId, StageName: '$default', AutoDeploy: true }],
	]);
	await gateway.start?.();
	const endpoints = createEndpointServer();
	endpoints.server.listen(0, '127.0.0.1');
	await once(endpoints.server, 'listening');
	const host = `127.0.0.1:${(endpoints.server.address() as AddressInfo).port}`;
	endpoints.serve({
		standIns: [],
		gateway,
		verify: createVerifier(world.credentials, Date.now),
		judge: () => undefined,
		apiArn,
		host,
		log: world.log,
	});
	cleanups.push(
		() => world.remove(),
		() => endpoints.server.close(),
		() => endpoints.server.closeAllConnections(),
	);
	base = `http://${host}/execute-api/${ApiId}`;
});
afterAll(async () => {
	for (const cleanup of cleanups.reverse()) await cleanup();
});

const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const facts = () => ({
	issuer,
	clientId,
	sub: 'user-1',
	userName: 'ann',
	scopes: ['openid', 'profile'],
	authTime: Date.now(),
	originJti: 'o',
	eventId: 'e',
	now: Date.now(),
});
const access = (change: Record<string, unknown> = {}) => ({ ...accessClaims(facts(), 'j', 600_000), ...change });

/** A token with a signature of RS256; by the pool's own key unless it is said otherwise. */
const token = (claims: unknown = access(), header: unknown = {}, key: KeyObject = ours.privateKey): string => {
	const head = typeof header === 'string' ? header : { alg: 'RS256', kid: 'k1', ...(header as object) };
	const input = `${encode(head)}.${encode(claims)}`;
	return `${input}.${createSign('RSA-SHA256').update(input).sign(key, 'base64url')}`;
};
const parts = (): [string, string, string] => token().split('.') as [string, string, string];
const hmac = (header: Record<string, unknown>, secret: string | Buffer): string => {
	const input = `${encode({ typ: 'JWT', kid: 'k1', ...header })}.${encode(access())}`;
	return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
const publicPem = (): string => ours.publicKey.export({ type: 'spki', format: 'pem' }) as string;
const unsigned = (alg: unknown): string => `${encode({ alg, kid: 'k1', typ: 'JWT' })}.${encode(access())}.`;
const root = { sub: 'root', username: 'root' };
const doubled = (name: string, value: string): string => JSON.stringify(access()).replace('{', `{"${name}":${JSON.stringify(value)},`);

const forged: Record<string, () => string> = {
	'no algorithm': () => unsigned('none'),
	'no algorithm, in other letters': () => unsigned('nOnE'),
	'no algorithm, with a good signature of another token': () => `${unsigned('none')}${parts()[2]}`,
	'an empty algorithm': () => unsigned(''),
	'a list of algorithms': () => `${encode({ alg: ['none'], kid: 'k1' })}.${encode(access())}.AAAA`,
	"HS256 with the pool's public key": () => hmac({ alg: 'HS256' }, publicPem()),
	"HS256 with the pool's public key in DER": () => hmac({ alg: 'HS256' }, ours.publicKey.export({ type: 'spki', format: 'der' })),
	"HS256 with the pool's modulus": () => hmac({ alg: 'HS256' }, String(ours.publicKey.export({ format: 'jwk' }).n)),
	'HS256 with an empty key': () => hmac({ alg: 'HS256', kid: '/dev/null' }, ''),
	'RS256 in the header, a mac in the signature': () => hmac({ alg: 'RS256' }, publicPem()),
	'ES256 with a key of its own': () => {
		const input = `${encode({ alg: 'ES256', kid: 'k1' })}.${encode(access())}`;
		return `${input}.${signWith('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
	},
	'ES256 with the all-zero signature': () => `${encode({ alg: 'ES256', kid: 'k1' })}.${encode(access())}.${Buffer.alloc(64).toString('base64url')}`,
	'PS256 over a signature of RS256': () => token(access(), { alg: 'PS256' }),
	'RS512 over a signature of RS256': () => token(access(), { alg: 'RS512' }),
	'another key under the right id': () => token(access(), {}, theirs.privateKey),
	'an unknown key id': () => token(access(), { kid: 'k2' }, theirs.privateKey),
	'no key id': () => token(access(), { kid: undefined }),
	'a key id that is a path': () => token(access(), { kid: '../../../../dev/null' }, theirs.privateKey),
	'a key id of the prototype': () => token(access(), { kid: '__proto__' }, theirs.privateKey),
	'a key in its own header': () => token(access(), { jwk: theirs.publicKey.export({ format: 'jwk' }) }, theirs.privateKey),
	'an address of keys in its own header': () => token(access(), { jku: `${evil}/jwks.json`, x5u: `${evil}/jwks.json` }, theirs.privateKey),
	'another issuer, well signed by it': () => token(access({ iss: evil }), {}, theirs.privateKey),
	"another issuer's name under the pool's key": () => token(access({ iss: evil })),
	'an issuer that only begins like the pool': () => token(access({ iss: `${issuer}/` })),
	'a list of issuers': () => token(access({ iss: [issuer, evil] })),
	'no issuer': () => token(access({ iss: undefined })),
	'another client': () => token(access({ client_id: 'client2' })),
	'no client': () => token(access({ client_id: undefined })),
	'another audience beside the right client': () => token(access({ aud: 'client2' })),
	'an end that has passed': () => token(access({ exp: seconds() })),
	'an end that passed long ago': () => token(access({ exp: 1, iat: 0 })),
	'no end': () => token(access({ exp: undefined })),
	'an end that is text': () => token(access({ exp: String(seconds() + 600) })),
	'a beginning in the future': () => token(access({ nbf: seconds() + 60 })),
	'a birth in the future': () => token(access({ iat: seconds() + 60 })),
	'the id token instead of the access token': () => token(idClaims(facts(), 'j', 600_000, 'x')),
	'no use': () => token(access({ token_use: undefined })),
	'a use of refresh': () => token(access({ token_use: 'refresh' })),
	'no subject': () => token(access({ sub: undefined })),
	'another payload under a good signature': () => `${parts()[0]}.${encode(access(root))}.${parts()[2]}`,
	'one letter more in the payload': () => `${parts()[0]}.${parts()[1]}A.${parts()[2]}`,
	'another header under a good signature': () => `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${parts()[1]}.${parts()[2]}`,
	'a claim twice, the last one changed after signing': () => `${parts()[0]}.${encode(doubled('sub', 'root'))}.${parts()[2]}`,
	'no signature': () => parts().slice(0, 2).join('.'),
	'an empty signature': () => `${parts()[0]}.${parts()[1]}.`,
	'half a signature': () => token().slice(0, -100),
	'a signature of another token': () => `${parts()[0]}.${parts()[1]}.${token(access(root)).split('.')[2]}`,
	'a signature with something behind it': () => `${token()}!`,
	'a signature in another alphabet': () => `${parts()[0]}.${parts()[1]}.${Buffer.from(parts()[2], 'base64url').toString('base64')}`,
	'four parts': () => `${token()}.${parts()[2]}`,
	'five parts, as an encrypted token has': () => `${token()}.a.b`,
	'a payload that is a list': () => token([access()]),
	'a payload that is null': () => token('null'),
	'a header that is no JSON': () => token(access(), 'RS256'),
	'nothing but dots': () => '..',
	'a token in a token': () => token(token(), { cty: 'JWT' }),
	'two tokens': () => `${token(access(), {}, theirs.privateKey)}, Bearer ${token()}`,
};

const ask = (authorization?: string) => fetch(`${base}/api/me`, { headers: authorization === undefined ? {} : { authorization } });

describe('[security 10] the API', () => {
	it('takes the access token of its own pool for its own client', async () => {
		const answer = await ask(`Bearer ${token()}`);
		expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ id: 'user-1', name: 'ann' })]);
	});

	it.each(Object.entries(forged))('refuses %s', async (_, forge) => {
		const answer = await ask(`Bearer ${forge()}`);
		expect([answer.status, await answer.text()]).toEqual([401, expect.not.stringContaining('user-1')]);
	});

	it('refuses a good token that comes in another way, and nobody at all', async () => {
		const good = token();
		for (const authorization of [undefined, '', 'Bearer', `Basic ${good}`, `Bearer Bearer ${good}`, `Bearer ${good} x`])
			expect([authorization, (await ask(authorization)).status]).toEqual([authorization, 401]);
		for (const answer of [
			await fetch(`${base}/api/me?access_token=${good}`),
			await fetch(`${base}/api/me`, { headers: { cookie: `access_token=${good}` } }),
			await fetch(`${base}/api/me`, { headers: { 'x-amzn-oidc-data': good, 'x-forwarded-authorization': `Bearer ${good}` } }),
		])
			expect(answer.status).toBe(401);
	});

	it('never asks the addresses that a token brings along', () => expect(evilAsked).toBe(0));
});
