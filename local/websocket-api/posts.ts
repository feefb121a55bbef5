/** Calls of @connections by somebody who may make them. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html */
import type { Effect, Managed, ManagementAnswer } from './contract.ts';
import type { Connection, Core } from './core.ts';

/** bytes that wait for a slow client, above which posts are refused; assumed */
const maxBufferedBytes = 1024 * 1024;
/** ms by which a post may be late, so that others overtake it, and its double comes after it */
const maxLateMs = 300;

const gone = { status: 410, name: 'GoneException', message: 'Gone' } as const;
const tooMany = (message: string): ManagementAnswer => ({ status: 429, name: 'LimitExceededException', message });
const tooSlow = 'The client is too slow';

export const createPosts = (core: Core) => {
	const { api, connections, faults } = core;

	/** What refuses a post though its connection is open. */
	const refusal = (connection: Connection, buffered: number, now: number): ManagementAnswer | undefined => {
		if (connection.refusing && now < connection.refusing.until) return tooMany(connection.refusing.message);
		if (faults.happens('throttle')) connection.refusing = { until: now + faults.between('throttle', 1, 500), message: 'Too Many Requests' };
		else if (faults.happens('slow-consumer')) connection.refusing = { until: now + faults.between('slow-consumer', 1_000, 5_000), message: tooSlow };
		else return buffered > maxBufferedBytes ? tooMany(tooSlow) : undefined;
		return tooMany(connection.refusing.message);
	};

	const post = (id: string, connection: Connection, data: Buffer, buffered: number, now: number): Managed => {
		const refused = refusal(connection, buffered, now);
		if (refused) return { answer: refused, effects: [], afterMs: 0 };
		connection.lastActiveAt = now;
		const afterMs = faults.ms('delay') ?? 0;
		const text = data.toString('utf8');
		const arrives = (ms: number): Effect[] => core.after(ms, now, () => core.send(id, text));
		if (faults.happens('drop')) return { answer: { status: 200 }, effects: [], afterMs };
		const late = faults.happens('reorder') ? faults.between('reorder', 1, maxLateMs) : 0;
		const again = faults.happens('dup') ? arrives(afterMs + late + faults.between('dup', 1, maxLateMs)) : [];
		return { answer: { status: 200 }, effects: [...arrives(afterMs + late), ...again], afterMs };
	};

	/** `buffered`: bytes that the connection's client has not taken yet. */
	return (method: string, id: string, data: Buffer, buffered: number, now: number): Managed => {
		const only = (answer: ManagementAnswer): Managed => ({ answer, effects: [], afterMs: 0 });
		if (!api.throttles.account.take(now)) return only(tooMany('Too Many Requests'));
		const connection = connections.get(id);
		if (method === 'POST' && data.length > api.maxMessageBytes)
			return only({ status: 413, name: 'PayloadTooLargeException', message: 'Message too long' });
		// a client that has vanished is like any other until the gateway knows: what is sent to it gets nowhere
		if (connection?.phase !== 'open' && connection?.phase !== 'half-open') return only(gone);
		switch (method) {
			case 'POST':
				return post(id, connection, data, buffered, now);
			case 'GET': {
				const [connectedAt, lastActiveAt] = [connection.connectedAt, connection.lastActiveAt].map((time) => new Date(time).toISOString());
				return only({ status: 200, body: { connectedAt, identity: connection.identity, lastActiveAt } });
			}
			case 'DELETE':
				return { answer: { status: 204 }, effects: core.close(id, connection, 1000, 'Connection Closed Normally'), afterMs: 0 };
			default:
				return only({ status: 403, name: 'ForbiddenException', message: 'Forbidden' });
		}
	};
};
