/** What the parts of a WebSocket API's machine share: its connections, what waits for an answer, what happens later. */
import { type Faults, noFaults } from '../faults/faults.ts';
import type { WireRequest } from '../wire.ts';
import type { Effect, SocketApi, SocketMeter } from './contract.ts';
import type { SocketFacts } from './event.ts';

export interface Connection {
	/** half-open: the client has vanished and the gateway does not know yet */
	phase: 'authorizing' | 'connecting' | 'open' | 'closing' | 'half-open';
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
	/** until then posts are refused with this */
	refusing?: { until: number; message: string };
}

export interface Pending {
	connection: string;
	step: 'authorizer' | 'connect' | 'message' | 'disconnect';
	requestId: string;
	answers: boolean;
	deadline: number;
}

/** A function that is to be run. */
export interface Invocation {
	step: Pending['step'];
	connection: string;
	requestId: string;
	arn: string;
	event: unknown;
	timeoutMs: number;
	answers: boolean;
}

const noMeter: SocketMeter = { message: () => {}, opened: () => {}, closed: () => {} };

export const createCore = (api: SocketApi) => {
	const connections = new Map<string, Connection>();
	const pending = new Map<string, Pending>();
	const later = new Map<string, (now: number) => Effect[]>();
	const faults: Faults = api.faults ?? noFaults;
	const meter = api.meter ?? noMeter;

	/** At once when there is nothing to wait for: without faults nothing is late. */
	const after = (ms: number, now: number, then: (now: number) => Effect[]): Effect[] => {
		if (ms <= 0) return then(now);
		const token = api.uuid();
		later.set(token, then);
		return [{ type: 'wake', token, ms }];
	};

	const wake = (token: string, now: number): Effect[] => {
		const then = later.get(token);
		later.delete(token);
		return then?.(now) ?? [];
	};

	const facts = (connectionId: string, connection: Connection, routeKey: string, requestId: string, now: number): SocketFacts => ({
		connectionId,
		connection,
		routeKey,
		requestId,
		now,
	});

	const invoke = ({ step, connection, requestId, arn, event, timeoutMs, answers }: Invocation, now: number): Effect[] => {
		const token = api.uuid();
		pending.set(token, { connection, step, requestId, answers, deadline: now + timeoutMs });
		return [{ type: 'invoke', token, arn, event }];
	};

	const send = (id: string, text: string): Effect[] => {
		if (connections.get(id)?.phase !== 'open') return [];
		meter.message('out', Buffer.byteLength(text));
		return [{ type: 'send', connection: id, text }];
	};

	const errorFrame = (id: string, message: string, requestId: string): Effect[] => send(id, JSON.stringify({ message, connectionId: id, requestId }));

	const close = (id: string, connection: Connection, code: number, reason: string): Effect[] => {
		if (connection.phase !== 'open' && connection.phase !== 'half-open') return [];
		const reaches = connection.phase === 'open';
		connection.phase = 'closing';
		connection.closed = { code, reason };
		if (!reaches) return [];
		return [{ type: 'close', connection: id, code, reason }];
	};

	return { api, connections, pending, faults, meter, after, wake, facts, invoke, send, errorFrame, close };
};

export type Core = ReturnType<typeof createCore>;
