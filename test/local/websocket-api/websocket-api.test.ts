import {
	DeleteConnectionCommand,
	ForbiddenException,
	GetConnectionCommand,
	GoneException,
	LimitExceededException,
	PayloadTooLargeException,
	PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import type WebSocket from 'ws';
import { functionArn } from '../scripted.ts';
import { allow, type Handlers, start } from './served.ts';

describe('a connection', () => {
	it('[aws-A9a] [aws-A14a] is opened when the authorizer and $connect agree, with the subprotocol that $connect chose', async () => {
		const { open, lambda } = await start();
		const { outcome, socket } = await open();
		expect([outcome, socket.protocol]).toEqual(['open', 'shellpod.v1']);
		const [authorizer, connect] = lambda.invoked.map(({ event }) => event);
		expect(authorizer).toMatchObject({
			type: 'REQUEST',
			methodArn: expect.stringMatching(/^arn:aws:execute-api:us-east-1:000000000000:\w+\/ws\/\$connect$/),
			headers: { 'Sec-WebSocket-Protocol': 'shellpod.v1,ticket.x', Origin: 'http://localhost:2' },
		});
		expect(connect).toMatchObject({
			requestContext: {
				routeKey: '$connect',
				eventType: 'CONNECT',
				authorizer: { principalId: 'someone', user: 'ann', generation: '3', agent: 'false' },
			},
			headers: { 'Sec-WebSocket-Protocol': 'shellpod.v1,ticket.x' },
		});
	});

	it('[aws-A5a] [aws-A6] is held until $connect has answered, and can not be posted to before', async () => {
		let early: unknown;
		const stack = await start({
			connect: async (event: { requestContext: { connectionId: string } }) => {
				early = await stack.management
					.send(new PostToConnectionCommand({ ConnectionId: event.requestContext.connectionId, Data: 'x' }))
					.catch((error) => error);
				return { statusCode: 200, headers: { 'sec-websocket-protocol': 'shellpod.v1' } };
			},
		});
		expect((await stack.open()).outcome).toBe('open');
		expect(early).toBeInstanceOf(GoneException);
	});

	const refusals: [string, Handlers, number][] = [
		[
			'[aws-A7b] a Deny is 403',
			{ authorizer: () => ({ ...allow, policyDocument: { Statement: [{ Action: '*', Effect: 'Deny', Resource: '*' }] } }) },
			403,
		],
		[
			'[aws-A7e] a policy for another ARN is 403',
			{ authorizer: () => ({ ...allow, policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: 'arn:x' }] } }) },
			403,
		],
		['[aws-A7c] a thrown Unauthorized is 401', { authorizer: () => Promise.reject(new Error('Unauthorized')) }, 401],
		['[aws-A7c] another error of the authorizer is 500', { authorizer: () => Promise.reject(new Error('broken')) }, 500],
		['a context with an object is 500', { authorizer: () => ({ ...allow, context: { a: {} } }) }, 500],
		['[aws-A7d] an answer over 8 KB is 500', { authorizer: () => ({ ...allow, context: { a: 'x'.repeat(8192) } }) }, 500],
		["[aws-A5b] $connect's own status is the client's", { connect: () => ({ statusCode: 409, body: 'no' }) }, 409],
		['[aws-A5c] a crash of $connect is 502', { connect: () => Promise.reject(new Error('broken')) }, 502],
	];
	it.each(refusals)('is refused: %s', async (_, handlers, status) => {
		const { open, contexts } = await start(handlers);
		expect((await open()).outcome).toBe(status);
		expect([contexts('disconnect'), contexts('relay')]).toEqual([[], []]);
		if (status === 403 || status === 401) expect(contexts('connect')).toEqual([]);
	});

	it('[aws-A9a] [aws-A9b] fails in the client when it offered subprotocols and none was chosen', async () => {
		const { open } = await start({ connect: () => ({ statusCode: 200 }) });
		expect((await open()).outcome).toBe(-1);
	});
});

