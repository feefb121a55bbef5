import { errorCodes } from '@shellpod/protocol/errors.ts';
import { Me, Problem, Session, SessionList, Ticket } from '@shellpod/protocol/http.ts';
import { offeredTicket } from '@shellpod/protocol/version.ts';
import { describe, expect, it } from 'vitest';
import { type Asked, bodies, createHttpApi, pageOrigin } from '../../support/http-api.ts';

const withSession = async () => {
	const api = createHttpApi();
	await api.addSlots(3);
	const created = await api.ask({ method: 'POST', path: '/api/sessions', body: { name: 'demo' } });
	return { ...api, created, session: Session.parse(created.json()) };
};

describe('what is asked for', () => {
	it('says who is signed in', async () => {
		const { ask } = createHttpApi({ limits: { sessions: 7 } });
		const answer = await ask({ path: '/api/me' });
		expect(answer.status).toBe(200);
		expect(Me.parse(answer.json())).toEqual({ id: 'user-1', name: 'name of user-1', limits: { sessions: 7, startsPerHour: 30, createsPerDay: 20 } });
	});

	it('creates a session that starts, and lists it', async () => {
		const { ask, created, session } = await withSession();
		expect(created).toMatchObject({ status: 201, headers: { location: `/api/sessions/${session.id}`, 'cache-control': 'no-store' } });
		expect(session).toMatchObject({ name: 'demo', state: 'Starting', step: 'reserve', generation: 1, reason: null });
		expect(SessionList.parse((await ask({ path: '/api/sessions' })).json()).sessions).toEqual([session]);
		expect((await ask({ path: `/api/sessions/${session.id}` })).json()).toEqual(session);
	});

	it('moves a session, renames it and deletes it', async () => {
		const { ask, session } = await withSession();
		const path = `/api/sessions/${session.id}`;
		const moved = async (what: string) => {
			const answer = await ask({ method: 'POST', path: `${path}/${what}` });
			return [answer.status, Session.parse(answer.json()).state];
		};
		expect(await moved('stop')).toEqual([202, 'Stopping']);
		expect(await moved('start')).toEqual([202, 'Stopping']);
		expect(await moved('restart')).toEqual([202, 'Stopping']);
		const renamed = await ask({ method: 'PATCH', path, body: { name: ' other ' } });
		expect(Session.parse(renamed.json())).toMatchObject({ name: 'other' });
		expect(await ask({ method: 'DELETE', path })).toMatchObject({ status: 204, body: '' });
		expect((await ask({ path })).status).toBe(404);
		expect(SessionList.parse((await ask({ path: '/api/sessions' })).json())).toMatchObject({
			sessions: [],
			trash: [{ id: session.id, name: 'other' }],
		});
	});

	it('[15] restores what is in the trash, and deletes it for good when its name is typed', async () => {
		const { ask, session } = await withSession();
		const path = `/api/sessions/${session.id}`;
		const post = (what: string, body: object) => ask({ method: 'POST', path: `${path}/${what}`, body });
		expect(Problem.parse((await post('delete-for-good', { name: 'demo' })).json())).toMatchObject({
			status: 400,
			detail: expect.stringMatching(/not in the trash/),
		});
		await ask({ method: 'DELETE', path });
		const restored = await post('restore', {});
		expect(restored.status).toBe(200);
		expect(Session.parse(restored.json())).toMatchObject({ name: 'demo', state: 'Stopping' });
		await ask({ method: 'DELETE', path });
		expect(Session.parse((await post('restore', { name: 'again' })).json()).name).toBe('again');
		await ask({ method: 'DELETE', path });
		expect(Problem.parse((await post('delete-for-good', { name: 'demo' })).json())).toMatchObject({ status: 400, code: 'invalid_request' });
		expect(await post('delete-for-good', { name: 'again' })).toMatchObject({ status: 204, body: '' });
		expect((await ask({ path: '/api/sessions' })).json()).toEqual({ sessions: [], trash: [] });
		expect((await post('restore', {})).status).toBe(404);
	});

	it('gives a ticket for the page that asks, good for its user, session and generation', async () => {
		const { ask, session, tickets } = await withSession();
		const answer = await ask({ method: 'POST', path: `/api/sessions/${session.id}/tickets` });
		expect(answer.status).toBe(201);
		const { url, protocols } = Ticket.parse(answer.json());
		expect(url).toBe('wss://pod.example/ws');
		const ticket = offeredTicket(protocols.join(', ')) ?? expect.fail('no ticket');
		expect(url).not.toContain(ticket);
		expect(await tickets.redeem(ticket, pageOrigin)).toMatchObject({ user: 'user-1', session: session.id, generation: 1, role: 'viewer' });
	});

	it('[13] gives no ticket for a session that is stopped', async () => {
		const { ask, session } = await withSession();
		await ask({ method: 'POST', path: `/api/sessions/${session.id}/stop` });
		const answer = await ask({ method: 'POST', path: `/api/sessions/${session.id}/tickets` });
		expect(Problem.parse(answer.json())).toMatchObject({ status: 409, code: 'not_running' });
	});
});

