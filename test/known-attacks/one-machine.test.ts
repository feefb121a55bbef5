/** Terminals on the user's own machine that any page or program could use, as they were published. */
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGate, type Gate } from '../../local/gate/gate.ts';
import { type StillWorld, stillWorld } from '../support/world.ts';

let world: StillWorld;
let server: Server;
let gate: Gate;
let port: number;

beforeEach(async () => {
	world = stillWorld();
	server = createServer((request, response) => {
		void gate.pass(request, response).then((passed) => passed && response.end('the product'));
	});
	server.on('upgrade', (request, socket) => {
		if (gate.passUpgrade(request, socket)) socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	port = (server.address() as { port: number }).port;
	gate = createGate({ folder: world.state, key: 'sesame', port, now: () => world.now().getTime() });
});
afterEach(() => {
	server.closeAllConnections();
	server.close();
	world.remove();
});

const ask = (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
	new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
		const { method = 'GET', headers = {}, body = '' } = options;
		const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: { host: `localhost:${port}`, ...headers } }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (part: string) => {
				text += part;
			});
			response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
const cookieOfKey = async (): Promise<string> => {
	const answer = await ask('/_gate', {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded', origin: `http://localhost:${port}` },
		body: 'key=sesame&to=/',
	});
	return answer.headers['set-cookie']?.[0] ?? expect.fail('no cookie');
};
const upgrade = async (headers: string): Promise<string> => {
	const socket = connect(port, '127.0.0.1');
	socket.write(`GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`);
	const [chunk] = (await once(socket, 'data')) as [Buffer];
	socket.destroy();
	return chunk.toString().split('\r\n')[0] ?? '';
};

describe('npm start', () => {
	test('[CVE-2021-34182] gives nobody a terminal without its key, as it comes', async () => {
		for (const path of ['/', '/ws', '/api/me', '/api/auth/login']) expect([path, (await ask(path)).status]).toEqual([path, 401]);
		expect((await ask('/', { headers: { cookie: (await cookieOfKey()).split(';')[0] ?? '' } })).body).toBe('the product');
	});

	test('[CVE-2023-30856] opens no WebSocket for a page that only knows the port', async () => {
		const cookie = await cookieOfKey();
		expect(await upgrade(`Host: localhost:${port}\r\nOrigin: https://evil.example\r\n`)).toContain('401');
		expect(await upgrade(`Host: localhost:${port}\r\nCookie: ${cookie.split(';')[0]}\r\n`)).toContain('101');
		// Another site's page gets no such cookie sent along.
		expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
	});

	test('[CVE-2026-44211] knows no other name: one that leads here by DNS gets nothing, with the cookie too', async () => {
		const cookie = (await cookieOfKey()).split(';')[0] ?? '';
		for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port}`, `localhost.evil.example:${port}`, 'localhost'])
			expect([host, await upgrade(`Host: ${host}\r\nCookie: ${cookie}\r\n`)]).toEqual([host, expect.stringContaining('401')]);
		expect((await ask('/', { headers: { host: `evil.example:${port}`, cookie } })).status).toBe(421);
	});

	test('[CVE-2025-47269] never makes an address of another host of what was asked for', async () => {
		const places: string[] = [];
		const response = {
			writeHead: (_: number, { location }: { location: string }) => ({ end: () => places.push(location) }),
		} as unknown as ServerResponse;
		for (const url of ['@evil.example/', '.evil.example/', ':80@evil.example/', '//evil.example/', '/ok'])
			await gate.pass({ method: 'GET', url, headers: { host: `127.0.0.1:${port}` } } as IncomingMessage, response);
		expect(places.map((place) => new URL(place).host)).toEqual(Array(5).fill(`localhost:${port}`));
	});
});
