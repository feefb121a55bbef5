import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { relay } from '@shellpod/protocol/limits.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiGatewayStandIn } from '../../../local/api-gateway/api-gateway.ts';
import { createCloudFront } from '../../../local/page/cloudfront.ts';
import { createEdgeFunction } from '../../../local/page/edge-function.ts';
import { createSilence, lookMs, silenceMs } from '../../../local/page/silence.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { headerOf, type WireRequest } from '../../../local/wire.ts';
import { make, testWorld } from '../scripted.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
	for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

const disabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const optimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const allButHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const routing = `function handler(event) {
	var request = event.request;
	if (request.uri === '/teapot') return { statusCode: 418, headers: { 'x-brew': { value: 'tea' } } };
	if (request.uri.split('/').pop().indexOf('.') === -1) request.uri = '/index.html';
	return request;
}`;

/** An API that answers with what it got. */
const echoingGateway = (): ApiGatewayStandIn => ({
	types: [],
	create: () => ({ ref: '', attributes: {} }),
	handle: async (apiId, request) => ({
		status: 404,
		headers: [['X-Frame-Options', 'SAMEORIGIN']],
		body: Buffer.from(JSON.stringify({ apiId, target: request.target, headers: request.headers })),
	}),
	upgrade: () => {},
	sockets: () => [],
});

