import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { createGateway } from '@shellpod/functions/adapters/gateway.ts';
import { createSignedFetch } from '@shellpod/functions/signed-fetch.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connection } from '../support/sockets.ts';

const identity = { region: 'eu-central-1', accessKeyId: 'ASIATEST', secretAccessKey: 'secret', sessionToken: 'token' };
/** Short, so that silence costs a test little; long enough for a busy machine. */
const patience = { attemptMs: 200, totalMs: 2_000, retries: 2, pauseMs: 1 };

interface Seen {
	method: string;
	url: string;
	headers: IncomingMessage['headers'];
	body: string;
}

/** Answers each request as the next of `answers` says, the last one for ever. `silent` never answers, `cut` closes the connection. */
const answering = async (...answers: (number | 'silent' | 'cut')[]) => {
	const seen: Seen[] = [];
	const lines: unknown[] = [];
	const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
		let body = '';
		for await (const part of request) body += part;
		seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
		const answer = answers[Math.min(seen.length, answers.length) - 1];
		if (answer === 'cut') request.socket.destroy();
		else if (typeof answer === 'number') response.writeHead(answer).end(answer === 200 ? '' : '{"message":"why"}');
	});
	let opened = 0;
	server.on('connection', () => opened++);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/execute-api/abc/ws`;
	cleanups.push(
		() =>
			new Promise<void>((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	);
	return {
		seen,
		connections: () => opened,
		endpoint,
		gateway: createGateway({ endpoint, fetch: createSignedFetch(identity, 'execute-api', patience), log: { warn: (...line) => lines.push(line) } }),
		lines,
	};
};

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe('a post to a connection', () => {
	test('is signed for the gateway, at the encoded address of its connection', async () => {
		const { seen, gateway } = await answering(200);
		expect(await gateway.post(connection('L0SM9cOFvHcCIhw'), 'fabcd,1 é😀')).toBe('sent');
		expect(seen).toMatchObject([{ method: 'POST', url: '/execute-api/abc/ws/@connections/L0SM9cOFvHcCIhw%3D', body: 'fabcd,1 é😀' }]);
		expect(seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIATEST\/\d{8}\/eu-central-1\/execute-api\/aws4_request, /);
		expect(seen[0]?.headers['x-amz-security-token']).toBe('token');
	});

	test("has the address that AWS's own client uses", async () => {
		const { seen, endpoint, gateway } = await answering(200);
		await gateway.post(connection('a+b/c'), 'x');
		const sdk = new ApiGatewayManagementApiClient({ endpoint, region: 'eu-central-1', credentials: identity });
		await sdk.send(new PostToConnectionCommand({ ConnectionId: connection('a+b/c'), Data: 'x' }));
		sdk.destroy();
		expect(seen[0]?.url).toBe(seen[1]?.url);
	});

	test.each([
		[410, 'gone'],
		[429, 'busy'],
		[403, 'failed'],
		[413, 'failed'],
	] as const)('[P9] answered %i is %s, and is not sent again', async (status, sent) => {
		const { seen, gateway } = await answering(status);
		expect(await gateway.post(connection('a'), 'x')).toBe(sent);
		expect(seen).toHaveLength(1);
	});

	test.each([
		[204, 'closed', 0],
		[410, 'gone', 0],
		[403, 'failed', 1],
		[429, 'failed', 1],
	] as const)('[security 8] a close that is answered %i: %s', async (status, closed, warnings) => {
		const { seen, gateway, lines } = await answering(status);
		const before = lines.length;
		expect(await gateway.close(connection('a'))).toBe(closed);
		expect(seen).toMatchObject([{ method: 'DELETE', url: '/execute-api/abc/ws/@connections/a%3D' }]);
		expect(lines.length - before).toBe(warnings);
	});

	test.each([500, 503, 'silent', 'cut'] as const)('that meets %s is sent twice more, then given up', async (fault) => {
		const { seen, gateway } = await answering(fault);
		expect(await gateway.post(connection('a'), 'x')).toBe('failed');
		expect(seen).toHaveLength(3);
	});

	test.each([
		['a dead connection', 'cut'],
		['silence', 'silent'],
		['an error', 500],
	] as const)('gets over %s', async (_, fault) => {
		const { seen, gateway } = await answering(fault, 200);
		expect(await gateway.post(connection('a'), 'x')).toBe('sent');
		expect(seen).toHaveLength(2);
	});

	test('over a connection that died while it was kept is tried again at once', async () => {
		const { seen, endpoint } = await answering(200, 'cut', 200);
		const fetch = createSignedFetch(identity, 'execute-api', { attemptMs: 1_000, totalMs: 2_000, retries: 2, pauseMs: 1e9 });
		await fetch(endpoint, { method: 'POST', body: 'one' });
		expect(await fetch(endpoint, { method: 'POST', body: 'two' })).toEqual({ status: 200, text: '' });
		expect(seen.map(({ body }) => body)).toEqual(['one', 'two', 'two']);
	});

	test('keeps its connection for the next', async () => {
		const { connections, gateway } = await answering(200);
		for (let post = 0; post < 5; post++) await gateway.post(connection('a'), 'x');
		expect(connections()).toBe(1);
	});

	test('learns at the second try that the connection is gone', async () => {
		const { seen, gateway } = await answering(500, 410);
		expect(await gateway.post(connection('a'), 'x')).toBe('gone');
		expect(seen).toHaveLength(2);
	});

	test('ends within its time, whatever is left to try', async () => {
		const { seen, endpoint } = await answering('silent');
		const fetch = createSignedFetch(identity, 'execute-api', { attemptMs: 10_000, totalMs: 50, retries: 2, pauseMs: 1 });
		expect(await fetch(endpoint, { method: 'POST', body: 'x' })).toBeUndefined();
		expect(seen).toHaveLength(1);
	});

	test('ends within its time though memory is collected meanwhile', async () => {
		setFlagsFromString('--expose-gc');
		const collect = runInNewContext('gc') as () => void;
		const { seen, endpoint } = await answering('silent');
		const fetch = createSignedFetch(identity, 'execute-api', { attemptMs: 100, totalMs: 100, retries: 0, pauseMs: 1 });
		const answer = fetch(endpoint, { method: 'POST', body: 'x' });
		await vi.waitUntil(() => seen.length > 0);
		for (let times = 0; times < 5; times++) {
			await new Promise((resolve) => setImmediate(resolve));
			collect();
		}
		expect(await answer).toBeUndefined();
	});

	test('to nobody fails without throwing', async () => {
		const fetch = createSignedFetch(identity, 'execute-api', patience);
		expect(await fetch('http://127.0.0.1:1/', { method: 'POST' })).toBeUndefined();
	});

	test('[security 11] that fails is logged without what it said', async () => {
		const { gateway, lines } = await answering(403);
		await gateway.post(connection('a'), 'fabcd,1 canary');
		expect(lines).toEqual([['post failed', { status: 403, answer: '{"message":"why"}' }]]);
	});
});

test('a connection is closed by DELETE', async () => {
	const { seen, gateway } = await answering(204);
	await gateway.close(connection('a'));
	expect(seen).toMatchObject([{ method: 'DELETE', url: '/execute-api/abc/ws/@connections/a%3D' }]);
});
