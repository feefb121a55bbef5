/**
 * One WebSocket API, without sockets, functions or clocks: upgrades, messages, posts and time in; invocations, frames and answers out.
 *
 * documented: limits, authorizer and subprotocol rules, route selection, @connections; see ../README.md for what is assumed.
 */
import type { Outcome } from '../lambda/machine.ts';
import { headerOf, queryOf, type WireRequest } from '../wire.ts';
import { judgeAuthorizer } from './authorizer.ts';
import type { Effect, Input, ManagementAnswer, SocketApi } from './contract.ts';
import { authorizerEvent, connectArn, connectEvent, disconnectEvent, messageEvent, type SocketFacts } from './event.ts';

interface Connection {
	phase: 'authorizing' | 'connecting' | 'open' | 'closing';
	request: WireRequest;
	connectedAt: number;
	lastActiveAt: number;
	identity: { sourceIp: string; userAgent?: string };
	/** the authorizer's, on every later event */
	context: Record<string, string> | undefined;
	/** what the gateway closed it with */
	closed?: { code: number; reason: string };
	/** `$connect` has said yes, so `$disconnect` comes */
	connected: boolean;
}

interface Pending {
	connection: string;
	step: 'authorizer' | 'connect' | 'message' | 'disconnect';
	requestId: string;
	answers: boolean;
	deadline: number;
}

/** bytes that wait for a slow client, above which posts are refused; assumed */
const maxBufferedBytes = 1024 * 1024;
const gone = { status: 410, name: 'GoneException', message: 'Gone' } as const;