const start = async (over: { distribution?: Record<string, unknown>; deployment?: Record<string, unknown> } = {}) => {
	const asset = mkdtempSync(join(tmpdir(), 'page-'));
	for (const [file, text] of Object.entries({ 'index.html': '<p>page</p>', 'assets/app-1.js': 'go()', 'assets/a b.css': 'p{}' })) {
		mkdirSync(dirname(join(asset, file)), { recursive: true });
		writeFileSync(join(asset, file), text);
	}
	const world = testWorld({ asset: () => asset });
	cleanups.push(
		() => rmSync(asset, { recursive: true }),
		() => world.remove(),
	);
	const buckets = createS3(world);
	const cloudFront = createCloudFront(buckets, echoingGateway());
	const { Bucket: bucket = '' } = await make(buckets, [['Bucket', 'AWS::S3::Bucket', {}]]);
	const deployment = { ServiceToken: 'arn:x', SourceObjectKeys: ['abc.zip'], DestinationBucketName: bucket, Prune: false };
	await make(buckets, [
		[
			'Assets',
			'Custom::CDKBucketDeployment',
			{ ...deployment, Exclude: ['*'], Include: ['assets/*'], SystemMetadata: { 'cache-control': 'immutable' } },
		],
		[
			'Documents',
			'Custom::CDKBucketDeployment',
			{ ...deployment, Exclude: ['assets/*'], SystemMetadata: { 'cache-control': 'no-cache' }, ...over.deployment },
		],
	]);
	const { Function: edge = '', Headers: headers = '' } = await make(cloudFront, [
		['Function', 'AWS::CloudFront::Function', { Name: 'routing', FunctionCode: routing, FunctionConfig: { Runtime: 'cloudfront-js-2.0' } }],
		[
			'Headers',
			'AWS::CloudFront::ResponseHeadersPolicy',
			{
				ResponseHeadersPolicyConfig: {
					Name: 'h',
					SecurityHeadersConfig: { FrameOptions: { FrameOption: 'DENY', Override: true }, ContentTypeOptions: { Override: true } },
					CustomHeadersConfig: { Items: [{ Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin', Override: true }] },
				},
			},
		],
	]);
	const api = { TargetOriginId: 'api', ViewerProtocolPolicy: 'https-only', CachePolicyId: disabled, OriginRequestPolicyId: allButHost };
	await make(cloudFront, [
		[
			'Distribution',
			'AWS::CloudFront::Distribution',
			{
				DistributionConfig: {
					Enabled: true,
					DefaultRootObject: 'index.html',
					DefaultCacheBehavior: {
						TargetOriginId: 'page',
						ViewerProtocolPolicy: 'redirect-to-https',
						CachePolicyId: optimized,
						ResponseHeadersPolicyId: headers,
						FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: edge }],
					},
					CacheBehaviors: [{ PathPattern: '/api/*', ...api, AllowedMethods: ['GET', 'HEAD', 'POST'], ResponseHeadersPolicyId: headers }],
					Origins: [
						{ Id: 'page', DomainName: `${bucket}.s3.us-east-1.amazonaws.com`, S3OriginConfig: { OriginAccessIdentity: '' } },
						{ Id: 'api', DomainName: 'abc.execute-api.us-east-1.amazonaws.com', CustomOriginConfig: {} },
					],
					...over.distribution,
				},
			},
		],
	]);
	return (target: string, more: Partial<WireRequest> = {}) =>
		cloudFront.handle({ method: 'GET', target, headers: [['Host', 'localhost:8080']], body: Buffer.alloc(0), sourceIp: '127.0.0.1', ...more });
};

describe('the page', () => {
	it('comes from the bucket with type, caching and the headers of the policy', async () => {
		const get = await start();
		const page = await get('/');
		expect([page.status, page.body.toString()]).toEqual([200, '<p>page</p>']);
		const expected = { 'content-type': 'text/html', 'cache-control': 'no-cache', 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' };
		for (const [name, value] of Object.entries({ ...expected, 'cross-origin-opener-policy': 'same-origin' }))
			expect(headerOf(page.headers, name)).toBe(value);
		const asset = await get('/assets/app-1.js');
		expect([headerOf(asset.headers, 'content-type'), headerOf(asset.headers, 'cache-control')]).toEqual(['text/javascript', 'immutable']);
		expect((await get('/assets/a%20b.css')).status).toBe(200);
	});

	it('is one document on all its routes, by the function', async () => {
		const get = await start();
		expect((await get('/sessions/abc?x=1')).body.toString()).toBe('<p>page</p>');
		const tea = await get('/teapot');
		expect([tea.status, headerOf(tea.headers, 'x-brew'), headerOf(tea.headers, 'x-frame-options')]).toEqual([418, 'tea', 'DENY']);
	});

	it('answers 304 to who has it, 403 for what is not there and for other methods', async () => {
		const get = await start();
		const etag = headerOf((await get('/')).headers, 'etag') ?? '';
		const again = await get('/', { headers: [['If-None-Match', `"x", W/${etag}`]] });
		expect([again.status, again.body.length]).toEqual([304, 0]);
		for (const path of ['/missing.js', '/..%2f..%2fobjects.json', '/%E0%A4%A.js']) expect((await get(path)).status, path).toBe(403);
		expect((await get('/', { method: 'POST' })).status).toBe(403);
	});
});

describe('the API behind it', () => {
	it('[aws-F2b] gets all of the viewer but the Host, and its answers get the headers of the policy', async () => {
		const get = await start();
		const response = await get('/api/me?a=b', {
			headers: [
				['Host', 'localhost:8080'],
				['Cookie', 'a=1'],
				['Authorization', 'Bearer x'],
				['Connection', 'close'],
			],
		});
		expect([response.status, headerOf(response.headers, 'x-frame-options')]).toEqual([404, 'DENY']);
		const seen = JSON.parse(response.body.toString()) as { apiId: string; target: string; headers: [string, string][] };
		expect([seen.apiId, seen.target]).toEqual(['abc', '/api/me?a=b']);
		expect(headerOf(seen.headers, 'host')).toBe('abc.execute-api.us-east-1.amazonaws.com');
		expect([headerOf(seen.headers, 'cookie'), headerOf(seen.headers, 'authorization'), headerOf(seen.headers, 'connection')]).toEqual([
			'a=1',
			'Bearer x',
			undefined,
		]);
		expect((await get('/api/me', { method: 'DELETE' })).body.toString()).toContain('does not allow');
	});

	it('gets neither query nor headers without an origin request policy', async () => {
		const behaviour = { PathPattern: '/api/*', TargetOriginId: 'api', ViewerProtocolPolicy: 'https-only', CachePolicyId: disabled };
		const get = await start({ distribution: { CacheBehaviors: [behaviour] } });
		const seen = JSON.parse((await get('/api/me?a=b', { headers: [['Cookie', 'a=1']] })).body.toString()) as {
			target: string;
			headers: [string, string][];
		};
		expect([seen.target, headerOf(seen.headers, 'cookie')]).toEqual(['/api/me', undefined]);
	});
});

describe('a WebSocket', () => {
	const minute = 60_000;

	it('[aws-F2a] is cut when its origin has said nothing for 10 minutes, not before', () => {
		const silent = createSilence(0);
		expect([silent(0, 9 * minute), silent(0, silenceMs - 1)]).toEqual([false, false]);
		expect([silent(12, silenceMs), silent(12, silenceMs + 9 * minute)]).toEqual([false, false]);
		expect(silent(12, 2 * silenceMs)).toBe(true);
	});

	it('[aws-F2a] stays while the gateway answers pings, whatever the page sends meanwhile', async () => {
		let now = 0;
		let look = (): void => {};
		let watched = true;
		const every = (_: number, work: () => void) => {
			look = work;
			return () => {
				watched = false;
			};
		};
		const world = testWorld();
		cleanups.push(() => world.remove());
		const cloudFront = createCloudFront(createS3(world), echoingGateway(), { now: () => now, every });
		const behaviour = { TargetOriginId: 'api', ViewerProtocolPolicy: 'https-only', CachePolicyId: disabled, OriginRequestPolicyId: allButHost };
		const Origins = [{ Id: 'api', DomainName: 'abc.execute-api.us-east-1.amazonaws.com', CustomOriginConfig: {} }];
		await make(cloudFront, [
			['Distribution', 'AWS::CloudFront::Distribution', { DistributionConfig: { Enabled: true, DefaultCacheBehavior: behaviour, Origins } }],
		]);
		const socket = Object.assign(new Socket(), { sent: 0 });
		Object.defineProperty(socket, 'bytesWritten', { get: () => socket.sent });
		cloudFront.upgrade({} as IncomingMessage, socket, Buffer.alloc(0), {
			method: 'GET',
			target: '/ws',
			headers: [],
			body: Buffer.alloc(0),
			sourceIp: '127.0.0.1',
		});
		const pass = (ms: number): void => {
			for (const end = now + ms; now < end; now += lookMs) look();
		};
		for (let pongs = 0; pongs < 20; pongs += 1) {
			pass(relay.pingMs);
			socket.sent += 20;
		}
		expect(socket.destroyed).toBe(false);
		pass(silenceMs - minute);
		expect(socket.destroyed).toBe(false);
		pass(2 * minute);
		expect(socket.destroyed).toBe(true);
		await once(socket, 'close');
		expect(watched).toBe(false);
	});
});

describe('what is not known', () => {
	it('is refused by name', async () => {
		const refusals: [Parameters<typeof start>[0], string][] = [
			[{ distribution: { CustomErrorResponses: [{ ErrorCode: 404 }] } }, 'CustomErrorResponses'],
			[
				{
					distribution: {
						Origins: [
							{ Id: 'page', DomainName: 'example.com' },
							{ Id: 'api', DomainName: 'example.com' },
						],
					},
				},
				'the origin example.com',
			],
			[{ deployment: { SystemMetadata: { 'x-odd': '1' } } }, 'the metadata x-odd'],
			[{ deployment: { SourceMarkers: [{ '<<marker>>': 'value' }] } }, 'values of the deployment'],
		];
		for (const [over, message] of refusals) await expect(start(over), message).rejects.toThrow(message);
	});

	it('is out of reach of a function at the edge', async () => {
		const edge = createEdgeFunction(
			'curious',
			"function handler(event) { event.request.uri = '/' + [typeof process, typeof require, typeof fetch]; return event.request; }",
		);
		const result = await edge({ method: 'GET', target: '/', headers: [], body: Buffer.alloc(0), sourceIp: '127.0.0.1' });
		expect(result.kind === 'request' && result.request.target).toBe('/undefined,undefined,undefined');
		const stuck = createEdgeFunction('stuck', 'function handler() { for (;;); }');
		await expect(stuck({ method: 'GET', target: '/', headers: [], body: Buffer.alloc(0), sourceIp: '127.0.0.1' })).rejects.toThrow('timed out');
	});
});