describe('problems', () => {
	const problem = async (asked: Asked, api = createHttpApi()) => {
		const answer = await api.ask(asked);
		expect(answer.headers['content-type']).toBe('application/problem+json');
		const told = Problem.parse(answer.json());
		expect(told.status).toBe(answer.status);
		expect(told).toMatchObject({ requestId: 'request-1', title: errorCodes[told.code].title });
		return { ...told, headers: answer.headers };
	};

	it.each([
		['no JSON', '{'],
		['no object', '"demo"'],
		['no name', {}],
		['a bad name', { name: ' -demo- ' }],
		['a name that is too long', { name: 'x'.repeat(41) }],
		['what nobody asked for', { name: 'demo', user: 'another' }],
		['another type', { name: 3 }],
		['nothing', undefined],
	])('refuses a body that is %s', async (_, body) => {
		const asked: Asked = { method: 'POST', path: '/api/sessions', ...(body !== undefined && { body }) };
		expect(await problem(asked)).toMatchObject({ code: 'invalid_request' });
	});

	it('says what is wrong where', async () => {
		const { errors, detail } = await problem({ method: 'POST', path: '/api/sessions', body: { name: '#' } });
		expect(errors).toEqual([{ path: 'name', message: expect.stringContaining('1 to 40 letters') }]);
		expect(detail).toContain('1 to 40 letters');
	});

	it('refuses a body that is too large', async () => {
		expect(await problem({ method: 'POST', path: '/api/sessions', body: { name: 'x'.repeat(5_000) } })).toMatchObject({ code: 'too_large' });
	});

	it('says when to try again', async () => {
		const { code, headers } = await problem({ method: 'POST', path: '/api/sessions', body: { name: 'demo' } });
		expect(code).toBe('no_slot');
		expect(headers['retry-after']).toBe('10');
	});

	it('knows no other addresses and methods', async () => {
		expect(await problem({ path: '/api/nothing' })).toMatchObject({ code: 'not_found' });
		expect(await problem({ method: 'PUT', path: '/api/sessions', body: {} })).toMatchObject({ code: 'not_found' });
	});

	it('tells nobody what broke inside, but the log', async () => {
		const api = createHttpApi();
		api.stored.list = async () => {
			throw new Error('secret of the table');
		};
		const told = await problem({ path: '/api/sessions' }, api);
		expect(told).toMatchObject({ code: 'internal' });
		expect(JSON.stringify(told)).not.toContain('secret');
		expect(api.log.lines).toContainEqual(
			expect.objectContaining({ event: 'request_failed', fields: { requestId: 'request-1', method: 'GET', route: '/api/sessions' } }),
		);
	});
});

describe('who may', () => {
	/** every route that is mounted, with this id in its path: a new one can't escape */
	const everyRoute = (api: ReturnType<typeof createHttpApi>, id: string) =>
		api.routes.map((route) => ({
			route,
			asked: {
				method: route.method,
				path: route.path.replace('{id}', id),
				...(route.body && { body: bodies[route.operation] ?? { name: 'mine' } }),
			} satisfies Asked,
		}));

	it('[security 7] answers 404 to a foreign, an unknown and an impossible id alike, on every route with an id', async () => {
		const { session, ...api } = await withSession();
		const before = await api.ask({ path: `/api/sessions/${session.id}` });
		for (const id of [session.id, 'zzzzzzzzzzzz', 'x', '%61aaaaaaaaaaa', 'AAAAAAAAAAAA']) {
			const routes = everyRoute(api, id).filter(({ route }) => route.path.includes('{id}'));
			expect(routes.length).toBeGreaterThanOrEqual(7);
			for (const { asked } of routes) {
				const answer = await api.ask({ ...asked, user: 'stranger' });
				expect([asked.path, answer.status, (answer.json() as Problem).detail]).toEqual([asked.path, 404, 'There is no such session.']);
			}
		}
		expect((await api.ask({ path: `/api/sessions/${session.id}` })).body).toBe(before.body);
	});

	it('wants an access token on every route that is not open', async () => {
		const api = createHttpApi();
		const closed = everyRoute(api, 'aaaaaaaaaaaa').filter(({ route }) => !route.open);
		expect(closed.length).toBeGreaterThanOrEqual(10);
		for (const { asked } of closed) {
			expect((await api.ask({ ...asked, user: null })).status).toBe(401);
			expect((await api.ask({ ...asked, claims: { sub: 'user-1', token_use: 'id' } })).status).toBe(401);
		}
	});
});

describe('openapi.json', () => {
	it('describes what is mounted, itself included', async () => {
		const api = createHttpApi();
		const answer = await api.ask({ path: '/api/openapi.json', user: null });
		const document = answer.json() as { paths: Record<string, Record<string, { operationId: string; security?: unknown }>>; components: unknown };
		const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
		);
		expect(listed.sort()).toEqual(api.routes.map(({ method, path }) => `${method} ${path}`).sort());
		expect(document.paths['/api/auth/login']?.get?.security).toEqual([]);
		expect(document.paths['/api/me']?.get?.security).toBeUndefined();
	});

	it('names every schema that it refers to, and keeps its pattern', async () => {
		const { body, json } = await createHttpApi().ask({ path: '/api/openapi.json', user: null });
		const { components } = json() as { components: { schemas: Record<string, { properties?: Record<string, unknown> }> } };
		const referred = [...body.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
		expect(referred).toEqual(expect.arrayContaining(['Session', 'SessionList', 'CreateSession', 'Problem']));
		for (const name of referred) expect(components.schemas).toHaveProperty(name ?? '');
		expect(components.schemas.Session?.properties?.state).toEqual({ type: 'string', enum: ['Starting', 'Running', 'Stopping', 'Stopped', 'Failed'] });
		expect(JSON.stringify(components.schemas.CreateSession)).toContain('pattern');
		expect(body).not.toContain('$id');
	});
});
