import { pong } from '@shellpod/protocol/control.ts';
import { describe, expect, test } from 'vitest';
import { synthesize } from './templates.ts';

const synthesized = synthesize();
const apis = synthesized.of('AWS::ApiGatewayV2::Api');
const apiOf = (protocol: string) => apis.find(({ Properties }) => Properties.ProtocolType === protocol)?.id;
const of = (kind: string, protocol: string) =>
	synthesized.of(`AWS::ApiGatewayV2::${kind}`).filter(({ Properties }) => Properties.ApiId.Ref === apiOf(protocol));
const route = (key: string) => {
	const found = synthesized.of('AWS::ApiGatewayV2::Route').find(({ Properties }) => Properties.RouteKey === key);
	if (!found) throw new Error(`no route ${key}`);
	return found;
};
const integrationOf = (key: string) => {
	const id = route(key).Properties.Target['Fn::Join'][1][1].Ref;
	return synthesized.of('AWS::ApiGatewayV2::Integration').find((integration) => integration.id === id);
};

describe('the WebSocket API', () => {
	test('has these routes, picked by the action', () => {
		const keys = of('Route', 'WEBSOCKET').map(({ Properties }) => Properties.RouteKey);
		expect(keys.sort()).toEqual(['$connect', '$default', '$disconnect', 'activity', 'hello', 'ping']);
		expect(apis.find(({ id }) => id === apiOf('WEBSOCKET'))?.Properties.RouteSelectionExpression).toBe('$request.body.action');
	});

	test('[1.3] ping is a MOCK that answers: integration response and route response are there', () => {
		const integration = integrationOf('ping');
		expect(integration?.Properties).toMatchObject({
			IntegrationType: 'MOCK',
			RequestTemplates: { $default: '{"statusCode":200}' },
			TemplateSelectionExpression: '\\$default',
		});
		expect(synthesized.one('AWS::ApiGatewayV2::IntegrationResponse').Properties).toMatchObject({
			IntegrationId: { Ref: integration?.id },
			IntegrationResponseKey: '$default',
			ResponseTemplates: { $default: pong },
			TemplateSelectionExpression: '\\$default',
		});
		expect(route('ping').Properties.RouteResponseSelectionExpression).toBe('$default');
		expect(synthesized.one('AWS::ApiGatewayV2::RouteResponse').Properties).toMatchObject({
			RouteId: { Ref: route('ping').id },
			RouteResponseKey: '$default',
		});
	});

	test('[1.4] the authorizer has no identity source', () => {
		const [authorizer, ...more] = of('Authorizer', 'WEBSOCKET');
		expect(more).toEqual([]);
		expect(authorizer?.Properties).toMatchObject({ AuthorizerType: 'REQUEST', IdentitySource: [] });
		expect(route('$connect').Properties).toMatchObject({ AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: authorizer?.id } });
	});

	test('[1.5] no stage writes a log, which would need a role of the whole account', () => {
		for (const stage of of('Stage', 'WEBSOCKET')) {
			expect(stage.Properties.AccessLogSettings).toBeUndefined();
			for (const settings of Object.values<Record<string, unknown>>(stage.Properties.RouteSettings)) expect(settings.LoggingLevel).toBeUndefined();
		}
		expect(synthesized.of('AWS::ApiGateway::Account')).toEqual([]);
	});

	test('[1.6] settings of routes have both throttles, and the stage waits for these routes', () => {
		const [stage] = of('Stage', 'WEBSOCKET');
		const settings = Object.entries<Record<string, number>>(stage?.Properties.RouteSettings);
		expect(settings.map(([key]) => key).sort()).toEqual(['$connect', '$default', 'activity', 'hello', 'ping']);
		for (const [key, { ThrottlingRateLimit, ThrottlingBurstLimit }] of settings) {
			expect(ThrottlingRateLimit).toBeGreaterThan(0);
			expect(ThrottlingBurstLimit).toBeGreaterThan(0);
			expect(stage?.DependsOn).toContain(route(key).id);
		}
	});

	test("[5.2] frames get at most 45% of the account's rate, hellos 5%, words of activity 2%, pings 1%, connections 400 a second", () => {
		const rates = (rate: number) => {
			const stage = synthesize({ gatewayRate: rate })
				.of('AWS::ApiGatewayV2::Stage')
				.find(({ Properties }) => Properties.StageName === 'ws');
			return ['$default', 'activity', 'hello', 'ping', '$connect'].map((key) => stage?.Properties.RouteSettings[key].ThrottlingRateLimit);
		};
		expect(rates(10_000)).toEqual([4500, 200, 500, 100, 400]);
		expect(rates(2500)).toEqual([1125, 50, 125, 25, 400]);
	});
});

describe('the HTTP API', () => {
	test('asks for a token everywhere but where one is got, and for a signature where agents come', () => {
		const routes = Object.fromEntries(of('Route', 'HTTP').map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType]));
		expect(routes).toEqual({
			'ANY /api/{proxy+}': 'JWT',
			'GET /api/openapi.json': 'NONE',
			'GET /api/auth/login': 'NONE',
			'GET /api/auth/callback': 'NONE',
			'POST /api/auth/token': 'NONE',
			'GET /api/auth/logout': 'NONE',
			'POST /agent/tickets': 'AWS_IAM',
			'POST /agent/report': 'AWS_IAM',
		});
	});

	test("takes tokens of the user pool for the page's client", () => {
		const [authorizer] = of('Authorizer', 'HTTP');
		expect(authorizer?.Properties).toMatchObject({
			AuthorizerType: 'JWT',
			IdentitySource: ['$request.header.Authorization'],
			JwtConfiguration: { Audience: [{ Ref: synthesized.one('AWS::Cognito::UserPoolClient').id }] },
		});
	});

	test("[1.6] its throttles are both there, at 10% of the account's rate", () => {
		const [stage] = of('Stage', 'HTTP');
		expect(stage?.Properties).toMatchObject({
			StageName: '$default',
			AutoDeploy: true,
			DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1000 },
		});
	});

	test('answers no other origin', () => {
		expect(apis.find(({ id }) => id === apiOf('HTTP'))?.Properties.CorsConfiguration).toBeUndefined();
	});
});
