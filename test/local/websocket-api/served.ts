/** A WebSocket API like the product's, and an HTTP API, behind a real server, with functions that run here. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach } from 'vitest';
import WebSocket from 'ws';
import { createApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { createEndpointServer } from '../../../local/endpoints.ts';
import type { Judge } from '../../../local/iam/judge.ts';
import { createVerifier } from '../../../local/sigv4.ts';
import type { World } from '../../../local/stand-in.ts';
import { apiArn, functionArn, make, scriptedFunctions, testWorld } from '../scripted.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const uri = (name: string): string => `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;

export const allow = {
	principalId: 'someone',
	policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] },
	context: { user: 'ann', generation: 3, agent: false },
};

export type Handlers = Parameters<typeof scriptedFunctions>[0];

export const start = async (handlers: Handlers = {}, judge: Judge = () => undefined, over: Partial<World> = {}) => {
	const world = testWorld(over);
	const lambda = scriptedFunctions({
		authorizer: () => allow,
		connect: () => ({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'shellpod.v1' } }),
		disconnect: () => ({ statusCode: 200 }),
		relay: () => ({ statusCode: 200, body: 'never seen' }),
		hello: () => ({ statusCode: 200 }),
		http: (event: { body?: string }) => ({ statusCode: 200, body: event.body ?? '' }),
		...handlers,
	});
	const gateway = createApiGateway(world, lambda);
	const { Api: api = '' } = await make(gateway, [
		['Api', 'AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }],
	]);
	const refs: Record<string, string> = {};
	const part = async (id: string, type: string, properties: Record<string, unknown>): Promise<string> => {
		Object.assign(refs, await make(gateway, [[id, `AWS::ApiGatewayV2::${type}`, { ApiId: api, ...properties }]]));
		return refs[id] ?? '';
	};
	await part('Authorizer', 'Authorizer', { AuthorizerType: 'REQUEST', AuthorizerUri: uri('authorizer'), IdentitySource: [] });
	for (const [key, name] of [
		['$connect', 'connect'],
		['$disconnect', 'disconnect'],
		['$default', 'relay'],
		['hello', 'hello'],
	] as const) {
		const target = await part(`I${name}`, 'Integration', { IntegrationType: 'AWS_PROXY', IntegrationUri: uri(name) });
		const auth = key === '$connect' ? { AuthorizationType: 'CUSTOM', AuthorizerId: refs.Authorizer } : {};
		await part(`R${name}`, 'Route', { RouteKey: key, Target: `integrations/${target}`, ...auth });
	}
	const mock = await part('Mock', 'Integration', {
		IntegrationType: 'MOCK',
		RequestTemplates: { $default: '{"statusCode":200}' },
		TemplateSelectionExpression: '\\$default',
	});
	await part('MockAnswer', 'IntegrationResponse', {
		IntegrationId: mock,
		IntegrationResponseKey: '$default',
		ResponseTemplates: { $default: '{"pong":true}' },
		TemplateSelectionExpression: '\\$default',
	});
	const ping = await part('Ping', 'Route', { RouteKey: 'ping', Target: `integrations/${mock}`, RouteResponseSelectionExpression: '$default' });
	await part('PingAnswer', 'RouteResponse', { RouteId: ping, RouteResponseKey: '$default' });
	await part('Stage', 'Stage', { StageName: 'ws', AutoDeploy: true });
	const { HttpApi: httpApi = '' } = await make(gateway, [['HttpApi', 'AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }]]);
	const { Served: served = '' } = await make(gateway, [
		[
			'Served',
			'AWS::ApiGatewayV2::Integration',
			{ ApiId: httpApi, IntegrationType: 'AWS_PROXY', IntegrationUri: functionArn('http'), PayloadFormatVersion: '2.0' },
		],
	]);
	await make(gateway, [
		['Any', 'AWS::ApiGatewayV2::Route', { ApiId: httpApi, RouteKey: 'ANY /{proxy+}', Target: `integrations/${served}` }],
		['HttpStage', 'AWS::ApiGatewayV2::Stage', { ApiId: httpApi, StageName: '$default', AutoDeploy: true }],
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
		() => gateway.stop?.(),
		() => endpoints.server.closeAllConnections(),
	);
	const address = `${host}/execute-api/${api}/ws`;
	const open = async (protocols: string[] = ['shellpod.v1', 'ticket.x']) => {
		const socket = new WebSocket(`ws://${address}`, protocols, { perMessageDeflate: false, headers: { Origin: 'http://localhost:2' } });
		cleanups.push(() => socket.terminate());
		const messages: string[] = [];
		const waiting: ((text: string) => void)[] = [];
		socket.on('message', (data: Buffer) => {
			const next = waiting.shift();
			if (next) next(data.toString());
			else messages.push(data.toString());
		});
		const outcome = await new Promise<'open' | number>((done) => {
			socket.once('open', () => done('open'));
			socket.once('unexpected-response', (_, response) => done(response.statusCode ?? 0));
			socket.once('error', () => done(-1));
		});
		const next = (): Promise<string> => {
			const ready = messages.shift();
			return ready === undefined ? new Promise((done) => waiting.push(done)) : Promise.resolve(ready);
		};
		const closed = (): Promise<number> => new Promise((done) => socket.once('close', done));
		return { socket, outcome, next, closed };
	};
	const managementAt = (path: string) =>
		new ApiGatewayManagementApiClient({
			endpoint: `http://${host}/execute-api/${api}${path}`,
			region: 'us-east-1',
			credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret' },
			maxAttempts: 1,
		});
	const contexts = (name: string) =>
		lambda.invoked.filter((one) => one.arn === functionArn(name)).map((one) => one.event.requestContext as Record<string, unknown>);
	return {
		open,
		lambda,
		management: managementAt('/ws'),
		managementAt,
		contexts,
		address,
		world,
		gateway,
		httpBase: `http://${host}/execute-api/${httpApi}`,
	};
};
