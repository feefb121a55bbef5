/** Amazon CloudFront: one distribution in front of the page's bucket and the APIs. */

import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import * as z from 'zod/mini';
import type { ApiGatewayStandIn } from '../api-gateway/api-gateway.ts';
import { stableId } from '../assembly/names.ts';
import { readProperties } from '../properties.ts';
import type { S3StandIn } from '../s3/s3.ts';
import type { ResourceInput, ResourceOutput, StandIn } from '../stand-in.ts';
import { headerOf, pathOf, unescapePath, type WireRequest, type WireResponse } from '../wire.ts';
import { type Behaviour, behaviourFor, checkDistribution, DistributionConfig, originOf, originRequest } from './distribution.ts';
import { createEdgeFunction, type EdgeFunction } from './edge-function.ts';
import { applyHeadersPolicy, type HeadersPolicy, HeadersPolicyConfig, readHeadersPolicy } from './headers-policy.ts';
import { createSilence, lookMs } from './silence.ts';

export interface CloudFrontStandIn extends StandIn {
	/** A viewer's request for the page's origin. */
	handle(request: WireRequest): Promise<WireResponse>;
	upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, request: WireRequest): void;
}

const plain = (status: number, text: string): WireResponse => ({ status, headers: [['content-type', 'text/plain']], body: Buffer.from(text) });

/** documented: what isn't there is 403 when the distribution may not list the bucket */
const accessDenied: WireResponse = {
	status: 403,
	headers: [['content-type', 'application/xml']],
	body: Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'),
};

const apiHost = /^([a-z0-9]+)\.execute-api\./;

const FunctionProperties = z.strictObject({
	Name: z.string(),
	AutoPublish: z.optional(z.boolean()),
	FunctionCode: z.string(),
	FunctionConfig: z.strictObject({ Comment: z.optional(z.string()), Runtime: z.string() }),
});
const PolicyProperties = z.strictObject({ ResponseHeadersPolicyConfig: HeadersPolicyConfig });
const DistributionProperties = z.strictObject({ DistributionConfig, Tags: z.optional(z.unknown()) });

/** Time as it is here; a test moves its own. */
export interface Clock {
	now(): number;
	/** Does it again and again. Gives what ends that. */
	every(ms: number, work: () => void): () => void;
}

const wallClock: Clock = {
	now: Date.now,
	every: (ms, work) => {
		const timer = setInterval(work, ms).unref();
		return () => clearInterval(timer);
	},
};

export const createCloudFront = (buckets: Pick<S3StandIn, 'find' | 'isBucket'>, gateway: ApiGatewayStandIn, clock = wallClock): CloudFrontStandIn => {
	const functions = new Map<string, EdgeFunction>();
	const policies = new Map<string, HeadersPolicy>();
	let config: DistributionConfig | undefined;

	const makeFunction = (input: ResourceInput): ResourceOutput => {
		const { Name: name, FunctionCode: code } = readProperties(FunctionProperties, input);
		const arn = `arn:aws:cloudfront::${input.account}:function/${name}`;
		functions.set(arn, createEdgeFunction(name, code));
		return { ref: arn, attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' } };
	};

	const makePolicy = (input: ResourceInput): ResourceOutput => {
		const id = stableId(input, 24);
		policies.set(id, readHeadersPolicy(readProperties(PolicyProperties, input).ResponseHeadersPolicyConfig));
		return { ref: id, attributes: { Id: id } };
	};

	const makeDistribution = (input: ResourceInput): ResourceOutput => {
		if (config) throw new Error(`${input.logicalId}: local mode knows one distribution only`);
		config = readProperties(DistributionProperties, input).DistributionConfig;
		checkDistribution(config);
		for (const one of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) {
			if (one.ResponseHeadersPolicyId !== undefined && !policies.has(one.ResponseHeadersPolicyId))
				throw new Error(`the response headers policy ${one.ResponseHeadersPolicyId} is not known to local mode`);
			const { DomainName: host } = originOf(config, one);
			if (!buckets.isBucket(host) && !apiHost.test(host)) throw new Error(`the origin ${host} is not known to local mode`);
		}
		const id = `E${stableId(input, 13).toUpperCase()}`;
		return { ref: id, attributes: { Id: id, DomainName: `d${stableId(input, 13)}.cloudfront.net` } };
	};

	const makers: Record<string, (input: ResourceInput) => ResourceOutput> = {
		'AWS::CloudFront::Function': makeFunction,
		'AWS::CloudFront::ResponseHeadersPolicy': makePolicy,
		'AWS::CloudFront::Distribution': makeDistribution,
	};

	const fromBucket = async (host: string, request: WireRequest, root: string): Promise<WireResponse> => {
		if (request.method !== 'GET' && request.method !== 'HEAD') return accessDenied;
		const path = pathOf(request.target);
		const key = path === '/' ? root : path.slice(1);
		const object = buckets.find(host, unescapePath(key));
		if (!object) return accessDenied;
		const headers = Object.entries(object.headers);
		const wanted = headerOf(request.headers, 'if-none-match')
			?.split(',')
			.map((one) => one.trim().replace(/^W\//, ''));
		if (wanted?.includes(object.headers.etag ?? '')) return { status: 304, headers, body: Buffer.alloc(0) };
		return { status: 200, headers, body: await readFile(object.file) };
	};

	const decorated = (response: WireResponse, one: Behaviour): WireResponse => {
		const policy = one.ResponseHeadersPolicyId === undefined ? undefined : policies.get(one.ResponseHeadersPolicyId);
		return policy ? { ...response, headers: applyHeadersPolicy(policy, response.headers) } : response;
	};

	const handle = async (viewer: WireRequest): Promise<WireResponse> => {
		if (!config) return plain(503, 'the stack has no distribution\n');
		const one = behaviourFor(config, pathOf(viewer.target));
		if (!one.AllowedMethods.includes(viewer.method)) return plain(403, 'This distribution does not allow this HTTP method.\n');
		let request = viewer;
		for (const { FunctionARN: arn } of one.FunctionAssociations) {
			const result = await functions.get(arn)?.(request);
			if (result?.kind === 'response') return decorated(result.response, one);
			if (result) request = result.request;
		}
		const origin = originOf(config, one);
		const api = apiHost.exec(origin.DomainName)?.[1];
		// the validator of a cached copy is CloudFront's own business, so it reads the viewer's header
		const response = api
			? await gateway.handle(api, originRequest(request, one, origin), () => ({
					problem: 'MissingAuthenticationToken',
					message: 'not signed for this host',
				}))
			: await fromBucket(origin.DomainName, request, config.DefaultRootObject);
		return decorated(response, one);
	};

	return {
		types: Object.keys(makers),
		create: (input) => {
			const make = makers[input.type];
			if (!make) throw new Error(`CloudFront's stand-in does not provide ${input.type}`);
			return make(input);
		},
		handle,
		upgrade: (incoming, socket, head, request) => {
			if (!config) return void socket.destroy();
			const one = behaviourFor(config, pathOf(request.target));
			const origin = originOf(config, one);
			const api = apiHost.exec(origin.DomainName)?.[1];
			if (!api) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
			const seen = originRequest(request, one, origin);
			const silent = createSilence(clock.now());
			const end = clock.every(lookMs, () => {
				if (silent((socket as Socket).bytesWritten, clock.now())) socket.destroy();
			});
			socket.once('close', end);
			gateway.upgrade(api, incoming, socket, head, seen);
		},
	};
};
