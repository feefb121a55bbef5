import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { synthesize } from './templates.ts';

const synthesized = synthesize();
const { DistributionConfig: config } = synthesized.one('AWS::CloudFront::Distribution').Properties;
// ids of CloudFront's own policies: CachingDisabled, AllViewerExceptHostHeader
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allViewerExceptHostHeader = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const behaviour = (path: string) => config.CacheBehaviors.find(({ PathPattern }: { PathPattern: string }) => PathPattern === path);
const originOf = (id: string) => JSON.stringify(config.Origins.find(({ Id }: { Id: string }) => Id === id)?.DomainName);

describe('the page', () => {
	test.each(['/api/*', '/ws'])('[1.2] %s is handed on whole, uncached, without the Host header', (path) => {
		expect(behaviour(path)).toMatchObject({
			CachePolicyId: cachingDisabled,
			OriginRequestPolicyId: allViewerExceptHostHeader,
			AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
		});
		expect(behaviour(path).FunctionAssociations).toBeUndefined();
	});

	test("[1.2] the WebSocket's stage is named as its path", () => {
		const api = synthesized.of('AWS::ApiGatewayV2::Api').find(({ Properties }) => Properties.ProtocolType === 'WEBSOCKET');
		const [stage] = synthesized.of('AWS::ApiGatewayV2::Stage').filter(({ Properties }) => Properties.ApiId.Ref === api?.id);
		expect(`/${stage?.Properties.StageName}`).toBe('/ws');
		expect(originOf(behaviour('/ws').TargetOriginId)).toContain(`{"Ref":"${api?.id}"}`);
		for (const origin of config.Origins) expect(origin.OriginPath).toBeUndefined();
	});

	test('[1.2] agents do not come through here', () => {
		expect(config.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual(['/api/*', '/ws']);
	});

	test('[1.17] errors stay what the origin says', () => {
		expect(config.CustomErrorResponses).toBeUndefined();
	});

	test('[1.17] routes of the page are one document, files stay files', () => {
		const edge = synthesized.one('AWS::CloudFront::Function');
		expect(config.DefaultCacheBehavior.FunctionAssociations).toEqual([
			{ EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [edge.id, 'FunctionARN'] } },
		]);
		const uri = (from: string): string =>
			runInNewContext(`${edge.Properties.FunctionCode};handler({ request: { uri: ${JSON.stringify(from)} } }).uri`);
		for (const path of ['/', '/sessions/abcdefgh2345', '/sessions/abcdefgh2345/', '/a.b/c']) expect(uri(path)).toBe('/index.html');
		for (const path of ['/index.html', '/assets/page-1a2b3c.js', '/favicon.svg']) expect(uri(path)).toBe(path);
	});

	test('[1.17] nothing is removed; hashed files for ever, documents last and always asked for', () => {
		const deployments = synthesized.of('Custom::CDKBucketDeployment');
		expect(deployments).toHaveLength(2);
		for (const { Properties } of deployments) expect(Properties.Prune).toBe(false);
		const assets = deployments.find(({ Properties }) => Properties.Include);
		const documents = deployments.find(({ Properties }) => !Properties.Include);
		expect(assets?.Properties).toMatchObject({
			Exclude: ['*'],
			Include: ['assets/*'],
			SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
		});
		expect(documents?.Properties).toMatchObject({ Exclude: ['assets/*'], SystemMetadata: { 'cache-control': 'no-cache' } });
		expect(documents?.DependsOn).toContain(assets?.id);
	});

	test('the bucket is read by CloudFront alone', () => {
		expect(synthesized.one('AWS::S3::Bucket').Properties.PublicAccessBlockConfiguration).toEqual({
			BlockPublicAcls: true,
			BlockPublicPolicy: true,
			IgnorePublicAcls: true,
			RestrictPublicBuckets: true,
		});
		const allows = synthesized
			.one('AWS::S3::BucketPolicy')
			.Properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
		expect(allows).toHaveLength(1);
		expect(allows[0]).toMatchObject({ Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } });
	});

	test('its headers allow no script but its own, and no frame', () => {
		const headers = synthesized.one('AWS::CloudFront::ResponseHeadersPolicy');
		const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headers.Properties.ResponseHeadersPolicyConfig;
		const policy: string[] = security.ContentSecurityPolicy.ContentSecurityPolicy.split('; ');
		expect(policy).toEqual(
			expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]),
		);
		expect(policy.filter((rule) => /unsafe-eval|\*|http:/.test(rule))).toEqual([]);
		expect(security).toMatchObject({
			ContentTypeOptions: { Override: true },
			ReferrerPolicy: { ReferrerPolicy: 'no-referrer' },
			StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
		});
		expect(custom.Items.map(({ Header }: { Header: string }) => Header)).toEqual(['Cross-Origin-Opener-Policy', 'Permissions-Policy']);
		for (const one of [config.DefaultCacheBehavior, behaviour('/api/*')]) expect(one.ResponseHeadersPolicyId).toEqual({ Ref: headers.id });
	});
});
