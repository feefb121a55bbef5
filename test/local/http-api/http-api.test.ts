import { createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsClient } from 'aws4fetch';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { createEndpointServer } from '../../../local/endpoints.ts';
import type { Judge } from '../../../local/iam/judge.ts';
import { createVerifier } from '../../../local/sigv4.ts';
import { apiArn, functionArn, make, scriptedFunctions, testWorld } from '../scripted.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const now = (): number => Math.floor(Date.now() / 1000);

/** An issuer that serves its public key, and makes tokens. */
const startIssuer = async () => {
	const server = createServer((request, response) => {
		const document = request.url?.endsWith('jwks.json')
			? { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] }
			: { jwks_uri: `${issuer}/.well-known/jwks.json` };
		response.end(JSON.stringify(document));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	cleanups.push(
		() => server.closeAllConnections(),
		() => server.close(),
	);
	const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`;
	const token = (over: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string => {
		const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
		const claims = { iss: issuer, client_id: 'client1', sub: 'u1', username: 'ann', exp: now() + 60, iat: now(), scope: 'openid profile', ...over };
		const input = `${encode({ alg: 'RS256', kid: 'k1', ...header })}.${encode(claims)}`;
		return `${input}.${createSign('RSA-SHA256').update(input).sign(privateKey, 'base64url')}`;
	};
	return { issuer, token };
};

const start = async (
	handler: (event: never) => unknown = (event) => ({ statusCode: 200, body: JSON.stringify(event) }),
	timeoutMs?: number,
	judge: Judge = () => undefined,
) => {
	const { issuer, token } = await startIssuer();
	const world = testWorld();
	const lambda = scriptedFunctions({ api: handler });
	const gateway = createApiGateway(world, lambda);
	const { Api: api = '' } = await make(gateway, [['Api', 'AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP', Name: 'x' }]]);
	const { Integration: integration = '', Users: users = '' } = await make(gateway, [
		[
			'Integration',
			'AWS::ApiGatewayV2::Integration',
			{
				ApiId: api,
				IntegrationType: 'AWS_PROXY',
				IntegrationUri: functionArn('api'),
				PayloadFormatVersion: '2.0',
				...(timeoutMs && { TimeoutInMillis: timeoutMs }),
			},
		],
		[
			'Users',
			'AWS::ApiGatewayV2::Authorizer',
			{
				ApiId: api,
				AuthorizerType: 'JWT',
				IdentitySource: ['$request.header.Authorization'],
				JwtConfiguration: { Issuer: issuer, Audience: ['client1'] },
			},
		],
	]);
	const route = (RouteKey: string, more: Record<string, unknown> = {}) =>
		[RouteKey, 'AWS::ApiGatewayV2::Route', { ApiId: api, RouteKey, Target: `integrations/${integration}`, ...more }] as const;
	await make(gateway, [
		route('ANY /api/{proxy+}', { AuthorizationType: 'JWT', AuthorizerId: users }),
		route('GET /api/scoped', { AuthorizationType: 'JWT', AuthorizerId: users, AuthorizationScopes: ['admin'] }),
		route('GET /api/open'),
		route('GET /api/things/{id}'),
		route('POST /agent/tickets', { AuthorizationType: 'AWS_IAM' }),
		['Stage', 'AWS::ApiGatewayV2::Stage', { ApiId: api, StageName: '$default', AutoDeploy: true }],
	]);
	await gateway.start?.();
	const endpoints = createEndpointServer();
	endpoints.server.listen(0, '127.0.0.1');
	await once(endpoints.server, 'listening');
	const host = `127.0.0.1:${(endpoints.server.address() as AddressInfo).port}`;
	const verify = createVerifier(world.credentials, Date.now);
	endpoints.serve({ standIns: [], gateway, verify, judge, apiArn, host, log: world.log });
	cleanups.push(
		() => world.remove(),
		() => endpoints.server.close(),
		() => endpoints.server.closeAllConnections(),
	);
	const base = `http://${host}/execute-api/${api}`;
	const get = (path: string, headers: Record<string, string> = {}) => fetch(`${base}${path}`, { headers });
	return { base, api, get, token, lambda };
};

const eventOf = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as Record<string, unknown>;

describe('the event', () => {
	it('has payload format 2.0', async () => {
		const { base } = await start();
		const response = await fetch(`${base}/api/open?a=1&a=2&b=x%20y`, {
			headers: { Cookie: 'one=1; two=2', 'X-Twice': 'a, b', 'User-Agent': 'test' },
		});
		const event = await eventOf(response);
		expect(event).toMatchObject({
			version: '2.0',
			routeKey: 'GET /api/open',
			rawPath: '/api/open',
			rawQueryString: 'a=1&a=2&b=x%20y',
			cookies: ['one=1', 'two=2'],
			queryStringParameters: { a: '1,2', b: 'x y' },
			isBase64Encoded: false,
			requestContext: {
				accountId: '000000000000',
				http: { method: 'GET', path: '/api/open', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
				stage: '$default',
				time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
			},
		});
		expect(event.headers).toMatchObject({ 'x-twice': 'a, b' });
		expect(event.headers).not.toHaveProperty('cookie');
		expect(event).not.toHaveProperty('body');
	});

	it('has JSON as text, forms in base64, and path parameters', async () => {
		const { base, token } = await start();
		const authorization = `Bearer ${token()}`;
		const post = (type: string, body: string) =>
			fetch(`${base}/api/a/b`, { method: 'POST', headers: { authorization, 'content-type': type }, body }).then(eventOf);
		expect(await post('application/json', '{"é":1}')).toMatchObject({ body: '{"é":1}', isBase64Encoded: false, pathParameters: { proxy: 'a/b' } });
		expect(await post('application/x-www-form-urlencoded', 'a=1')).toMatchObject({ body: 'YT0x', isBase64Encoded: true });
	});
});

describe('routes', () => {
	it('are chosen by how exact they are', async () => {
		const { get, base } = await start();
		expect((await eventOf(await get('/api/open'))).routeKey).toBe('GET /api/open');
		expect(await eventOf(await get('/api/things/7'))).toMatchObject({ routeKey: 'GET /api/things/{id}', pathParameters: { id: '7' } });
		for (const path of ['/api', '/api/', '/else']) expect((await get(path)).status, path).toBe(404);
		expect(await (await get('/else')).json()).toEqual({ message: 'Not Found' });
		// another method of an exact path falls to the greedy route, which wants a token
		expect((await fetch(`${base}/api/open`, { method: 'POST' })).status).toBe(401);
	});
});

describe('the JWT authorizer', () => {
	it('hands claims over as text', async () => {
		const { get, token } = await start();
		const { requestContext } = (await eventOf(await get('/api/x', { authorization: `Bearer ${token({ groups: ['a', 'b'] })}` }))) as {
			requestContext: { authorizer: { jwt: { claims: Record<string, string>; scopes: unknown } } };
		};
		const { claims, scopes } = requestContext.authorizer.jwt;
		expect(claims).toMatchObject({ sub: 'u1', username: 'ann', groups: '[a b]', exp: expect.stringMatching(/^\d+$/) });
		expect(scopes).toBeNull();
	});

	it('[aws-F1b] takes an aud as well as a client_id', async () => {
		const { get, token } = await start();
		const status = async (over: Record<string, unknown>) => (await get('/api/x', { authorization: token(over) })).status;
		expect(await status({ aud: 'client1', client_id: undefined })).toBe(200);
		expect(await status({ aud: ['other', 'client1'] })).toBe(200);
		expect(await status({ aud: 'other' })).toBe(401);
	});

	it('[aws-F1b] refuses everything else', async () => {
		const { get, token } = await start();
		const bad: Record<string, string> = {
			expired: token({ exp: now() - 1 }),
			'not yet': token({ nbf: now() + 60 }),
			'issued in the future': token({ iat: now() + 60 }),
			'another issuer': token({ iss: 'https://else.example' }),
			'another client': token({ client_id: 'other' }),
			'another key': token({}, { kid: 'k2' }),
			unsigned: token({}, { alg: 'none' }),
			symmetric: token({}, { alg: 'HS256' }),
			changed: token().replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`),
			nonsense: 'x',
		};
		for (const [name, one] of Object.entries(bad)) {
			const response = await get('/api/x', { authorization: `Bearer ${one}` });
			expect([name, response.status, await response.text()]).toEqual([name, 401, '{"message":"Unauthorized"}']);
		}
		expect((await get('/api/x')).status).toBe(401);
	});

	it('[aws-F1b] asks for a scope of the route', async () => {
		const { get, token } = await start();
		expect((await get('/api/scoped', { authorization: token() })).status).toBe(403);
		expect(await eventOf(await get('/api/scoped', { authorization: token({ scope: 'admin openid' }) }))).toMatchObject({
			requestContext: { authorizer: { jwt: { scopes: ['admin', 'openid'] } } },
		});
	});
});

describe('IAM authorization', () => {
	it('hands the caller over as an assumed role, without the path of the role', async () => {
		const { base } = await start();
		const aws = new AwsClient({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret', service: 'execute-api', region: 'us-east-1' });
		const event = await eventOf(await aws.fetch(`${base}/agent/tickets`, { method: 'POST', body: '{}' }));
		expect(event).toMatchObject({
			requestContext: { authorizer: { iam: { userArn: 'arn:aws:sts::000000000000:assumed-role/home-1/task1', accountId: '000000000000' } } },
		});
	});

	it("asks for execute-api:Invoke on the route's ARN, and answers a refusal with 403", async () => {
		const asked: unknown[] = [];
		const { base, api, lambda } = await start(undefined, undefined, (principal, needs) => {
			asked.push([principal.sessionName, needs]);
			return 'no';
		});
		const aws = new AwsClient({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret', service: 'execute-api', region: 'us-east-1' });
		const response = await aws.fetch(`${base}/agent/tickets?x=1`, { method: 'POST', body: '{}' });
		expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
		const resource = `arn:aws:execute-api:us-east-1:000000000000:${api}/$default/POST/agent/tickets`;
		expect(asked).toEqual([['task1', [{ action: 'execute-api:Invoke', resources: [resource] }]]]);
		expect(lambda.invoked).toEqual([]);
	});

	it('refuses a request that is not signed, or signed by another', async () => {
		const { base } = await start();
		const aws = new AwsClient({ accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'wrong', service: 'execute-api', region: 'us-east-1', retries: 0 });
		for (const response of [await fetch(`${base}/agent/tickets`, { method: 'POST' }), await aws.fetch(`${base}/agent/tickets`, { method: 'POST' })])
			expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }]);
	});
});

describe('the answer', () => {
	it('has status, headers, cookies and body of the function', async () => {
		const { get } = await start(() => ({
			statusCode: 201,
			headers: { 'X-A': 'b' },
			cookies: ['a=1; Path=/', 'b=2'],
			body: 'aMOp',
			isBase64Encoded: true,
		}));
		const response = await get('/api/open');
		expect([response.status, response.headers.get('x-a'), response.headers.getSetCookie(), await response.text()]).toEqual([
			201,
			'b',
			['a=1; Path=/', 'b=2'],
			'hé',
		]);
	});

	it('is 200 with JSON when the function gives no status', async () => {
		const { get } = await start(() => ({ a: 1 }));
		const response = await get('/api/open');
		expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([200, 'application/json', { a: 1 }]);
	});

	it("is AWS's own when the function fails, answers nonsense or takes too long", async () => {
		const broken = await start(() => Promise.reject(new Error('x')));
		expect([(await broken.get('/api/open')).status, await (await broken.get('/api/open')).json()]).toEqual([
			500,
			{ message: 'Internal Server Error' },
		]);
		const nonsense = await start(() => ({ statusCode: 'many' }));
		expect((await nonsense.get('/api/open')).status).toBe(500);
		const slow = await start(() => new Promise(() => {}), 50);
		const response = await slow.get('/api/open');
		expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
	});
});

describe('limits', () => {
	it('are 10 MB of body and 10,240 bytes of headers', async () => {
		const { base, lambda } = await start();
		const post = await fetch(`${base}/api/open`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
		expect(post.status).toBe(413);
		expect((await fetch(`${base}/api/open`, { headers: { 'x-long': 'x'.repeat(10_240) } })).status).toBe(431);
		expect(lambda.invoked).toEqual([]);
	});
});
