import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGate, type Gate } from '../../../local/gate/gate.ts';
import { type StillWorld, stillWorld } from '../../support/world.ts';

interface Answer {
	status: number;
	headers: IncomingHttpHeaders;
	body: string;
}

let world: StillWorld;
let server: Server;
let gate: Gate;
let port: number;
/** what the product behind the gate was given */
let seen: { url: string; cookie: string | undefined; raw: string }[];

beforeEach(async () => {
	world = stillWorld();
	seen = [];
	server = createServer((request, response) => {
		void gate.pass(request, response).then((passed) => {
			if (!passed) return;
			seen.push({ url: request.url ?? '', cookie: request.headers.cookie, raw: request.rawHeaders.join('\n') });
			response.end('the product');
		});
	});
	server.on('upgrade', (request, socket) => {
		if (gate.passUpgrade(request, socket)) socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	port = (server.address() as { port: number }).port;
	gate = createGate({
		folder: world.state,
		key: 'sesame',
		port,
		open: (method, path) => method === 'POST' && path === '/_sign-in/p/oauth2/token',
		now: () => world.now().getTime(),
	});
});
afterEach(() => {
	server.closeAllConnections();
	server.close();
	world.remove();
});

const ask = (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> =>
	new Promise((resolve, reject) => {
		const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: { host: `localhost:${port}`, ...headers } }, (response) => {
			let text = '';
			response.setEncoding('utf8').on('data', (chunk: string) => {
				text += chunk;
			});
			response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
const giveKey = (key: string, to = '/', headers: Record<string, string> = {}) =>
	ask('POST', '/_gate', { 'content-type': 'application/x-www-form-urlencoded', ...headers }, new URLSearchParams({ key, to }).toString());
const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';

describe('the gate', () => {
	it.each(['/', '/sessions/abc', '/api/me', '/assets/x.js', '/_sign-in/p/login', '/ws'])('shows itself instead of %s', async (path) => {
		for (const headers of [{}, { cookie: 'shellpod-key-00000000=guess' }, { authorization: 'Bearer x' }]) {
			const answer = await ask('GET', path, headers);
			expect(answer.status).toBe(401);
			expect(answer.body).toContain('<label for="key">Key</label>');
			expect(answer.headers['cache-control']).toBe('no-store');
			expect(answer.body).not.toContain('sesame');
		}
		expect(seen).toEqual([]);
	});

	it('gives a cookie for the key and goes on to where the browser wanted to go', async () => {
		const answer = await giveKey('sesame', '/sessions/abc?x=1');
		expect(answer.status).toBe(303);
		expect(answer.headers.location).toBe('/sessions/abc?x=1');
		expect(answer.headers['set-cookie']?.[0]).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
		expect(cookieOf(answer)).not.toContain('sesame');
		expect((await ask('GET', '/sessions/abc', { cookie: cookieOf(answer) })).body).toBe('the product');
	});

	it.each(['https://evil.example/', '//evil.example/', '/\\evil.example', '/_gate', 'javascript:alert(1)'])('never goes on to %s', async (to) => {
		expect((await giveKey('sesame', to)).headers.location).toBe('/');
	});

	it('hides its cookies from what is behind it, and leaves the others', async () => {
		const cookie = cookieOf(await giveKey('sesame'));
		await ask('GET', '/api/me', { cookie: `a=1; ${cookie}; shellpod-key-ffffffff=of-another-stack; b=2` });
		await ask('GET', '/api/me', { cookie });
		expect(seen.map((one) => one.cookie)).toEqual(['a=1; b=2', undefined]);
		for (const { raw } of seen) expect(raw).not.toContain('shellpod-key');
	});

	it('refuses an upgrade without the cookie', async () => {
		const upgrade = async (headers: string): Promise<string> => {
			const socket = connect(port, '127.0.0.1');
			socket.write(`GET /ws HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`);
			const [chunk] = (await once(socket, 'data')) as [Buffer];
			socket.destroy();
			return chunk.toString().split('\r\n')[0] ?? '';
		};
		expect(await upgrade('')).toBe('HTTP/1.1 401 Unauthorized');
		expect(await upgrade(`Cookie: ${cookieOf(await giveKey('sesame'))}\r\n`)).toBe('HTTP/1.1 101 Switching Protocols');
	});

	it('lets a server’s own requests pass, by method and path', async () => {
		expect((await ask('POST', '/_sign-in/p/oauth2/token')).body).toBe('the product');
		expect((await ask('GET', '/_sign-in/p/oauth2/token')).status).toBe(401);
		expect((await ask('POST', '/_sign-in/p/oauth2/token/../../../api/me')).status).toBe(401);
	});

	it('answers a wrong key with a page that asks again, then with a pause', async () => {
		const answer = await giveKey('wrong', '/sessions/abc');
		expect(answer.status).toBe(403);
		expect(answer.body).toContain('role="alert"');
		expect(answer.body).toContain('value="/sessions/abc"');
		expect(answer.headers['set-cookie']).toBeUndefined();
		for (let mistake = 0; mistake < 3; mistake++) await giveKey('wrong');
		const paused = await giveKey('sesame');
		expect(paused.status).toBe(429);
		expect(paused.headers['retry-after']).toBe('1');
		world.pass(1_000);
		expect((await giveKey('sesame')).status).toBe(303);
	});

	it('takes no key from another site’s page, so that it can’t make the owner wait', async () => {
		for (let mistake = 0; mistake < 10; mistake++) expect((await giveKey('wrong', '/', { origin: 'https://evil.example' })).status).toBe(403);
		expect((await giveKey('sesame', '/', { origin: `http://localhost:${port}` })).status).toBe(303);
	});

	it('knows its own name only; its numeric address leads there', async () => {
		const cookie = cookieOf(await giveKey('sesame'));
		expect((await ask('GET', '/api/me', { host: 'evil.example', cookie })).status).toBe(421);
		expect((await ask('GET', '/api/me', { host: `localhost:${port + 1}`, cookie })).status).toBe(421);
		const numeric = await ask('GET', '/sessions/abc', { host: `127.0.0.1:${port}` });
		expect([numeric.status, numeric.headers.location]).toEqual([307, `http://localhost:${port}/sessions/abc`]);
		expect(seen).toEqual([]);
	});

	it('tells its own page whether the browser is known', async () => {
		expect((await ask('GET', '/_gate')).status).toBe(401);
		expect((await ask('GET', '/_gate', { cookie: cookieOf(await giveKey('sesame')) })).status).toBe(204);
	});

	it('takes the key off the printed link for a browser that is known, once', async () => {
		const cookie = cookieOf(await giveKey('sesame'));
		const typed = { cookie, 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };
		const hop = await ask('GET', '/', typed);
		expect([hop.status, hop.headers.location]).toEqual([302, '/#']);
		expect((await ask('GET', '/', { ...typed, cookie: `${cookie}; ${cookieOf(hop)}` })).body).toBe('the product');
		expect(seen[0]?.cookie).toBeUndefined();
		expect((await ask('GET', '/', { ...typed, 'sec-fetch-site': 'same-origin' })).body).toBe('the product');
	});

	it('is another gate for another folder or port: cookies of one don’t open the other', async () => {
		const other = createGate({ folder: world.folder('other'), key: 'sesame', port, now: () => 0 });
		expect(other.link).toBe(`http://localhost:${port}/#key=sesame`);
		const mine = cookieOf(await giveKey('sesame')).split('=')[0];
		gate = other;
		expect(cookieOf(await giveKey('sesame')).split('=')[0]).not.toBe(mine);
	});

	it('reads no more than a small form', async () => {
		expect((await giveKey('x'.repeat(20_000))).status).toBe(413);
	});

	it.each([
		'evil.example',
		'localhost.evil.example',
		'localtest.me',
		'localhost.',
		'LOCALHOST',
		'127.0.0.1.nip.io',
		'127.1',
		'2130706433',
		'0x7f000001',
		'0.0.0.0',
		'[::ffff:127.0.0.1]',
		'localhost@evil.example',
	])('[security 16] signs no page in that reaches it by DNS under the name %j, though it had key and cookie', async (name) => {
		const cookie = cookieOf(await giveKey('sesame'));
		for (const host of [`${name}:${port}`, name]) {
			for (const path of ['/', '/_gate', '/_sign-in/p/login', '/api/auth/login', '/api/auth/token', '/sessions/x'])
				expect((await ask('GET', path, { host, cookie })).status).toBe(421);
			const given = await giveKey('sesame', '/', { host, cookie, origin: `http://${host}` });
			expect([given.status, given.headers['set-cookie']]).toEqual([421, undefined]);
			// Not even what is open to the stack's own requests.
			expect((await ask('POST', '/_sign-in/p/oauth2/token', { host })).status).toBe(421);
		}
		expect(seen).toEqual([]);
	});

	it('[security 16] takes only the Host header for its name, and only one', async () => {
		const cookie = cookieOf(await giveKey('sesame'));
		const forwarded = { 'x-forwarded-host': `localhost:${port}`, forwarded: `host=localhost:${port}`, origin: `http://localhost:${port}` };
		expect((await ask('GET', '/', { host: 'evil.example', cookie, ...forwarded })).status).toBe(421);
		const raw = async (lines: string[]): Promise<string> => {
			const socket = connect(port, '127.0.0.1');
			socket.write(`${lines.join('\r\n')}\r\n\r\n`);
			const [chunk] = (await once(socket, 'data')) as [Buffer];
			socket.destroy();
			return chunk.toString().split(' ')[1] ?? '';
		};
		const mine = [`Host: localhost:${port}`, `Cookie: ${cookie}`, 'Connection: close'];
		expect(await raw(['GET /api/me HTTP/1.1', ...mine])).toBe('200');
		expect(await raw(['GET /api/me HTTP/1.1', 'Host: evil.example', ...mine])).not.toBe('200');
		expect(await raw(['GET /api/me HTTP/1.0', `Cookie: ${cookie}`])).not.toBe('200');
		expect(await raw([`GET /ws HTTP/1.1`, 'Host: evil.example', 'Upgrade: websocket', 'Connection: Upgrade', `Cookie: ${cookie}`])).toBe('401');
	});

	it('[security 16] lets no process in that has no key, whatever it says of itself', async () => {
		const claims: Record<string, string>[] = [
			{ origin: `http://localhost:${port}`, referer: `http://localhost:${port}/`, 'sec-fetch-site': 'same-origin', 'x-shellpod': '1' },
			{ 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
			{ authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.', 'x-shellpod-key': 'sesame' },
			{ authorization: `Basic ${Buffer.from(':sesame').toString('base64')}` },
			{ cookie: `key=sesame; shellpod-key=sesame; shellpod-key-00000000=sesame` },
		];
		const name = cookieOf(await giveKey('sesame')).split('=')[0];
		for (const value of ['', 'sesame', 'undefined', 'true', '1', Buffer.from('sesame').toString('base64url')])
			claims.push({ cookie: `${name}=${value}` });
		for (const headers of claims)
			for (const [method, path] of [
				['GET', '/api/auth/login'],
				['GET', '/_sign-in/p/oauth2/authorize'],
				['POST', '/_sign-in/p/login'],
				['POST', '/api/auth/token'],
				['POST', '/api/sessions'],
				['GET', '/?key=sesame'],
				['GET', '//api/me'],
				['GET', '/_gate/../api/me'],
				['GET', '/_gate?to=/api/me'],
				['OPTIONS', '/api/me'],
				['PUT', '/_gate'],
			] as const)
				expect([method, path, headers, (await ask(method, path, headers)).status]).toEqual([method, path, headers, 401]);
		expect(seen).toEqual([]);
	});

	it('[security 16] looks at four of two hundred guesses that come at once', async () => {
		let looked = 0;
		for (let guess = 0; guess < 200; guess++) {
			const { status } = await giveKey(`guess-${guess}`);
			if (status === 403) looked += 1;
			else expect(status).toBe(429);
		}
		// What was not looked at tells nothing.
		expect(looked).toBe(4);
	});
});
