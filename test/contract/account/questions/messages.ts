/** A: messages, both ways. */
import { exactly, type Question, question, questions, seen, sometimes } from '../question.ts';
import type { Sight, Target } from '../target.ts';
import { type Visitor, visit } from '../visitor.ts';

const say = (visitor: Visitor, what: object): void => visitor.socket.send(JSON.stringify(what));
const messages = (all: readonly Sight[]): Sight[] => all.filter(({ kind }) => kind === 'MESSAGE');
const contextOf = (sight: Sight | undefined): Record<string, unknown> => (sight?.seen.requestContext ?? {}) as Record<string, unknown>;

const withVisitor = async <T>(target: Target, work: (visitor: Visitor, mark: string) => Promise<T>): Promise<T> => {
	const mark = target.mark();
	const visitor = await visit(target.outputs.PlainSocket, { query: { mark } });
	try {
		return await work(visitor, mark);
	} finally {
		visitor.end();
	}
};

/** bytes */
const frame = 32 * 1024;

const inFrames = (visitor: Visitor, size: number): void => {
	for (let sent = 0; sent < size; sent += frame) visitor.socket.send('x'.repeat(Math.min(frame, size - sent)), { fin: sent + frame >= size });
};

/** A size that passes, and the code of the close at one byte more. */
const limit = (id: string, asks: string, size: number, send: (visitor: Visitor, size: number) => void): Question =>
	question(id, asks, async (target) => {
		const passed = await withVisitor(target, async (visitor, mark) => {
			send(visitor, size);
			return (await target.sights(mark, (all) => messages(all).length > 0)).at(-1)?.seen.length;
		});
		const code = await withVisitor(target, async (visitor) => {
			send(visitor, size + 1);
			return visitor.closed();
		});
		return seen(passed === size && code === 1009, `${size} bytes: ${passed === size ? 'passed' : `seen as ${passed}`}; ${size + 1}: ${code}`);
	});

const fault = 'a fault: it happens with --faults only';
/** messages whose order is looked at */
const many = 100;

export const inOrder = (numbers: readonly number[]): number => numbers.filter((number, at) => at > 0 && number < (numbers[at - 1] ?? 0)).length;

