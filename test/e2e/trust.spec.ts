/** What other origins, and scripts that should not be there, get from the page. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connected, createSession, expect, expectState, newUser, openTerminal, signIn, test } from './fixtures.ts';

/** Pages of somebody else, on a port of their own. */
const startEvil = async (): Promise<{ server: Server; port: number }> => {
	const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title>'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { server, port: (server.address() as AddressInfo).port };
};

test('a load that the policy forbids is seen, and would fail its test', async ({ page, stack, violations }) => {
	await signIn(page, stack, newUser());
	await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = 'window.injected = true';
		document.body.append(script);
	});
	await expect.poll(() => violations.splice(0).length).toBe(1);
	expect(await page.evaluate(() => 'injected' in window)).toBe(false);
});

// Cookies know no ports: to a browser `localhost` on another port is the same site, and another origin.
for (const host of ['localhost', '127.0.0.1'])
	test(`[security 4] a page on ${host}, another port, opens no terminal, frames nothing and reads no token`, async ({
		context,
		page,
		stack,
		violations,
	}) => {
		const evil = await startEvil();
		try {
			await signIn(page, stack, newUser());
			await createSession(page, 'mine');
			await openTerminal(page, 'mine');
			const id = page.url().split('/').at(-1) ?? '';
			const ticket = (): Promise<{ url: string; protocols: string[] }> =>
				page.evaluate(async (id) => {
					const headers = { 'x-shellpod': '1' };
					const { accessToken } = await (await fetch('/api/auth/token', { method: 'POST', headers })).json();
					const authorization = `Bearer ${accessToken}`;
					return (await fetch(`/api/sessions/${id}/tickets`, { method: 'POST', headers: { authorization } })).json();
				}, id);
			const visitor = await context.newPage();
			await visitor.goto(`http://${host}:${evil.port}/`);

			const knock = { ...(await ticket()), origin: stack.origin };
			const socket = await visitor.evaluate(
				({ url, protocols }) =>
					new Promise((resolve) => {
						const socket = new WebSocket(url, protocols);
						socket.onopen = () => resolve('opened');
						socket.onerror = () => resolve('refused');
					}),
				knock,
			);
			expect(socket).toBe('refused');

			const read = await visitor.evaluate(async (origin) => {
				const tries: [string, RequestInit][] = [
					['/api/auth/token', { method: 'POST', headers: { 'x-shellpod': '1' } }],
					['/api/auth/token', { method: 'POST' }],
					['/api/auth/token', { method: 'POST', mode: 'no-cors' }],
					['/api/sessions', {}],
					['/api/me', { mode: 'no-cors' }],
					['/', { mode: 'no-cors' }],
				];
				return Promise.all(
					tries.map(([path, init]) =>
						fetch(`${origin}${path}`, { ...init, credentials: 'include' }).then(
							async (answer) => `${answer.type} ${await answer.text()}`.trim(),
							() => 'failed',
						),
					),
				);
			}, stack.origin);
			expect(read).toEqual(['failed', 'failed', 'opaque', 'failed', 'opaque', 'opaque']);

			await visitor.evaluate((origin) => {
				for (const path of ['/', '/api/openapi.json', '/_gate']) {
					const frame = document.createElement('iframe');
					frame.src = origin + path;
					document.body.append(frame);
				}
			}, stack.origin);
			await expect.poll(() => visitor.frames().filter((frame) => frame.url().startsWith('chrome-error:')).length).toBe(3);
			expect(visitor.frames().filter((frame) => frame.url().startsWith(stack.origin))).toEqual([]);
			// Being refused is said in the visitor's console.
			expect(violations.splice(0).every((text) => text.includes('frame-ancestors'))).toBe(true);

			const [opened] = await Promise.all([
				context.waitForEvent('page'),
				visitor.evaluate((origin) => {
					Object.assign(window, { opened: window.open(origin) });
				}, stack.origin),
			]);
			await expect(opened.getByRole('button', { name: 'New session' }).first()).toBeVisible();
			expect(await opened.evaluate(() => window.opener)).toBeNull();
			// Nor does it sign the user out.
			await visitor.evaluate(
				(origin) =>
					new Promise((resolve) => {
						const image = new Image();
						image.onload = image.onerror = resolve;
						image.src = `${origin}/api/auth/logout`;
					}),
				stack.origin,
			);
			violations.splice(0);

			// The user notices nothing of it.
			await page.reload();
			await connected(page);
		} finally {
			evil.server.closeAllConnections();
			evil.server.close();
		}
	});

test('[security 10] a script in the page finds no refresh token', async ({ context, page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'mine');
	await expectState(page, 'mine', 'Running');
	const [cookie, ...others] = (await context.cookies(`${stack.origin}/api/auth/token`)).filter(({ name }) => name === '__Secure-shellpod-refresh');
	expect(others).toEqual([]);
	expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/api/auth' });
	const token = cookie?.value ?? expect(cookie).toBeDefined();
	expect(String(token).length).toBeGreaterThan(20);

	const found = await page.evaluate(async () => {
		const texts: unknown[] = [document.cookie, { ...localStorage }, { ...sessionStorage }, window.name, history.state, location.href];
		texts.push((await indexedDB.databases()).map(({ name }) => name));
		for (const name of await caches.keys()) texts.push(...(await (await caches.open(name)).keys()).map(({ url }) => url));
		texts.push(
			performance.getEntries().map(({ name }) => name),
			document.documentElement.outerHTML,
		);
		for (const path of ['/api/me', '/api/auth/token', '/api/openapi.json', '/']) {
			const answer = await fetch(path, { method: path.endsWith('token') ? 'POST' : 'GET', headers: { 'x-shellpod': '1' } });
			texts.push([...answer.headers], await answer.text());
		}
		const seen = new Set<unknown>();
		const walk = (value: unknown, depth: number): void => {
			if (typeof value === 'string') texts.push(value);
			if (typeof value !== 'object' || value === null || seen.has(value) || depth > 4) return;
			seen.add(value);
			for (const key of Object.getOwnPropertyNames(value))
				try {
					walk((value as Record<string, unknown>)[key], depth + 1);
				} catch {
					// some properties of a window may not be read
				}
		};
		walk(window, 0);
		return JSON.stringify(texts);
	});
	expect(found).not.toContain(String(token));
	expect(found).not.toContain('shellpod-refresh');
	// Not by the token's rotation either: what the browser holds now is as far away.
	const now = (await context.cookies(`${stack.origin}/api/auth/token`)).find(({ name }) => name === '__Secure-shellpod-refresh');
	expect(found).not.toContain(now?.value ?? 'nothing');
});