describe('messages', () => {
	it('[aws-A10a] [aws-A10b] [aws-A11a] go to the route of their action, everything else to $default; the answers of functions are dropped', async () => {
		const { open, contexts, lambda } = await start();
		const { socket, next } = await open();
		for (const text of ['{"action":"hello"}', 'tTAG payload', '{"action":"nobody"}', '{"action":"$connect"}', '[1]', '{broken', '{"action":"ping"}'])
			socket.send(text);
		expect(await next()).toBe('{"pong":true}');
		expect(contexts('hello').map((one) => one.routeKey)).toEqual(['hello']);
		expect(contexts('relay').map((one) => one.routeKey)).toEqual(Array(5).fill('$default'));
		const bodies = lambda.invoked.filter((one) => one.arn === functionArn('relay')).map((one) => one.event.body);
		expect(bodies).toEqual(['tTAG payload', '{"action":"nobody"}', '{"action":"$connect"}', '[1]', '{broken']);
		expect(contexts('relay')[0]).toMatchObject({
			eventType: 'MESSAGE',
			stage: 'ws',
			messageDirection: 'IN',
			authorizer: { user: 'ann', generation: '3' },
		});
	});

	it('[aws-A12a] [aws-A12c] whose function fails are answered with an error frame, and the connection stays', async () => {
		const { open } = await start({ relay: () => Promise.reject(new Error('broken')) });
		const { socket, next } = await open();
		socket.send('x');
		expect(JSON.parse(await next())).toEqual({
			message: 'Internal server error',
			connectionId: expect.stringMatching(/=$/),
			requestId: expect.any(String),
		});
		socket.send('{"action":"ping"}');
		expect(await next()).toBe('{"pong":true}');
	});

	it('[aws-A19] of one connection run at the same time', async () => {
		let release = (): void => {};
		const blocked = new Promise<void>((done) => {
			release = done;
		});
		const { open, contexts } = await start({ relay: (event: { body: string }) => (event.body === 'slow' ? blocked : undefined) });
		const { socket, next } = await open();
		for (const text of ['slow', 'quick', '{"action":"ping"}']) socket.send(text);
		await next();
		expect(contexts('relay')).toHaveLength(2);
		release();
	});

	it('[aws-A1a] [aws-A1b] at the limits pass: 131,072 bytes in frames of 32,768', async () => {
		const { open, lambda } = await start();
		const { socket, next } = await open();
		for (let part = 0; part < 4; part += 1) socket.send('x'.repeat(32 * 1024), { fin: part === 3 });
		socket.send('{"action":"ping"}');
		await next();
		expect(lambda.invoked.at(-1)?.event.body).toHaveLength(128 * 1024);
	});

	it('[aws-A1a] [aws-A1b] [aws-A2] over them close the connection: a frame of 32,769 bytes, a message of 131,073, binary', async () => {
		const { open, contexts } = await start();
		const cases: [(socket: WebSocket) => void, number][] = [
			[(socket) => socket.send('x'.repeat(32 * 1024 + 1)), 1009],
			[
				(socket) => {
					for (let part = 0; part < 5; part += 1) socket.send(part === 4 ? 'x' : 'x'.repeat(32 * 1024), { fin: part === 4 });
				},
				1009,
			],
			[(socket) => socket.send(Buffer.from('x')), 1003],
		];
		for (const [send, code] of cases) {
			const { socket, closed } = await open();
			send(socket);
			expect(await closed()).toBe(code);
		}
		expect(contexts('relay')).toEqual([]);
		await expect.poll(() => contexts('disconnect').map((one) => one.disconnectStatusCode)).toEqual(cases.map(([, code]) => code));
	});
});