export const incoming: readonly Question[] = [
	limit('A1a', 'a frame of 32,768 bytes, and one more', frame, (visitor, size) => visitor.socket.send('x'.repeat(size))),
	limit('A1b', 'a message of 131,072 bytes in four frames, and one more', 4 * frame, inFrames),
	questions(['A2', 'A14c'], 'a binary frame', async (target) =>
		withVisitor(target, async (visitor, mark) => {
			visitor.socket.send(Buffer.from('x'));
			const code = await visitor.closed();
			const sights = await target.sights(mark, (all) => all.some(({ kind }) => kind === 'DISCONNECT'));
			const told = contextOf(sights.at(-1));
			return {
				A2: seen(code === 1003 && messages(sights).length === 0, `${code}; ran: ${sights.map(({ kind }) => kind).join(' ')}`),
				A14c: seen(told.disconnectStatusCode === code, { code: told.disconnectStatusCode, reason: told.disconnectReason }),
			};
		}),
	),
	questions(['A8a', 'A8b', 'A14b'], 'two messages of one connection, and its end', async (target) =>
		withVisitor(target, async (visitor, mark) => {
			say(visitor, {});
			await target.sights(mark, (all) => messages(all).length === 1);
			say(visitor, {});
			await target.sights(mark, (all) => messages(all).length === 2);
			visitor.socket.close();
			const sights = await target.sights(mark, (all) => all.some(({ kind }) => kind === 'DISCONNECT'));
			const { number, yes } = (contextOf(sights.at(-1)).authorizer ?? {}) as Record<string, unknown>;
			const context = contextOf(messages(sights)[1]);
			const asked = sights.filter(({ kind }) => kind === 'authorizer').length;
			return {
				A8a: seen(number === '7' && yes === 'true', { number, yes }),
				A8b: exactly(`asked ${asked} time`, 'asked 1 time'),
				A14b: seen(
					typeof context.messageId === 'string' && typeof context.connectedAt === 'number' && !messages(sights)[1]?.seen.headers,
					Object.keys(context).sort().join(' '),
				),
			};
		}),
	),
	questions(['A10a', 'A10b', 'A13a'], 'messages for a MOCK route, for no route, for $connect, and no JSON', async (target) =>
		withVisitor(target, async (visitor, mark) => {
			const others = ['{"action":"nobody"}', '{"action":"$connect"}', '{"action":{}}', 'no JSON', '[1]'];
			for (const text of [...others, '{"action":"silent"}', '{"action":"ping"}']) visitor.socket.send(text);
			const pong = await visitor.next();
			const sights = messages(await target.sights(mark, (all) => messages(all).length >= others.length));
			const routes = [...new Set(sights.map((sight) => contextOf(sight).routeKey))];
			return {
				A10a: exactly(pong, '{"pong":true}'),
				A10b: seen(routes.join() === '$default' && sights.length === others.length, `${sights.length} of ${others.length} on ${routes.join()}`),
				A13a: exactly(visitor.heard, ['{"pong":true}']),
			};
		}),
	),
	question('A10c', 'a message that fits no route, where there is no $default', async ({ outputs }) => {
		const visitor = await visit(outputs.BareSocket);
		visitor.socket.send('{"action":"nobody"}');
		const answer = JSON.parse(await visitor.next()) as Record<string, unknown>;
		visitor.end();
		return seen('message' in answer && 'connectionId' in answer && 'requestId' in answer, { message: answer.message });
	}),
	question('A11a', 'what $default returns, which has no route response', async (target) =>
		withVisitor(target, async (visitor) => {
			visitor.socket.send('{"text":"x"}');
			// asked later than the other and answered: had that been answered too, it would have come by now
			say(visitor, { do: 'wait', ms: 1_000 });
			say(visitor, { do: 'post', text: 'end' });
			await visitor.next();
			await target.pause(1.5);
			return exactly(visitor.heard, ['end']);
		}),
	),
	question('A11b', 'what a route with a route response returns', async ({ outputs }) => {
		const visitor = await visit(outputs.BareSocket);
		visitor.socket.send('{"action":"answer","text":"x"}');
		const answer = await visitor.next();
		visitor.end();
		return exactly(answer, 'returned x');
	}),
	questions(['A12a', 'A12c'], 'a route that fails', async (target) =>
		withVisitor(target, async (visitor) => {
			say(visitor, { do: 'throw' });
			const { message, connectionId, requestId } = JSON.parse(await visitor.next()) as Record<string, unknown>;
			visitor.socket.send('{"action":"ping"}');
			return {
				A12a: seen(message === 'Internal server error' && !!connectionId && !!requestId, {
					message,
					connectionId: !!connectionId,
					requestId: !!requestId,
				}),
				A12c: exactly(await visitor.next(), '{"pong":true}'),
			};
		}),
	),
	question(
		'A12b',
		'a route that takes 31 s',
		async (target) =>
			withVisitor(target, async (visitor) => {
				const begun = Date.now();
				say(visitor, { do: 'wait', ms: 31_000 });
				const { message } = JSON.parse(await visitor.next(40)) as Record<string, unknown>;
				return seen(message === 'Endpoint request timed out', `${message} after ${((Date.now() - begun) / 1_000).toFixed(1)} s`);
			}),
		{ minutes: 1 },
	),
	question('A17c', '20 messages at once for a route that takes one a second', async (target) =>
		withVisitor(target, async (visitor, mark) => {
			let code: number | undefined;
			visitor.socket.once('close', (closed) => {
				code = closed;
			});
			for (let at = 0; at < 20; at += 1) visitor.socket.send('{"action":"narrow"}');
			await target.sights(mark, (all) => messages(all).length > 0);
			await target.pause(2);
			const first = visitor.heard[0];
			const words = first === undefined ? 'no frame' : String((JSON.parse(first) as Record<string, unknown>).message);
			return seen(
				code === 1008 || visitor.heard.length > 0,
				`${visitor.heard.length} error frames (${words}), ${code === undefined ? 'open' : `closed with ${code}`}`,
			);
		}),
	),
	question(
		'A19',
		`${many} messages at once: in which order they reach the function`,
		async (target) =>
			withVisitor(target, async (visitor, mark) => {
				for (let number = 0; number < many; number += 1) say(visitor, { number });
				const sights = messages(await target.sights(mark, (all) => messages(all).length >= many, 60));
				const numbers = sights.map(({ seen: { text } }) => (JSON.parse(String(text)) as { number: number }).number);
				return sometimes(inOrder(numbers) > 0, `${inOrder(numbers)} of ${many} began after a later one`);
			}),
		{ notHere: fault },
	),
	questions(
		['A20a', 'A23'],
		`${many} posts to one connection at once: their order, and whether all come`,
		async (target) =>
			withVisitor(target, async (visitor, mark) => {
				say(visitor, { do: 'burst', many });
				await target.sights(mark, (all) => messages(all).length > 0);
				await target.pause(10);
				const numbers = visitor.heard.map(Number);
				return {
					A20a: sometimes(inOrder(numbers) > 0, `${inOrder(numbers)} of ${numbers.length} came after a later one`),
					A23: sometimes(numbers.length < many, `${numbers.length} of ${many} came`),
				};
			}),
		{ notHere: fault },
	),
	questions(
		['A21a', 'A21b', 'A21c'],
		'20 connections that break off: their $disconnect',
		async (target) => {
			const marks = await Promise.all(
				Array.from({ length: 20 }, async () => {
					const mark = target.mark();
					const visitor = await visit(target.outputs.PlainSocket, { query: { mark } });
					visitor.end();
					return { mark, at: Date.now() };
				}),
			);
			await target.pause(120);
			const delays = await Promise.all(
				marks.map(async ({ mark, at: ended }) =>
					(await target.sights(mark, () => true)).filter(({ kind }) => kind === 'DISCONNECT').map(({ at }) => (at - ended) / 1_000),
				),
			);
			const lost = delays.filter((all) => all.length === 0).length;
			const twice = delays.filter((all) => all.length > 1).length;
			const latest = Math.max(...delays.flat());
			return {
				A21a: sometimes(lost > 0, `${lost} of 20 never came within 2 min`),
				A21b: sometimes(latest > 1, `the last after ${latest.toFixed(1)} s`),
				A21c: sometimes(twice > 0, `${twice} of 20 came twice`),
			};
		},
		{ notHere: fault },
	),
	question(
		'A27',
		`${many} echoes, one after the other`,
		async (target) =>
			withVisitor(target, async (visitor) => {
				const taken: number[] = [];
				for (let at = 0; at < many; at += 1) {
					const begun = performance.now();
					say(visitor, { do: 'post', text: 'x' });
					await visitor.next();
					taken.push(performance.now() - begun);
				}
				taken.sort((a, b) => a - b);
				const at = (share: number): string => `${Math.round(taken[Math.floor(many * share)] ?? 0)} ms`;
				return seen(true, `there and back, p50 ${at(0.5)}, p99 ${at(0.99)}, this machine's way to AWS included`);
			}),
		{ notHere: 'how long the stand-ins take says nothing of AWS' },
	),
];
