/** How a connection comes to be: throttle, authorizer, `$connect`, handshake. */
import type { Outcome } from '../lambda/machine.ts';
import { headerOf, queryOf, type WireRequest } from '../wire.ts';
import { judgeAuthorizer } from './authorizer.ts';
import type { Effect } from './contract.ts';
import type { Connection, Core } from './core.ts';
import { authorizerEvent, connectArn, connectEvent } from './event.ts';

/** ms. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const authorizerMs = 10_000;

const refusals: Readonly<Record<number, string>> = { 429: 'Too Many Requests', 500: 'Internal server error', 503: 'Service Unavailable' };

export const createUpgrades = (core: Core) => {
	const { api, connections, faults } = core;

	const refuse = (id: string, status: number, message: string, requestId: string): Effect[] => {
		connections.delete(id);
		return [{ type: 'refuse', connection: id, status, body: JSON.stringify({ message, connectionId: id, requestId }) }];
	};

	/** A cut says nothing (1006), or that the gateway broke or begins anew. */
	const cut = (id: string, now: number): Effect[] => {
		const ms = faults.ms('cut');
		if (ms === undefined) return [];
		return core.after(Math.max(1, ms), now, () => {
			const connection = connections.get(id);
			if (!connection) return [];
			const [code, reason] = faults.choose('A25a', [
				[1006, ''],
				[1011, 'Internal server error'],
				[1012, 'Service restart'],
			]);
			return core.close(id, connection, code, reason);
		});
	};

	const accept = (id: string, connection: Connection, protocol: string | undefined, now: number): Effect[] => {
		connection.phase = 'open';
		connection.connected = true;
		connection.lastActiveAt = now;
		core.meter.opened(id, now);
		return [{ type: 'accept', connection: id, protocol }, ...cut(id, now)];
	};

	const connect = (id: string, connection: Connection, now: number): Effect[] => {
		connection.phase = 'connecting';
		const target = api.routes.get('$connect');
		if (target?.kind !== 'function') return accept(id, connection, undefined, now);
		const requestId = api.uuid();
		const event = connectEvent(api, core.facts(id, connection, '$connect', requestId, now), connection.request);
		return core.invoke({ ...target, step: 'connect', connection: id, requestId, event, answers: true }, now);
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
		if (faults.happens('upgrade')) {
			const status = faults.choose('A25b', [429, 500, 503]);
			return refuse(id, status, refusals[status] ?? '', requestId);
		}
		if (!throttles.connect.take(now) || api.routes.get('$connect')?.bucket?.take(now) === false)
			return refuse(id, 429, 'Too Many Requests', requestId);
		if (!authorizer) return connect(id, connection, now);
		const query = new URLSearchParams(queryOf(request.target));
		const missing = authorizer.identity.some(({ in: where, name }) =>
			where === 'header' ? headerOf(request.headers, name.toLowerCase()) === undefined : !query.has(name),
		);
		if (missing) return refuse(id, 401, 'Unauthorized', requestId);
		const event = authorizerEvent(api, core.facts(id, connection, '$connect', requestId, now), request);
		const asked = { step: 'authorizer', connection: id, requestId, arn: authorizer.arn, event, timeoutMs: authorizerMs, answers: true } as const;
		return core.invoke(asked, now);
	};

	const authorized = (id: string, connection: Connection, outcome: Outcome, requestId: string, now: number): Effect[] => {
		const verdict = judgeAuthorizer(outcome, connectArn(api));
		if (verdict.kind === 'refused') return refuse(id, verdict.status, verdict.message, requestId);
		connection.context = verdict.context;
		return connect(id, connection, now);
	};

	/** documented: another status than 2xx is what the client sees. */
	const connectAnswered = (id: string, connection: Connection, outcome: Outcome, requestId: string, now: number): Effect[] => {
		const crashed = (): Effect[] => refuse(id, faults.choose('A5c', [502, 500]), 'Internal server error', requestId);
		if (outcome.kind !== 'success') return crashed();
		const answer = JSON.parse(outcome.payload) as { statusCode?: unknown; headers?: Record<string, unknown>; body?: unknown } | null;
		const status = Number(answer?.statusCode);
		if (!Number.isInteger(status)) return crashed();
		if (status < 200 || status > 299) {
			connections.delete(id);
			return [{ type: 'refuse', connection: id, status, body: String(answer?.body ?? '') }];
		}
		const protocol = Object.entries(answer?.headers ?? {}).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
		return accept(id, connection, protocol === undefined ? undefined : String(protocol), now);
	};

	return { upgrade, authorized, connectAnswered };
};