describe('@connections', () => {
	it('[aws-A15a] [aws-A15b] [aws-A15c] posts, tells and closes, as the SDK understands it', async () => {
		const { open, management, contexts } = await start();
		const { next, closed } = await open();
		const ConnectionId = String(contexts('connect')[0]?.connectionId);
		expect(ConnectionId).toMatch(/=$/);
		await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'héllo' }));
		expect(await next()).toBe('héllo');
		const told = await management.send(new GetConnectionCommand({ ConnectionId }));
		expect(told.ConnectedAt).toBeInstanceOf(Date);
		expect(told.LastActiveAt?.getTime()).toBeGreaterThanOrEqual(told.ConnectedAt?.getTime() ?? Number.NaN);
		expect(told.Identity?.SourceIp).toBe('127.0.0.1');
		const big = new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(128 * 1024 + 1) });
		await expect(management.send(big)).rejects.toBeInstanceOf(PayloadTooLargeException);
		await management.send(new DeleteConnectionCommand({ ConnectionId }));
		await expect(management.send(new GetConnectionCommand({ ConnectionId }))).rejects.toBeInstanceOf(GoneException);
		expect(await closed()).toBe(1000);
	});

	it('asks for execute-api:ManageConnections on the connection, and refuses as the SDK understands it', async () => {
		const asked: unknown[] = [];
		const { management, address } = await start({}, (_, needs) => {
			asked.push(needs);
			return 'User: x is not authorized';
		});
		const post = management.send(new PostToConnectionCommand({ ConnectionId: 'abc=', Data: 'x' }));
		await expect(post).rejects.toMatchObject({
			name: 'AccessDeniedException',
			message: 'User: x is not authorized',
			$metadata: { httpStatusCode: 403 },
		});
		const id = address.split('/').at(-2);
		const resource = `arn:aws:execute-api:us-east-1:000000000000:${id}/ws/POST/@connections/abc=`;
		expect(asked).toEqual([[{ action: 'execute-api:ManageConnections', resources: [resource] }]]);
	});

	it('[aws-A15d] [aws-A15e] refuses who has not signed, and a path without the stage', async () => {
		const { address, managementAt } = await start();
		await expect(managementAt('').send(new PostToConnectionCommand({ ConnectionId: 'abc=', Data: 'x' }))).rejects.toBeInstanceOf(ForbiddenException);
		expect((await fetch(`http://${address}/@connections/abc=`, { method: 'POST', body: 'x' })).status).toBe(403);
		expect((await fetch(`http://${address.replace(/\/ws$/, '')}/@connections/abc=`, { method: 'POST', body: 'x' })).status).toBe(403);
	});
});

describe('a connection that nothing is said on', () => {
	it('[aws-A3a] [aws-A3b] is closed after 10 minutes, though its client sends protocol pings', async () => {
		let ms = Date.parse('2030-01-01T00:00:00Z');
		const { open } = await start({}, undefined, { now: () => new Date(ms) });
		const { socket, closed } = await open();
		const end = closed();
		ms += 9 * 60_000;
		const ponged = new Promise((done) => socket.once('pong', done));
		socket.ping();
		await ponged;
		ms += 60_000;
		expect(await end).toBe(1001);
	});
});

describe('connection ids', () => {
	it('[aws-A16] end in = and are never used twice', async () => {
		const { open, contexts } = await start();
		for (let one = 0; one < 40; one++) (await open()).socket.terminate();
		const ids = contexts('connect').map(({ connectionId }) => String(connectionId));
		expect(new Set(ids).size).toBe(40);
		for (const id of ids) expect(id).toMatch(/^[\w]{15}=$/);
	});
});

describe('a client that does not read', () => {
	it('[aws-A15a] [aws-A24b] is posted to until its buffer is full, then posts are LimitExceeded', async () => {
		const { open, management, contexts } = await start();
		const { socket } = await open();
		socket.pause();
		const ConnectionId = String(contexts('connect')[0]?.connectionId);
		const fill = async (): Promise<unknown> => {
			for (let posts = 0; posts < 1_000; posts++) {
				const refused = await management.send(new PostToConnectionCommand({ ConnectionId, Data: 'x'.repeat(128 * 1024) })).catch((error) => error);
				if (refused instanceof Error) return refused;
			}
		};
		expect(await fill()).toBeInstanceOf(LimitExceededException);
	});
});

describe('$disconnect', () => {
	it('[aws-A8a] [aws-A14c] comes once, with the code, and with what the authorizer said', async () => {
		let told: (event: unknown) => void = () => {};
		const disconnected = new Promise((done) => {
			told = done;
		});
		const { open } = await start({ disconnect: (event) => told(event) });
		const { socket } = await open();
		socket.close(4001, 'bye');
		expect(await disconnected).toMatchObject({
			requestContext: {
				routeKey: '$disconnect',
				eventType: 'DISCONNECT',
				disconnectStatusCode: 4001,
				disconnectReason: 'bye',
				authorizer: { user: 'ann' },
			},
		});
	});
});
