/** Attacks on terminals in browsers by way of the web, as they were published; each against the guard that docs/known-attacks.md names. */
import { randomBytes } from 'node:crypto';
import { readHandshake } from '@shellpod/functions/core/handshake.ts';
import { safeReturn } from '@shellpod/functions/core/sign-in.ts';
import { createTickets } from '@shellpod/functions/core/tickets.ts';
import { terminalId } from '@shellpod/protocol/ids.ts';
import { names } from '@shellpod/protocol/limits.ts';
import { decodeViewerRecords, encodeViewerRecord } from '@shellpod/protocol/record.ts';
import { offeredTicket } from '@shellpod/protocol/version.ts';
import { describe, expect, test } from 'vitest';
import { createHttpApi, pageOrigin } from '../support/http-api.ts';
import { memoryTickets, testSession, testUser } from '../support/sockets.ts';

/** A page of `origins` (one header each) opens a WebSocket with a ticket that is good: whether it gets in. */
const opens = async (...origins: string[]): Promise<boolean> => {
	const tickets = createTickets({ store: memoryTickets(), now: () => new Date(), random: randomBytes });
	const { protocols } = await tickets.issue({ user: testUser, session: testSession, generation: 1, role: 'viewer', signIn: 1, origin: pageOrigin });
	const { ticket, origin } = readHandshake({ multiValueHeaders: { origin: origins, 'sec-websocket-protocol': [protocols.join(', ')] } });
	expect(ticket).toBe(offeredTicket(protocols.join(',')));
	return (await tickets.redeem(ticket ?? '', origin)) !== undefined;
};
const { host } = new URL(pageOrigin);

describe('a WebSocket that another page opens', () => {
	test('of the page itself comes in, or nothing is shown here', async () => expect(await opens(pageOrigin)).toBe(true));

	test('[CVE-2023-26114] from any site, with the user’s cookies', async () => {
		for (const origin of ['https://evil.example', `http://${host}`, 'null']) expect([origin, await opens(origin)]).toEqual([origin, false]);
		expect(await opens()).toBe(false);
	});

	test('[CVE-2023-0957] from a name that only ends like ours', async () => {
		for (const origin of [`https://workspace.${host}`, `https://evil${host}`, `${pageOrigin}.evil.example`])
			expect([origin, await opens(origin)]).toEqual([origin, false]);
	});

	test('[GITPOD-2021-07] from a port that a user opened to the world', async () => {
		for (const origin of [`${pageOrigin}:8443`, `https://8080-mallory.${host}`]) expect([origin, await opens(origin)]).toEqual([origin, false]);
	});

	test('[CVE-2026-85183] with more than one origin, of which one is good', async () => {
		expect(await opens('https://evil.example', pageOrigin)).toBe(false);
		expect(await opens(pageOrigin, 'https://evil.example')).toBe(false);
		expect(await opens(`${pageOrigin}, https://evil.example`)).toBe(false);
	});

	test('[CVE-2026-31975] with a command in a field that becomes a process', () => {
		const command = '$(touch pwned)';
		const open = encodeViewerRecord({ type: 'open', terminal: terminalId('terminal1'), version: 1, columns: 80, rows: 24 });
		expect(decodeViewerRecords(open)).toMatchObject([{ terminal: 'terminal1', rows: 24 }]);
		for (const field of [command, 'a;touch pwned', '`id`', '--version', 'a b', '../../x', "a'b"]) {
			expect(() => decodeViewerRecords(open.replace('terminal1', () => field)), field).toThrow(TypeError);
			expect(() => decodeViewerRecords(open.replace(/,\w+\|$/, () => `,${field}|`)), field).toThrow(TypeError);
		}
		for (const name of [command, 'a;b', '-oProxyCommand=x', '#{pane_id}', '#(id)', 'a\nb'])
			expect([name, names.session.test(name)]).toEqual([name, false]);
	});
});

