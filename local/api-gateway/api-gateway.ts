/** Amazon API Gateway v2: gathers what the template says, then runs HTTP APIs, WebSocket APIs and @connections. */
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type * as z from 'zod/mini';
import { stableId } from '../assembly/names.ts';
import { createHttpApi, type HttpApi } from '../http-api/http-api.ts';
import { createKeySource } from '../http-api/keys.ts';
import type { LambdaStandIn } from '../lambda/stand-in.ts';
import { readProperties } from '../properties.ts';
import type { Verified } from '../sigv4.ts';
import type { ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { createWebSocketApi, type WebSocketApi } from '../websocket-api/websocket-api.ts';
import { jsonResponse, pathOf, type WireRequest, type WireResponse } from '../wire.ts';
import { type AccessLog, createAccessLog } from './access-log.ts';
import { Api, type ApiDefinition, Authorizer, Integration, IntegrationResponse, Route, RouteResponse, Stage } from './definitions.ts';
import { manageConnection } from './management.ts';
import { accountRate, connectRate, createBucket } from './throttle.ts';

export interface ApiGatewayStandIn extends StandIn {
	/** A request to `<apiId>.execute-api`; paths come without anything before the API's own. Signature: of the headers as they were signed. */
	handle(apiId: string, request: WireRequest, signature: () => Verified): Promise<WireResponse>;
	/** An upgrade to `<apiId>.execute-api`, `/<stage>`. */
	upgrade(apiId: string, incoming: IncomingMessage, socket: Duplex, head: Buffer, request: WireRequest): void;
	/** the WebSocket APIs: id and stage */
	sockets(): { id: string; stage: string }[];
}

export const createApiGateway = (world: World, lambda: LambdaStandIn): ApiGatewayStandIn => {
	const definitions = new Map<string, ApiDefinition>();
	const httpApis = new Map<string, HttpApi>();
	const socketApis = new Map<string, WebSocketApi>();
	let accessLog: AccessLog | undefined;

	const apiOf = (id: string): ApiDefinition => {
		const found = definitions.get(id);
		if (!found) throw new Error(`there is no API ${id}`);
		return found;
	};

	const makeApi = (input: ResourceInput): ResourceOutput => {
		const { ProtocolType: protocol, RouteSelectionExpression: expression } = readProperties(Api, input);
		const id = stableId(input, 10);
		definitions.set(id, {
			id,
			protocol,
			routeSelectionExpression: expression ?? '$request.method $request.path',
			integrations: new Map(),
			integrationResponses: [],
			routes: new Map(),
			routeResponses: new Set(),
			authorizers: new Map(),
			stages: new Map(),
		});
		const scheme = protocol === 'HTTP' ? 'https' : 'wss';
		return { ref: id, attributes: { ApiId: id, ApiEndpoint: `${scheme}://${id}.execute-api.${input.region}.amazonaws.com` } };
	};

	/** A resource that belongs to an API and is known by an id of its own. */
	const part =
		<T extends { ApiId: string }>(schema: z.ZodMiniType<T>, idName: string, keep: (api: ApiDefinition, id: string, value: T) => void) =>
		(input: ResourceInput): ResourceOutput => {
			const value = readProperties(schema, input);
			const id = stableId(input, 7);
			keep(apiOf(value.ApiId), id, value);
			return { ref: id, attributes: { [idName]: id } };
		};

	const makeStage = (input: ResourceInput): ResourceOutput => {
		const stage = readProperties(Stage, input);
		if (stage.AccessLogSettings !== undefined) throw new Error(`${input.type} ${input.logicalId}: local mode doesn't know AccessLogSettings`);
		apiOf(stage.ApiId).stages.set(stage.StageName, stage);
		return { ref: stage.StageName, attributes: {} };
	};

	const makers: Record<string, (input: ResourceInput) => ResourceOutput> = {
		'AWS::ApiGatewayV2::Api': makeApi,
		'AWS::ApiGatewayV2::Integration': part(Integration, 'IntegrationId', (api, id, value) => api.integrations.set(id, value)),
		'AWS::ApiGatewayV2::IntegrationResponse': part(IntegrationResponse, 'IntegrationResponseId', (api, _, value) =>
			api.integrationResponses.push(value),
		),
		'AWS::ApiGatewayV2::Route': part(Route, 'RouteId', (api, id, value) => api.routes.set(id, value)),
		'AWS::ApiGatewayV2::RouteResponse': part(RouteResponse, 'RouteResponseId', (api, _, value) => api.routeResponses.add(value.RouteId)),
		'AWS::ApiGatewayV2::Authorizer': part(Authorizer, 'AuthorizerId', (api, id, value) => api.authorizers.set(id, value)),
		'AWS::ApiGatewayV2::Stage': makeStage,
	};

	const notFound = jsonResponse(404, { message: 'Not Found' });
	const forbidden = jsonResponse(403, { message: 'Forbidden' });

	return {
		types: Object.keys(makers),
		create: (input) => {
			const make = makers[input.type];
			if (!make) throw new Error(`API Gateway's stand-in does not provide ${input.type}`);
			return make(input);
		},
		start: async () => {
			const account = createBucket(accountRate);
			const connect = createBucket(connectRate);
			const keys = createKeySource(() => world.now().getTime(), world.log);
			const log = createAccessLog(join(world.folder('logs'), 'gateway-access.log'), world.log);
			accessLog = log;
			for (const api of definitions.values())
				if (api.protocol === 'HTTP') httpApis.set(api.id, createHttpApi(api, { world, lambda, keys, account, log }));
				else socketApis.set(api.id, createWebSocketApi(api, { world, lambda, account, connect, log }));
		},
		stop: async () => {
			await Promise.all([...socketApis.values()].map((api) => api.stop()));
			await accessLog?.close();
		},
		handle: async (apiId, request, signature) => {
			const http = httpApis.get(apiId);
			if (http) return http.handle(request, signature);
			const socket = socketApis.get(apiId);
			return socket ? manageConnection(socket, request, signature) : notFound;
		},
		upgrade: (apiId, incoming, socket, head, request) => {
			const api = socketApis.get(apiId);
			// documented: a path that isn't a stage is 403
			if (api && pathOf(request.target) === `/${api.stage}`) api.upgrade(incoming, socket, head, request);
			else socket.end(`HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: ${forbidden.body.length}\r\n\r\n${forbidden.body}`);
		},
		sockets: () => [...socketApis].map(([id, { stage }]) => ({ id, stage })),
	};
};