export const createSocketMachine = (api: SocketApi) => {
	const connections = new Map<string, Connection>();
	const pending = new Map<string, Pending>();

	const facts = (connectionId: string, connection: Connection, routeKey: string, requestId: string, now: number): SocketFacts => ({
		connectionId,
		connection,
		routeKey,
		requestId,
		now,
	});

	const invoke = (
		step: Pending['step'],
		id: string,
		requestId: string,
		arn: string,
		event: unknown,
		timeoutMs: number,
		answers: boolean,
		now: number,
	): Effect => {
		const token = api.uuid();
		pending.set(token, { connection: id, step, requestId, answers, deadline: now + timeoutMs });
		return { type: 'invoke', token, arn, event };
	};

	const refuse = (id: string, status: number, message: string, requestId: string): Effect[] => {
		connections.delete(id);
		return [{ type: 'refuse', connection: id, status, body: JSON.stringify({ message, connectionId: id, requestId }) }];
	};

	const errorFrame = (id: string, message: string, requestId: string): Effect => ({
		type: 'send',
		connection: id,
		text: JSON.stringify({ message, connectionId: id, requestId }),
	});

	const close = (id: string, connection: Connection, code: number, reason: string): Effect[] => {
		if (connection.phase !== 'open') return [];
		connection.phase = 'closing';
		connection.closed = { code, reason };
		return [{ type: 'close', connection: id, code, reason }];
	};

	const accept = (id: string, connection: Connection, protocol: string | undefined, now: number): Effect[] => {
		connection.phase = 'open';
		connection.lastActiveAt = now;
		return [{ type: 'accept', connection: id, protocol }];
	};

	const connect = (id: string, connection: Connection, now: number): Effect[] => {
		connection.phase = 'connecting';
		const target = api.routes.get('$connect');
		connection.connected = true;
		if (target?.kind !== 'function') return accept(id, connection, undefined, now);
		connection.connected = false;
		const requestId = api.uuid();
		const event = connectEvent(api, facts(id, connection, '$connect', requestId, now), connection.request);
		return [invoke('connect', id, requestId, target.arn, event, target.timeoutMs, true, now)];
	};

	const upgrade = (id: string, request: WireRequest, now: number): Effect[] => {
		const userAgent = headerOf(request.headers, 'user-agent');
		const connection: Connection = {
			phase: 'authorizing',
			request,
			connectedAt: now,
			lastActiveAt: now,
			identity: { ...(userAgent === undefined ? {} : { userAgent }), sourceIp: request.sourceIp },
			context: undefined,
			connected: false,
		};
		connections.set(id, connection);
		const requestId = api.uuid();
		const { authorizer, throttles } = api;
		if (!throttles.connect.take(now) || api.routes.get('$connect')?.bucket?.take(now) === false)
			return refuse(id, 429, 'Too Many Requests', requestId);
		if (!authorizer) return connect(id, connection, now);
		const query = new URLSearchParams(queryOf(request.target));
		const missing = authorizer.identity.some(({ in: where, name }) =>
			where === 'header' ? headerOf(request.headers, name.toLowerCase()) === undefined : !query.has(name),
		);
		if (missing) return refuse(id, 401, 'Unauthorized', requestId);
		const event = authorizerEvent(api, facts(id, connection, '$connect', requestId, now), request);
		return [invoke('authorizer', id, requestId, authorizer.arn, event, 10_000, true, now)];
	};

	const authorized = (id: string, connection: Connection, outcome: Outcome, requestId: string, now: number): Effect[] => {
		const verdict = judgeAuthorizer(outcome, connectArn(api));
		if (verdict.kind === 'refused') return refuse(id, verdict.status, verdict.message, requestId);
		connection.context = verdict.context;
		return connect(id, connection, now);
	};

	/** documented: another status than 2xx is what the client sees. assumed: a crash is 502. */
	const connectAnswered = (id: string, connection: Connection, outcome: Outcome, requestId: string, now: number): Effect[] => {
		if (outcome.kind !== 'success') return refuse(id, 502, 'Internal server error', requestId);
		const answer = JSON.parse(outcome.payload) as { statusCode?: unknown; headers?: Record<string, unknown>; body?: unknown } | null;
		const status = Number(answer?.statusCode);
		if (!Number.isInteger(status)) return refuse(id, 502, 'Internal server error', requestId);
		if (status < 200 || status > 299) {
			connections.delete(id);
			return [{ type: 'refuse', connection: id, status, body: String(answer?.body ?? '') }];
		}
		connection.connected = true;
		const protocol = Object.entries(answer?.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
		return accept(id, connection, protocol === undefined ? undefined : String(protocol), now);
	};

	const messageAnswered = (id: string, outcome: Outcome, { requestId, answers }: Pending): Effect[] => {
		if (outcome.kind === 'timeout') return [errorFrame(id, 'Endpoint request timed out', requestId)];
		if (outcome.kind !== 'success') return [errorFrame(id, 'Internal server error', requestId)];
		if (!answers) return [];
		const answer = JSON.parse(outcome.payload) as { body?: unknown } | null;
		return typeof answer?.body === 'string' ? [{ type: 'send', connection: id, text: answer.body }] : [];
	};

	const answered = (token: string, outcome: Outcome, now: number): Effect[] => {
		const waiting = pending.get(token);
		if (!waiting) return [];
		pending.delete(token);
		const connection = connections.get(waiting.connection);
		if (!connection) return [];
		switch (waiting.step) {
			case 'authorizer':
				return authorized(waiting.connection, connection, outcome, waiting.requestId, now);
			case 'connect':
				return connectAnswered(waiting.connection, connection, outcome, waiting.requestId, now);
			case 'message':
				return connection.phase === 'open' ? messageAnswered(waiting.connection, outcome, waiting) : [];
			case 'disconnect':
				return [];
		}
	};

	const routeKeyOf = (text: string): string => {
		// what can't be an object has no action: most messages are no JSON, and a thrown error costs
		if (!/^\s*\{/.test(text)) return '';
		try {
			let value: unknown = JSON.parse(text);
			for (const name of api.selector) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
			return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
		} catch {
			return '';
		}
	};

	const message = (id: string, connection: Connection, text: string, now: number): Effect[] => {
		connection.lastActiveAt = now;
		const requestId = api.uuid();
		const wanted = routeKeyOf(text);
		const key = !wanted.startsWith('$') && api.routes.has(wanted) ? wanted : '$default';
		const target = api.routes.get(key);
		if (!api.throttles.account.take(now) || target?.bucket?.take(now) === false) return [errorFrame(id, 'Too Many Requests', requestId)];
		if (!target) return [errorFrame(id, 'Forbidden', requestId)];
		if (target.kind === 'mock') return target.answer === undefined ? [] : [{ type: 'send', connection: id, text: target.answer }];
		const event = messageEvent(api, facts(id, connection, key, requestId, now), text);
		return [invoke('message', id, requestId, target.arn, event, target.timeoutMs, target.answers, now)];
	};

	const closed = (id: string, connection: Connection, code: number, reason: string, now: number): Effect[] => {
		connections.delete(id);
		const target = api.routes.get('$disconnect');
		if (!connection.connected || target?.kind !== 'function') return [];
		const requestId = api.uuid();
		const event = disconnectEvent(api, facts(id, connection, '$disconnect', requestId, now), connection.closed ?? { code, reason });
		return [invoke('disconnect', id, requestId, target.arn, event, target.timeoutMs, false, now)];
	};

	const tick = (now: number): Effect[] => {
		const effects: Effect[] = [];
		const error = { errorType: 'Timeout', errorMessage: 'Endpoint request timed out' };
		for (const [token, waiting] of pending) if (now >= waiting.deadline) effects.push(...answered(token, { kind: 'timeout', error }, now));
		for (const [id, connection] of connections) {
			if (now - connection.connectedAt >= api.maxConnectionMs) effects.push(...close(id, connection, 1001, 'Connection duration exceeded'));
			else if (now - connection.lastActiveAt >= api.idleMs) effects.push(...close(id, connection, 1001, 'Going away'));
		}
		return effects;
	};

	const step = (input: Input, now: number): Effect[] => {
		if (input.type === 'tick') return tick(now);
		if (input.type === 'answered') return answered(input.token, input.outcome, now);
		if (input.type === 'upgrade') return upgrade(input.connection, input.request, now);
		const connection = connections.get(input.connection);
		if (!connection) return [];
		if (input.type === 'closed') return closed(input.connection, connection, input.code, input.reason, now);
		if (connection.phase !== 'open') return [];
		switch (input.type) {
			case 'message':
				if (Buffer.byteLength(input.text) > api.maxMessageBytes) return close(input.connection, connection, 1009, 'Message too long');
				return message(input.connection, connection, input.text, now);
			case 'binary':
				return close(input.connection, connection, 1003, 'Binary is not supported');
			case 'frame':
				return input.bytes > api.maxFrameBytes ? close(input.connection, connection, 1009, 'Frame too long') : [];
		}
	};

	/** A call of @connections by somebody who may make it. `buffered`: bytes that the connection's client has not taken yet. */
	const manage = (method: string, id: string, data: Buffer, buffered: number, now: number): { answer: ManagementAnswer; effects: Effect[] } => {
		const only = (answer: ManagementAnswer) => ({ answer, effects: [] });
		if (!api.throttles.account.take(now)) return only({ status: 429, name: 'LimitExceededException', message: 'Too Many Requests' });
		const connection = connections.get(id);
		if (method === 'POST' && data.length > api.maxMessageBytes)
			return only({ status: 413, name: 'PayloadTooLargeException', message: 'Message too long' });
		if (connection?.phase !== 'open') return only(gone);
		switch (method) {
			case 'POST':
				if (buffered > maxBufferedBytes) return only({ status: 429, name: 'LimitExceededException', message: 'The client is too slow' });
				connection.lastActiveAt = now;
				return { answer: { status: 200 }, effects: [{ type: 'send', connection: id, text: data.toString('utf8') }] };
			case 'GET': {
				const [connectedAt, lastActiveAt] = [connection.connectedAt, connection.lastActiveAt].map((time) => new Date(time).toISOString());
				return only({ status: 200, body: { connectedAt, identity: connection.identity, lastActiveAt } });
			}
			case 'DELETE':
				return { answer: { status: 204 }, effects: close(id, connection, 1000, 'Connection Closed Normally') };
			default:
				return only({ status: 403, name: 'ForbiddenException', message: 'Forbidden' });
		}
	};

	return { step, manage };
};

export type SocketMachine = ReturnType<typeof createSocketMachine>;