describe('a request that another page makes', () => {
	const cookies = ['__Secure-shellpod-refresh=mine'];
	const part = Buffer.from(JSON.stringify({ sub: 'user-1', username: 'ann', auth_time: 1_795_334_400 })).toString('base64url');
	const tokens = { accessToken: `e30.${part}.x`, idToken: `e30.${part}.x`, expiresIn: 600 };
	const page = { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin' };

	test('[CVE-2026-40864] is not the user’s own', async () => {
		const revoked: string[] = [];
		const { ask } = createHttpApi({ identity: { refresh: async () => tokens, revoke: async (token) => void revoked.push(token) } });
		const token = { method: 'POST', path: '/api/auth/token', user: null, cookies };
		expect((await ask({ ...token, headers: page })).status).toBe(200);
		const foreign = [
			{},
			{ 'x-shellpod': '1' },
			{ ...page, 'sec-fetch-site': 'cross-site' },
			{ ...page, 'sec-fetch-site': 'same-site' },
			{ 'sec-fetch-site': 'same-origin' },
		];
		for (const headers of foreign)
			expect([headers, (await ask({ ...token, headers: headers as Record<string, string> })).status]).toEqual([headers, 403]);
		await ask({ path: '/api/auth/logout', user: null, cookies, headers: { 'sec-fetch-site': 'cross-site' } });
		expect(revoked).toEqual([]);
	});

	test('[CVE-2024-28233] a cookie that a neighbour threw in is not believed, nor is ours beside it', async () => {
		const used: string[] = [];
		const refresh = async (token: string) => {
			used.push(token);
			return tokens;
		};
		const { ask } = createHttpApi({ identity: { refresh } });
		for (const two of [
			['__Secure-shellpod-refresh=theirs', ...cookies],
			[...cookies, '__Secure-shellpod-refresh=theirs'],
		])
			expect((await ask({ method: 'POST', path: '/api/auth/token', user: null, headers: page, cookies: two })).status).toBe(401);
		expect(used).toEqual([]);
	});
});

describe('where a sign-in leads to', () => {
	/** Through the whole sign-in, as the browser goes. */
	const landing = async (path: string): Promise<string> => {
		const idTokens = { verify: async () => ({ nonce: Buffer.alloc(24, 3).toString('base64url') }) };
		const { ask } = createHttpApi({
			identity: { exchange: async () => ({ accessToken: 'a', idToken: 'i', refreshToken: 'r', expiresIn: 600 }) },
			idTokens,
		});
		const login = await ask({ path: `/api/auth/login?return=${encodeURIComponent(path)}`, user: null });
		const state = new URL(login.headers.location ?? '').searchParams.get('state');
		const cookies = login.cookies.map((cookie) => cookie.split(';')[0] ?? '');
		return (await ask({ path: `/api/auth/callback?code=c&state=${state}`, user: null, cookies })).headers.location ?? '';
	};

	test('is what was asked for, or nothing is shown here', async () => expect(await landing('/sessions/aaaaaaaaaaaa')).toBe('/sessions/aaaaaaaaaaaa'));

	test('[CVE-2019-10255] is no other site by two slashes, or what a browser takes for them', async () => {
		for (const path of ['//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', 'https:evil.example', '/%09/evil.example/..//x'])
			expect(new URL(await landing(path), pageOrigin).origin).toBe(pageOrigin);
		expect(await landing('//evil.example')).toBe('/');
		expect(await landing('/\\evil.example')).toBe('/');
	});

	test('[CVE-2026-33709] is no other site by dots, user names, schemes or line ends', () => {
		for (const path of [
			'/..//evil.example',
			'/./\\evil.example',
			'@evil.example',
			'.evil.example',
			'javascript:alert(1)',
			'/x\r\nlocation: https://evil.example',
			'https://evil.example/',
		])
			expect([path, safeReturn(path, pageOrigin)]).toEqual([path, '/']);
	});
});
