/** Drives one WebSocket API: sockets by `ws`, functions, the wall clock. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { gateway } from '@shellpod/protocol/limits.ts';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AccessLine, AccessLog } from '../api-gateway/access-log.ts';
import { type ApiDefinition, integrationOf, type RouteSettings } from '../api-gateway/definitions.ts';
import { checkPermission } from '../api-gateway/permission.ts';
import { type Bucket, createBucket } from '../api-gateway/throttle.ts';
import { functionArnOf } from '../arn.ts';
import type { LambdaStandIn } from '../lambda/stand-in.ts';
import type { World } from '../stand-in.ts';
import type { WireRequest } from '../wire.ts';
import type { Effect, Input, ManagementAnswer, RouteTarget } from './contract.ts';
import { createFrameReader } from './frames.ts';
import { createSocketMachine } from './machine.ts';
import { mockAnswer } from './mock.ts';
import { createSelection } from './selection.ts';

/** ms between two looks at time limits */
const tickMs = 1_000;
/** ms that a client has to answer a close before its socket is destroyed */
const closeMs = 2_000;
/** ms. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const maxIntegrationMs = 29_000;

export interface SocketPorts {
	world: World;
	lambda: LambdaStandIn;
	/** shared by all APIs of the account */
	account: Bucket;
	connect: Bucket;
	log: AccessLog;
}

export interface WebSocketApi {
	readonly stage: string;
	/** @param request what the API sees of the upgrade: behind CloudFront not all of it */
	upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, request: WireRequest): void;
	/** a call of @connections by somebody whose signature is right */
	manage(method: string, connection: string, data: Buffer): Promise<ManagementAnswer>;
	stop(): Promise<void>;
}

/** Ids end in `=`, as on AWS: whoever builds an address must escape them. */
const newConnectionId = (): string => `${randomBytes(11).toString('base64').replace(/[+/]/g, 'A').slice(0, 15)}=`;

const bucketOf = (settings: RouteSettings | undefined): Bucket | undefined =>
	settings && createBucket({ rate: settings.ThrottlingRateLimit ?? 0, burst: settings.ThrottlingBurstLimit ?? 0 });

const statusTexts: Record<number, string> = { 401: 'Unauthorized', 403: 'Forbidden', 429: 'Too Many Requests', 500: 'Internal Server Error' };

/** what ws closed with, by the error that it tells */
const closeCodes: Readonly<Record<string, number>> = { WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009, WS_ERR_INVALID_UTF8: 1007 };

const refuseSocket = (socket: Duplex, status: number, body: string): void => {
	const head = [`HTTP/1.1 ${status} ${statusTexts[status] ?? 'Refused'}`, 'Connection: close', 'Content-Type: application/json'];
	socket.end(`${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`);
};

const readRoutes = (api: ApiDefinition, stageName: string, { world, lambda }: SocketPorts): Map<string, RouteTarget> => {
	const stage = api.stages.get(stageName);
	const routes = new Map<string, RouteTarget>();
	for (const [id, route] of api.routes) {
		const { integration } = integrationOf(api, route);
		const bucket = bucketOf(stage?.RouteSettings[route.RouteKey] ?? stage?.DefaultRouteSettings);
		if (integration.IntegrationType === 'MOCK') {
			routes.set(route.RouteKey, { kind: 'mock', answer: mockAnswer(api, id, route), bucket });
			continue;
		}
		const arn = functionArnOf(integration.IntegrationUri ?? '');
		checkPermission(world, lambda, arn, api.id, `${stageName}/${route.RouteKey}`);
		const timeoutMs = Math.min(maxIntegrationMs, integration.TimeoutInMillis ?? maxIntegrationMs);
		routes.set(route.RouteKey, { kind: 'function', arn, timeoutMs, answers: api.routeResponses.has(id), bucket });
	}
	return routes;
};

const readAuthorizer = (api: ApiDefinition, { world, lambda }: SocketPorts) => {
	const route = [...api.routes.values()].find(({ RouteKey: key }) => key === '$connect');
	if (!route || route.AuthorizationType === 'NONE') return undefined;
	const authorizer = api.authorizers.get(route.AuthorizerId ?? '');
	if (route.AuthorizationType !== 'CUSTOM' || authorizer?.AuthorizerType !== 'REQUEST')
		throw new Error(`WebSocket API ${api.id}: the authorization ${route.AuthorizationType} is not known to local mode`);
	const identity = authorizer.IdentitySource.map((source) => {
		const found = /^route\.request\.(header|querystring)\.(.+)$/.exec(source);
		if (!found) throw new Error(`WebSocket API ${api.id}: the identity source ${source} is not known to local mode`);
		return { in: found[1] as 'header' | 'querystring', name: found[2] ?? '' };
	});
	const arn = functionArnOf(authorizer.AuthorizerUri ?? '');
	checkPermission(world, lambda, arn, api.id, `authorizers/${route.AuthorizerId}`);
	return { arn, identity };
};

