/** Who is let in by the HTTP API with a token that is good, and how a sign-in ends. */
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import type { Identity } from '@shellpod/functions/ports.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { Problem, Session, Ticket } from '@shellpod/protocol/http.ts';
import { type ConnectionId, sessionId, terminalId, userId } from '@shellpod/protocol/ids.ts';
import { describe, expect, it } from 'vitest';
import { createHttpApi, signIn } from '../../support/http-api.ts';
import { caller, connection } from '../../support/sockets.ts';

const user = userId('user-1');
const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
const tokensOf = (claims: object) => ({ accessToken: jwt(claims), idToken: jwt(claims), expiresIn: 600, refreshToken: 'refresh-2' });
const pageHeaders = { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin' };
const cookies = ['__Secure-shellpod-refresh=refresh-1'];

/** With a session that runs, and open viewers by the sign-in that they came by. */
const setUp = async (options: { identity?: Partial<Identity>; viewers?: Record<string, number> } = {}) => {
	const api = createHttpApi({ ...(options.identity && { identity: options.identity }) });
	await api.addSlots(2);
	const session = Session.parse((await api.ask({ method: 'POST', path: '/api/sessions', body: { name: 'demo' } })).json());
	const since = api.clock.now();
	for (const [name, by] of Object.entries(options.viewers ?? {})) {
		await changeAccess(api.access, user, (record) => ({
			...record,
			sockets: { ...record.sockets, [connection(name)]: { session: sessionId(session.id), signIn: by, since: since.toISOString() } },
		}));
		await api.connections.put({ id: connection(name), ...caller('viewer', name), session: sessionId(session.id) }, since);
	}
	api.clock.pass(60);
	const open = async () => Object.keys((await api.access.get(user)).sockets) as ConnectionId[];
	const ticket = (body?: object) => api.ask({ method: 'POST', path: `/api/sessions/${session.id}/tickets`, ...(body && { body }) });
	return { ...api, session, open, ticket };
};

const closedRoutes = createHttpApi()
	.routes.filter((route) => !route.open)
	.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('[security 8] every route with a token', () => {
	it.each(closedRoutes)('%s refuses a sign-in that has ended, and nothing else of its user', async (_, { method, path }) => {
		const { ask, revocations, session, log } = await setUp();
		await revocations.signOut(user, signIn, true);
		const asked = { method, path: path.replace('{id}', session.id), ...(method !== 'GET' && { body: { name: 'other' } }) };
		const refused = await ask(asked);
		expect(Problem.parse(refused.json())).toMatchObject({ status: 401, code: 'unauthenticated', detail: 'You are signed out. Sign in again.' });
		const later = await ask({ ...asked, claims: { sub: user, token_use: 'access', auth_time: String(signIn + 1) } });
		expect(later.status).not.toBe(401);
		expect(log.lines.filter(({ event }) => event === 'request_failed')).toEqual([]);
	});

	it.each(closedRoutes)('%s refuses a user who is switched off, in words', async (_, { method, path }) => {
		const { ask, revocations, session } = await setUp();
		await revocations.disable(user, 'operator');
		const asked = { method, path: path.replace('{id}', session.id), ...(method !== 'GET' && { body: { name: 'other' } }) };
		const refused = await ask(asked);
		expect(Problem.parse(refused.json())).toMatchObject({
			status: 403,
			code: 'forbidden',
			detail: 'The operator has switched your account off. What you have stays; ask them about it.',
		});
		expect((await ask({ path: '/api/sessions', user: 'user-2' })).status).toBe(200);
		await revocations.enable(user);
		expect((await ask({ path: '/api/sessions' })).status).toBe(200);
	});

	it.each(['', '0', '-1', '1.5', 'x', undefined])('takes no token whose sign-in is %j', async (time) => {
		const { ask } = createHttpApi();
		const claims = { sub: user, token_use: 'access', ...(time !== undefined && { auth_time: time }) };
		expect((await ask({ path: '/api/sessions', claims })).status).toBe(401);
	});
});

describe('[security 8] a new access token', () => {
	const ask = async (act: (api: Awaited<ReturnType<typeof setUp>>) => Promise<void>) => {
		const api = await setUp({ identity: { refresh: async () => tokensOf({ sub: user, auth_time: signIn }) } });
		await act(api);
		return api.ask({ method: 'POST', path: '/api/auth/token', user: null, headers: pageHeaders, cookies });
	};

	it('is not for a sign-in that has ended, though the provider still renews it', async () => {
		const answer = await ask(({ revocations }) => revocations.signOut(user, signIn, false));
		expect(answer).toMatchObject({ status: 401, cookies: [expect.stringContaining('Max-Age=0')] });
	});

	it('is not for a user who is switched off, who is told', async () => {
		const answer = await ask(({ revocations }) => revocations.disable(user, 'operator'));
		expect(Problem.parse(answer.json())).toMatchObject({ status: 403, detail: expect.stringContaining('switched your account off') });
	});

	it('is not given when the provider does not say whose it is', async () => {
		const { ask: send } = createHttpApi({ identity: { refresh: async () => tokensOf({ sub: user }) } });
		expect((await send({ method: 'POST', path: '/api/auth/token', user: null, headers: pageHeaders, cookies })).status).toBe(401);
	});
});

describe('[security 8] signing out', () => {
	const logout = (api: Awaited<ReturnType<typeof setUp>>) => api.ask({ path: '/api/auth/logout', user: null, cookies });
	const viewers = { laptop: signIn, phone: signIn + 1, tablet: signIn - 1, tab: signIn };

	it('closes the connections of that sign-in, in all tabs, and no other’s', async () => {
		const revoked: string[] = [];
		const identity = { refresh: async () => tokensOf({ sub: user, auth_time: signIn }), revoke: async (token: string) => void revoked.push(token) };
		const api = await setUp({ identity, viewers });
		expect((await logout(api)).status).toBe(302);
		expect([...new Set(api.gateway.closed)]).toEqual([connection('laptop'), connection('tab')]);
		expect(await api.open()).toEqual([connection('phone'), connection('tablet')]);
		expect((await api.connections.list(sessionId(api.session.id))).map(({ id }) => id)).toEqual([connection('phone'), connection('tablet')]);
		// The newest first: in the family of tokens it is the one that lives.
		expect(revoked).toEqual(['refresh-2', 'refresh-1']);
		expect((await api.ask({ path: '/api/sessions' })).status).toBe(401);
	});

	it('revokes each token, whatever becomes of the other', async () => {
		const asked: string[] = [];
		const api = await setUp({
			identity: {
				refresh: async () => tokensOf({ sub: user, auth_time: signIn }),
				revoke: async (token) => {
					asked.push(token);
					if (token === 'refresh-2') throw new ShellPodError('unavailable', 'refused');
				},
			},
			viewers,
		});
		await logout(api);
		expect(asked).toEqual(['refresh-2', 'refresh-1']);
	});

	it('ends it here though the provider does not revoke it', async () => {
		const identity = {
			refresh: async () => tokensOf({ sub: user, auth_time: signIn }),
			revoke: async () => Promise.reject(new ShellPodError('unavailable', 'no answer')),
		};
		const api = await setUp({ identity, viewers });
		const answer = await logout(api);
		expect(answer.cookies[0]).toContain('Max-Age=0');
		expect(await api.open()).toEqual([connection('phone'), connection('tablet')]);
		api.clock.pass(86_400);
		expect((await api.ask({ path: '/api/sessions' })).status).toBe(401);
	});

	it.each([
		['is refused', async () => undefined],
		['does not come', async () => Promise.reject(new ShellPodError('unavailable', 'no answer'))],
		['is of nobody', async () => tokensOf({})],
	] satisfies [string, Identity['refresh']][])('forgets the cookie and revokes when the renewal %s', async (_, refresh) => {
		const revoked: string[] = [];
		const api = await setUp({ identity: { refresh, revoke: async (token) => void revoked.push(token) }, viewers });
		const answer = await logout(api);
		expect([answer.status, answer.cookies[0]]).toEqual([302, expect.stringContaining('Max-Age=0')]);
		expect(revoked).toContain('refresh-1');
		expect(await api.open()).toHaveLength(4);
	});

	it('asks the provider for nothing without a cookie', async () => {
		let asked = 0;
		const api = await setUp({ identity: { refresh: async () => void asked++ as undefined } });
		await api.ask({ path: '/api/auth/logout', user: null });
		expect(asked).toBe(0);
	});
});

describe('[security 13] a ticket', () => {
	const eight = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`v${at}`, signIn + at]));

	it('is not given for a ninth terminal, in words', async () => {
		const { ticket } = await setUp({ viewers: eight });
		const answer = await ticket({ terminal: 'terminal1' });
		expect(Problem.parse(answer.json())).toMatchObject({
			status: 429,
			code: 'too_many_open',
			detail: 'You have 8 terminals open. Close one.',
		});
		// Nothing is sooner after a while: somebody has to close one.
		expect(answer.headers).not.toHaveProperty('retry-after');
	});

	it('is given when one of the eight is gone', async () => {
		const { ticket, gateway } = await setUp({ viewers: eight });
		gateway.faults.set(connection('v2'), 'gone');
		expect((await ticket()).status).toBe(201);
	});

	it('carries the sign-in and the view that it is for', async () => {
		const { ticket, tickets } = await setUp();
		const { protocols } = Ticket.parse((await ticket({ terminal: 'terminal1' })).json());
		const secret = protocols.find((one) => one.startsWith('ticket.'))?.slice('ticket.'.length) ?? '';
		expect(await tickets.redeem(secret, 'https://pod.example')).toMatchObject({ user, signIn, terminal: terminalId('terminal1') });
	});

	it.each([{ terminal: '../x' }, { terminal: 1 }, { session: 'x' }])('is not given for %j', async (body) => {
		const { ticket } = await setUp();
		expect((await ticket(body)).status).toBe(400);
	});
});

