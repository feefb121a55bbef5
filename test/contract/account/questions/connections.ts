/** A: @connections, and what ends a connection by itself. */
import { DeleteConnectionCommand, GetConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { exactly, type Question, question, questions, refusal, seen } from '../question.ts';
import type { Target } from '../target.ts';
import { type Visitor, visit } from '../visitor.ts';

/** A connection, and its id as its own function knows it. */
const known = async (target: Target): Promise<{ visitor: Visitor; id: string }> => {
	const visitor = await visit(target.outputs.PlainSocket, { query: { mark: target.mark() } });
	visitor.socket.send('{"do":"who"}');
	return { visitor, id: await visitor.next() };
};

/** bytes that a post may have */
const largest = 128 * 1024;

/** An open connection, until it is closed: by whom, and after how long. */
const untilClosed = async (target: Target, minutes: number, each: (visitor: Visitor) => void): Promise<{ code: number; after: number }> => {
	const visitor = await visit(target.outputs.PlainSocket, { query: { mark: target.mark() } });
	const begun = Date.now();
	const timer = setInterval(() => each(visitor), 60_000);
	try {
		return { code: await visitor.closed(minutes * 60), after: (Date.now() - begun) / 60_000 };
	} finally {
		clearInterval(timer);
		visitor.end();
	}
};

export const connections: readonly Question[] = [
	questions(['A15a', 'A15b', 'A15c', 'A16'], 'posts, a look and an end by @connections', async (target) => {
		const { visitor, id: ConnectionId } = await known(target);
		const { connections: api } = target;
		await api.send(new PostToConnectionCommand({ ConnectionId, Data: 'héllo' }));
		const heard = await visitor.next();
		const big = await refusal(api.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(largest + 1) })));
		const told = await api.send(new GetConnectionCommand({ ConnectionId }));
		const ended = visitor.closed();
		const { $metadata } = await api.send(new DeleteConnectionCommand({ ConnectionId }));
		const code = await ended;
		const gone = await refusal(api.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' })));
		return {
			A15a: seen(heard === 'héllo' && /PayloadTooLarge/.test(big) && /Gone/.test(gone), `${largest + 1} bytes: ${big}; after the end: ${gone}`),
			A15b: seen(
				told.ConnectedAt instanceof Date && told.LastActiveAt instanceof Date && told.Identity?.SourceIp !== undefined,
				Object.keys(told).join(' '),
			),
			A15c: exactly([$metadata.httpStatusCode, code], [204, 1000]),
			A16: seen(ConnectionId.endsWith('='), `${ConnectionId.length} characters, the last of them ${ConnectionId.slice(-1)}`),
		};
	}),
	questions(['A15d', 'A15e'], '@connections without the stage, and unsigned', async (target) => {
		const { visitor, id } = await known(target);
		const { origin, pathname } = new URL(target.outputs.Connections);
		const base = `${origin}${pathname.replace(/\/ws$/, '')}`;
		const post = async (address: string): Promise<number> => (await fetch(address, { method: 'POST', body: 'x' })).status;
		const unstaged = await post(`${base}/@connections/${encodeURIComponent(id)}`);
		const unsigned = await post(`${base}/ws/@connections/${encodeURIComponent(id)}`);
		visitor.end();
		return { A15d: exactly(unstaged, 403), A15e: exactly(unsigned, 403) };
	}),
	question(
		'A3a',
		'11 minutes of silence',
		async (target) => {
			const { code, after } = await untilClosed(target, 13, () => {});
			return seen(code === 1001 && after > 9.5 && after < 11, `${code} after ${after.toFixed(1)} min`);
		},
		{ minutes: 13 },
	),
	question(
		'A3b',
		'13 minutes with a protocol ping each minute and no message',
		async (target) => {
			const kept = untilClosed(target, 13, (visitor) => visitor.socket.ping());
			const { code, after } = await kept.catch(() => ({ code: 0, after: 13 }));
			return seen(code === 1001 && after < 11, code === 0 ? 'open after 13 min' : `${code} after ${after.toFixed(1)} min`);
		},
		{ minutes: 13 },
	),
	question(
		'A13b',
		'13 minutes with a message for a MOCK route each minute',
		async (target) => {
			const kept = untilClosed(target, 13, (visitor) => visitor.socket.send('{"action":"silent"}'));
			const ended = await kept.catch(() => undefined);
			return seen(ended === undefined, ended ? `${ended.code} after ${ended.after.toFixed(1)} min` : 'open after 13 min');
		},
		{ minutes: 13 },
	),
	question(
		'A4',
		'2 hours with a message each minute',
		async (target) => {
			const { code, after } = await untilClosed(target, 125, (visitor) => visitor.socket.send('{"action":"ping"}'));
			return seen(code === 1001 && after > 119 && after < 122, `${code} after ${after.toFixed(1)} min`);
		},
		{ minutes: 125 },
	),
];