export const createWebSocketApi = (api: ApiDefinition, ports: SocketPorts): WebSocketApi => {
	const { world, lambda } = ports;
	const [stage, ...otherStages] = [...api.stages.keys()];
	if (stage === undefined || otherStages.length) throw new Error(`WebSocket API ${api.id}: local mode knows one stage only`);
	const authorizer = readAuthorizer(api, ports);
	const machine = createSocketMachine({
		id: api.id,
		stage,
		domainName: `${api.id}.execute-api.${world.region}.amazonaws.com`,
		region: world.region,
		account: world.account,
		selection: createSelection(api.routeSelectionExpression),
		routes: readRoutes(api, stage, ports),
		...(authorizer ? { authorizer } : {}),
		throttles: { account: ports.account, connect: ports.connect },
		uuid: randomUUID,
		faults: world.faults.of(`websocket-api/${api.id}`),
		meter: world.meters,
		...gateway,
	});
	const now = (): number => world.now().getTime();
	const write = ports.log.of(api.id);
	const tell = (line: AccessLine): void => write(line, now());

	/** upgrades that wait for an answer, then open sockets */
	const waiting = new Map<string, { incoming: IncomingMessage; socket: Duplex; head: Buffer }>();
	const sockets = new Map<string, WebSocket>();
	/** what happens later */
	const wakes = new Set<NodeJS.Timeout>();
	/** what the next handshake answers; ws asks for it synchronously */
	let protocol: string | undefined;
	const server = new WebSocketServer({
		noServer: true,
		perMessageDeflate: false,
		clientTracking: false,
		maxPayload: gateway.maxMessageBytes,
		handleProtocols: () => protocol ?? false,
	});

	const step = (input: Input): void => {
		for (const effect of machine.step(input, now())) apply(effect);
	};

	const invoke = async (token: string, arn: string, event: unknown): Promise<void> => {
		step({ type: 'answered', token, outcome: await lambda.invoke(arn, JSON.stringify(event)) });
	};

	const opened = (connection: string, socket: Duplex, client: WebSocket): void => {
		sockets.set(connection, client);
		tell({ type: 'connect', connection });
		const read = createFrameReader((bytes) => {
			if (bytes > gateway.maxFrameBytes) step({ type: 'frame', connection, bytes });
		});
		// before ws, which joins frames; it has begun to listen, so that adding this starts nothing early
		socket.prependListener('data', read);
		client.on('message', (data: Buffer, binary: boolean) => {
			if (binary) return step({ type: 'binary', connection });
			if (client.readyState === client.OPEN) tell({ type: 'message', connection, direction: 'in', bytes: data.length });
			step({ type: 'message', connection, text: data.toString('utf8') });
		});
		// ws closes by itself on what breaks the protocol, a message over the limit among it; 'close' follows
		let broken: number | undefined;
		client.on('error', ({ code }: NodeJS.ErrnoException) => {
			broken = closeCodes[code ?? ''];
		});
		client.on('close', (code, reason) => {
			sockets.delete(connection);
			tell({ type: 'disconnect', connection });
			step({ type: 'closed', connection, code: broken ?? code, reason: reason.toString() });
		});
	};

	const accept = (connection: string, chosen: string | undefined): void => {
		const upgrade = waiting.get(connection);
		waiting.delete(connection);
		if (upgrade && !upgrade.socket.destroyed) {
			protocol = chosen;
			server.handleUpgrade(upgrade.incoming, upgrade.socket, upgrade.head, (client) => opened(connection, upgrade.socket, client));
		}
		// the client has gone, or ws refused its handshake
		if (!sockets.has(connection)) step({ type: 'closed', connection, code: 1006, reason: '' });
	};

	const close = (connection: string, code: number, reason: string): void => {
		const client = sockets.get(connection);
		if (code === 1006) client?.terminate();
		else {
			client?.close(code, reason);
			setTimeout(() => client?.terminate(), closeMs).unref();
		}
	};

	const apply = (effect: Effect): void => {
		switch (effect.type) {
			case 'invoke':
				invoke(effect.token, effect.arn, effect.event).catch((error: unknown) => world.log(`WebSocket API ${api.id}: ${String(error)}`));
				break;
			case 'accept':
				accept(effect.connection, effect.protocol);
				break;
			case 'refuse': {
				const upgrade = waiting.get(effect.connection);
				waiting.delete(effect.connection);
				if (upgrade) refuseSocket(upgrade.socket, effect.status, effect.body);
				break;
			}
			case 'send':
				tell({ type: 'message', connection: effect.connection, direction: 'out', bytes: Buffer.byteLength(effect.text) });
				sockets.get(effect.connection)?.send(effect.text);
				break;
			case 'wake': {
				const { token } = effect;
				const alarm = setTimeout(() => {
					wakes.delete(alarm);
					step({ type: 'woken', token });
				}, effect.ms);
				wakes.add(alarm);
				break;
			}
			case 'close':
				close(effect.connection, effect.code, effect.reason);
				break;
		}
	};

	const timer = setInterval(() => step({ type: 'tick' }), tickMs);
	timer.unref();

	return {
		stage,
		upgrade: (incoming, socket, head, request) => {
			const connection = newConnectionId();
			waiting.set(connection, { incoming, socket, head });
			socket.on('error', () => socket.destroy());
			step({ type: 'upgrade', connection, request });
		},
		manage: async (method, connection, data) => {
			const { answer, effects, afterMs } = machine.manage(method, connection, data, sockets.get(connection)?.bufferedAmount ?? 0, now());
			for (const effect of effects) apply(effect);
			if (afterMs > 0) await delay(afterMs);
			return answer;
		},
		stop: async () => {
			clearInterval(timer);
			for (const alarm of wakes) clearTimeout(alarm);
			for (const { socket } of waiting.values()) socket.destroy();
			for (const client of sockets.values()) client.close(1012, 'Service restart');
			await new Promise((done) => setTimeout(done, sockets.size ? 50 : 0));
			const ended = [...sockets.values()].map((client) => once(client, 'close'));
			for (const client of sockets.values()) client.terminate();
			await Promise.all(ended);
		},
	};
};