describe('[security 8] a session', () => {
	it('that is deleted takes its viewers along', async () => {
		const { ask, session, gateway, open, access } = await setUp({ viewers: { laptop: signIn, phone: signIn + 1 } });
		expect((await ask({ method: 'DELETE', path: `/api/sessions/${session.id}` })).status).toBe(204);
		expect([...new Set(gateway.closed)]).toEqual([connection('laptop'), connection('phone')]);
		expect(await open()).toEqual([]);
		expect((await access.get(user)).ended).toHaveProperty(session.id);
	});

	it('that is deleted is deleted, though the gateway closes nothing now', async () => {
		const { ask, session, gateway, revocations, clock, open } = await setUp({ viewers: { laptop: signIn } });
		gateway.faults.set(connection('laptop'), 'failed');
		expect((await ask({ method: 'DELETE', path: `/api/sessions/${session.id}` })).status).toBe(204);
		expect(await open()).toEqual([connection('laptop')]);
		gateway.faults.delete(connection('laptop'));
		clock.pass(5);
		await revocations.closeDue();
		expect(await open()).toEqual([]);
	});

	it('that a stranger wants to delete keeps its viewers', async () => {
		const { ask, session, gateway, access } = await setUp({ viewers: { laptop: signIn } });
		expect((await ask({ method: 'DELETE', path: `/api/sessions/${session.id}`, user: 'mallory' })).status).toBe(404);
		expect([gateway.closed, (await access.get(userId('mallory'))).rev]).toEqual([[], 0]);
	});

	it.each(['stop', 'restart'])('tells its viewers of a %s at once', async (move) => {
		const { ask, session, gateway } = await setUp({ viewers: { laptop: signIn, phone: signIn + 1 } });
		expect((await ask({ method: 'POST', path: `/api/sessions/${session.id}/${move}` })).status).toBe(202);
		for (const name of ['laptop', 'phone']) expect(gateway.heard(connection(name))).toMatchObject([{ type: 'fatal', code: 'not_running' }]);
		expect(gateway.closed).toEqual([]);
	});

	it('whose restart is on its way tells nobody again: who came since is there for the new task', async () => {
		const { ask, session, gateway } = await setUp({ viewers: { laptop: signIn } });
		for (let asked = 0; asked < 2; asked++) await ask({ method: 'POST', path: `/api/sessions/${session.id}/restart` });
		expect(gateway.heard(connection('laptop'))).toHaveLength(1);
	});
});
