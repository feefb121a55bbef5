/** What a distribution does with a request: which behaviour, which function, which headers, which origin. */
import * as z from 'zod/mini';
import { matchesArn } from '../arn.ts';
import type { WireRequest } from '../wire.ts';

const behaviour = {
	TargetOriginId: z.string(),
	ViewerProtocolPolicy: z.enum(['allow-all', 'redirect-to-https', 'https-only']),
	CachePolicyId: z.string(),
	OriginRequestPolicyId: z.optional(z.string()),
	ResponseHeadersPolicyId: z.optional(z.string()),
	AllowedMethods: z._default(z.array(z.string()), ['GET', 'HEAD']),
	CachedMethods: z.optional(z.array(z.string())),
	Compress: z.optional(z.boolean()),
	FunctionAssociations: z._default(z.array(z.strictObject({ EventType: z.literal('viewer-request'), FunctionARN: z.string() })), []),
};

const Origin = z.strictObject({
	Id: z.string(),
	DomainName: z.string(),
	OriginPath: z.optional(z.literal('')),
	S3OriginConfig: z.optional(z.unknown()),
	OriginAccessControlId: z.optional(z.string()),
	CustomOriginConfig: z.optional(z.unknown()),
	OriginCustomHeaders: z._default(z.array(z.strictObject({ HeaderName: z.string(), HeaderValue: z.string() })), []),
	ConnectionAttempts: z.optional(z.number()),
	ConnectionTimeout: z.optional(z.number()),
});

export const DistributionConfig = z.strictObject({
	Enabled: z.literal(true),
	Comment: z.optional(z.string()),
	DefaultRootObject: z._default(z.string(), ''),
	HttpVersion: z.optional(z.string()),
	IPV6Enabled: z.optional(z.boolean()),
	PriceClass: z.optional(z.string()),
	ViewerCertificate: z.optional(z.unknown()),
	WebACLId: z.optional(z.string()),
	DefaultCacheBehavior: z.strictObject(behaviour),
	CacheBehaviors: z._default(z.array(z.strictObject({ PathPattern: z.string(), ...behaviour })), []),
	Origins: z.array(Origin),
});
export type DistributionConfig = z.infer<typeof DistributionConfig>;
export type Behaviour = DistributionConfig['DefaultCacheBehavior'];
export type Origin = z.infer<typeof Origin>;

/** AWS's managed policies that are known here. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const cachePolicies: Record<string, string> = {
	'4135ea2d-6df8-44a3-9df3-4b5a84be39ad': 'CachingDisabled',
	'658327ea-f89d-4fab-a63d-7e88639e58f6': 'CachingOptimized',
};
const allViewerExceptHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

/** Throws by name on a policy or an origin that isn't known here. */
export const checkDistribution = (config: DistributionConfig): void => {
	for (const one of [config.DefaultCacheBehavior, ...config.CacheBehaviors]) {
		if (!cachePolicies[one.CachePolicyId]) throw new Error(`the cache policy ${one.CachePolicyId} is not known to local mode`);
		if (one.OriginRequestPolicyId !== undefined && one.OriginRequestPolicyId !== allViewerExceptHost)
			throw new Error(`the origin request policy ${one.OriginRequestPolicyId} is not known to local mode`);
		originOf(config, one);
	}
};

export const behaviourFor = (config: DistributionConfig, path: string): Behaviour =>
	config.CacheBehaviors.find((one) => matchesArn(one.PathPattern.startsWith('/') ? one.PathPattern : `/${one.PathPattern}`, path)) ??
	config.DefaultCacheBehavior;

export const originOf = (config: DistributionConfig, { TargetOriginId: id }: Behaviour): Origin => {
	const origin = config.Origins.find((one) => one.Id === id);
	if (!origin) throw new Error(`the distribution has no origin ${id}`);
	return origin;
};

/** never handed on; CloudFront speaks for itself with the origin */
const ownHeaders = ['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'via', 'x-forwarded-for'];
/** handed on whatever the policy says: they make the handshake of a WebSocket */
const handshake = ['upgrade', 'sec-websocket-key', 'sec-websocket-version'];

/** The request as the origin gets it. */
export const originRequest = (request: WireRequest, one: Behaviour, origin: Origin): WireRequest => {
	const all = one.OriginRequestPolicyId === allViewerExceptHost;
	const passes = (name: string): boolean => (all ? !ownHeaders.includes(name) : handshake.includes(name));
	const headers = request.headers.filter(([name]) => passes(name.toLowerCase()));
	if (!all) headers.push(['User-Agent', 'Amazon CloudFront']);
	const custom = origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName, HeaderValue] as const);
	return {
		...request,
		target: all ? request.target : (request.target.split('?', 1)[0] ?? '/'),
		headers: [...headers, ...custom, ['Host', origin.DomainName], ['X-Forwarded-For', request.sourceIp], ['Via', '1.1 local (CloudFront)']],
	};
};
