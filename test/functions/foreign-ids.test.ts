/** Nobody reaches what isn't theirs: every route of both APIs, from the tables that mount them. What is new there and not here fails. */
import { randomBytes } from 'node:crypto';
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import type { Grant } from '@shellpod/functions/core/tickets.ts';
import type { Route } from '@shellpod/functions/routes/route.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { encodeFromRelay, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { Session } from '@shellpod/protocol/http.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { encodeAgentRecord, encodeViewerRecord } from '@shellpod/protocol/record.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { synthesize } from '../infra/templates.ts';
import { agentRecords, controlMessages, viewerRecords } from '../support/every-message.ts';
import { type Answered, bodies, createHttpApi } from '../support/http-api.ts';
import { startingSession, testSignIn } from '../support/sockets.ts';
import { type DeployedWebSocketApi, type End, socketOrigin, startWebSocketApi } from '../support/web-socket-api.ts';

/** What a route of the HTTP API has to do with a foreign id. `id`: it names a session. `own`: it speaks of its caller only. `open`: it has no caller. */
const httpRoutes: Record<string, 'id' | 'own' | 'open'> = {
	'GET /api/me': 'own',
	'GET /api/costs': 'own',
	'PUT /api/budget': 'own',
	'GET /api/sessions': 'own',
	'POST /api/sessions': 'own',
	'POST /api/watch': 'own',
	'GET /api/sessions/{id}': 'id',
	'PATCH /api/sessions/{id}': 'id',
	'DELETE /api/sessions/{id}': 'id',
	'GET /api/sessions/{id}/events': 'id',
	'POST /api/sessions/{id}/keep': 'id',
	'PATCH /api/sessions/{id}/idle': 'id',
	'POST /api/sessions/{id}/start': 'id',
	'POST /api/sessions/{id}/stop': 'id',
	'POST /api/sessions/{id}/restart': 'id',
	'POST /api/sessions/{id}/update': 'id',
	'POST /api/sessions/{id}/restore': 'id',
	'POST /api/sessions/{id}/delete-for-good': 'id',
	'POST /api/sessions/{id}/tickets': 'id',
	'GET /api/auth/login': 'open',
	'GET /api/auth/callback': 'open',
	'POST /api/auth/token': 'open',
	'GET /api/auth/logout': 'open',
	'GET /api/openapi.json': 'open',
};

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

const victims = async () => {
	const api = createHttpApi({ limits: { sessions: 100, createsPerDay: 100, startsPerHour: 100 } });
	await api.addSlots(3);
	const created = await api.ask({ method: 'POST', path: '/api/sessions', body: { name: 'treasure' } });
	const session = Session.parse(created.json());
	const look = async () => (await api.ask({ path: `/api/sessions/${session.id}` })).body;
	return { api, session, look, before: await look() };
};

describe('[security 7] the HTTP API', () => {
	test('has no route that is not judged here, and its open ones are said to be so', () => {
		const { routes } = createHttpApi();
		expect(routes.map(nameOf).sort()).toEqual(Object.keys(httpRoutes).sort());
		for (const route of routes) {
			expect([nameOf(route), route.open ? 'open' : 'closed']).toEqual([nameOf(route), httpRoutes[nameOf(route)] === 'open' ? 'open' : 'closed']);
			expect([nameOf(route), route.path.includes('{')]).toEqual([nameOf(route), httpRoutes[nameOf(route)] === 'id']);
		}
	});

	test.each(Object.entries(httpRoutes))("%s (%s) gives a stranger nothing of another's session", async (name, kind) => {
		const { api, session, look, before } = await victims();
		const route = api.routes.find((one) => nameOf(one) === name) ?? expect.fail('no such route');
		const askFor = async (id: string): Promise<Answered> => {
			const path = route.path.replace('{id}', id);
			// Whatever names another user beside the token is not heard.
			const query = `?user=user-1&sub=user-1&id=${id}&session=${id}`;
			const headers = { 'x-user': 'user-1', 'x-session': id, 'x-amzn-oidc-identity': 'user-1' };
			const body = bodies[route.operation] ?? { name: 'treasure' };
			return api.ask({ method: route.method, path: path + query, user: 'stranger', headers, ...(route.body && { body }) });
		};
		const foreign = await askFor(session.id);
		const unknown = await askFor('zzzzzzzzzzzz');
		const said = JSON.stringify([foreign.headers, foreign.cookies, foreign.body]);
		for (const secret of [session.id, 'name of user-1']) expect(said).not.toContain(secret);
		if (kind === 'id') {
			expect(foreign.status).toBe(404);
			expect({ ...foreign, json: undefined }).toEqual({ ...unknown, json: undefined });
			for (const id of ['x', session.id.toUpperCase(), `${session.id}%00`, `%2e%2e`, '__proto__', `${session.id} `])
				expect([id, (await askFor(encodeURIComponent(decodeURIComponent(id)))).status]).toEqual([id, 404]);
		}
		expect(await look()).toBe(before);
	});

	test("a body can't name another user or session", async () => {
		const { api, session, look, before } = await victims();
		for (const route of api.routes.filter((one) => one.body))
			for (const extra of [{ user: 'user-1' }, { id: session.id }, { sub: 'user-1' }, { session: session.id }]) {
				const own = Session.parse(
					(await api.ask({ method: 'POST', path: '/api/sessions', user: 'mallory', body: { name: `m${randomBytes(4).toString('hex')}` } })).json(),
				);
				const path = route.path.replace('{id}', own.id);
				const answer = await api.ask({ method: route.method, path, user: 'mallory', body: { name: 'mine', ...extra } });
				expect([nameOf(route), answer.status]).toEqual([nameOf(route), 400]);
				await api.ask({ method: 'DELETE', path: `/api/sessions/${own.id}`, user: 'mallory' });
				await api.addSlots(1);
			}
		expect(await look()).toBe(before);
	});
});

const people = {
	alice: { user: userId('alice'), session: sessionId('alicealice22'), generation: 1 },
	mallory: { user: userId('mallory'), session: sessionId('mallorymal22'), generation: 1 },
};

/** What a route of the WebSocket API does; each has a test of its name. `gateway`: API Gateway itself answers, no function of ours runs. */
const socketRoutes: Record<string, 'function' | 'gateway'> = {
	$connect: 'function',
	$disconnect: 'function',
	hello: 'function',
	activity: 'function',
	ping: 'gateway',
	$default: 'function',
};

let api: DeployedWebSocketApi;
let alice: { viewer: End; agent: End };
let mallory: { viewer: End; agent: End };

beforeAll(async () => {
	api = await startWebSocketApi();
});
afterAll(() => api.stop());

const upgradeOf = (protocols: readonly string[], origin?: string) => ({
	headers: { 'Sec-WebSocket-Protocol': protocols.join(', '), ...(origin && { Origin: origin }) },
});

const openFor = async (name: keyof typeof people, role: 'viewer' | 'agent'): Promise<End> => {
	const grant: Grant =
		role === 'viewer'
			? { ...people[name], role, origin: socketOrigin, signIn: testSignIn }
			: { ...people[name], role, endpoint: 'https://x.example/ws' };
	const { protocols } = await api.tickets.issue(grant);
	return (await api.open(upgradeOf(protocols, role === 'viewer' ? socketOrigin : undefined))) ?? expect.fail('refused');
};

const tagOf = (end: End): string =>
	end
		.heard()
		.flatMap((arrival) => (arrival.kind === 'control' ? [arrival.message] : []))
		.flatMap((message) => (message.type === 'welcome' ? message.peers : message.type === 'peer' ? [message.peer] : []))
		.at(-1)?.tag ?? expect.fail('no tag');

const connections = () => createConnections(api.server.items);
const sessions = () => createSessions(api.server.items);

const come = async (name: keyof typeof people) => {
	const { user, session } = people[name];
	const old = await sessions().get(user, session);
	const fresh = startingSession({ user, id: session, name });
	if (old) await sessions().put({ ...fresh, rev: old.rev });
	else await sessions().create(fresh);
	const access = createAccessRecords(api.server.items);
	// What earlier tests opened and never closed.
	await changeAccess(access, user, (record) => ({ ...record, sockets: {} }));
	const ends = { viewer: await openFor(name, 'viewer'), agent: await openFor(name, 'agent') };
	for (const end of [ends.viewer, ends.agent]) await api.send(end, 'hello', encodeHello([1]));
	return ends;
};

beforeEach(async () => {
	for (const { session } of Object.values(people)) for (const { id } of await connections().list(session)) await connections().remove(session, id);
	alice = await come('alice');
	mallory = await come('mallory');
	api.calls();
});

/** Nothing was posted to Alice's ends, neither was closed, and her record is as it was. */
const unharmed = async (deed: () => Promise<unknown>): Promise<void> => {
	const { user, session } = people.alice;
	const before = await sessions().get(user, session);
	await deed();
	const touched = api.calls().filter((call) => [alice.viewer.id, alice.agent.id].some((id) => call.endsWith(` ${id}`)));
	expect(touched).toEqual([]);
	expect(await sessions().get(user, session)).toEqual(before);
};

describe('[security 7] the WebSocket API', () => {
	test('has no route that is not judged here', () => {
		const { of } = synthesize();
		const integrations = new Map(of('AWS::ApiGatewayV2::Integration').map(({ id, Properties }) => [id, Properties.IntegrationType]));
		const routes = of('AWS::ApiGatewayV2::Route').filter(({ Properties }) => !/^[A-Z]+ \//.test(Properties.RouteKey));
		const found = routes.map(({ Properties }) => [
			Properties.RouteKey,
			integrations.get(Properties.Target['Fn::Join'][1].at(-1).Ref) === 'MOCK' ? 'gateway' : 'function',
		]);
		expect(Object.fromEntries(found)).toEqual(socketRoutes);
	});

	test('$connect: a ticket leads to the session that it was made for, whatever else the request says', async () => {
		const { protocols } = await api.tickets.issue({ ...people.mallory, role: 'viewer', origin: socketOrigin, signIn: testSignIn });
		const { headers } = upgradeOf(protocols, socketOrigin);
		const upgrade = {
			headers: { ...headers, 'x-session': people.alice.session, Cookie: `session=${people.alice.session}` },
			queryStringParameters: { ...people.alice, generation: '1', role: 'agent' },
		};
		const end = (await api.open(upgrade)) ?? expect.fail('refused');
		expect(end.requestContext.authorizer).toMatchObject({ ...people.mallory, generation: '1', role: 'viewer' });
	});

	test('$connect: foreign, used, unknown and malformed tickets are refused alike', async () => {
		const { protocols: used } = await api.tickets.issue({ ...people.alice, role: 'viewer', origin: socketOrigin, signIn: testSignIn });
		await api.open(upgradeOf(used, socketOrigin));
		const { protocols: foreign } = await api.tickets.issue({ ...people.alice, role: 'viewer', origin: 'https://other.example', signIn: testSignIn });
		const guesses = [
			used,
			foreign,
			['shellpod.v1', `ticket.${randomBytes(24).toString('base64url')}`],
			['shellpod.v1', 'ticket.'],
			['shellpod.v1', 'ticket.__proto__'],
		];
		const answers = await Promise.all(
			guesses.map((protocols) => api.handlers.authorizer({ methodArn: 'arn', ...upgradeOf(protocols, socketOrigin) })),
		);
		for (const answer of answers) expect(answer).toEqual(answers[0]);
		expect(answers[0]?.policyDocument.Statement[0]?.Effect).toBe('Deny');
	});

	test('$disconnect: ends nothing but its own connection', async () => {
		await unharmed(() => Promise.all([api.send(mallory.viewer, '$disconnect'), api.send(mallory.agent, '$disconnect')]));
		await api.send(alice.viewer, '$default', encodeToRelay(tagOf(alice.viewer), 'still here'));
		expect(alice.agent.heard().at(-1)).toMatchObject({ kind: 'frame', payload: 'still here' });
	});

	test.each(['viewer', 'agent'] as const)('hello of a %s: can name no other user, session, generation, role or peer', async (role) => {
		for (const extra of [{ ...people.alice }, { user: 'alice' }, { session: people.alice.session }, { role: 'agent' }, { peers: [alice.viewer.id] }])
			await unharmed(() => api.send(mallory[role], 'hello', JSON.stringify({ action: 'hello', versions: [1], ...extra })));
		expect(mallory[role].heard().at(-1)).toMatchObject({ kind: 'control', message: { type: 'fatal', code: 'invalid_request' } });
	});

	const payloads: [string, string][] = [
		...Object.values(viewerRecords).map((record): [string, string] => [`viewer's ${record.type}`, encodeViewerRecord(record)]),
		...Object.values(agentRecords).map((record): [string, string] => [`agent's ${record.type}`, encodeAgentRecord(record)]),
	];
	test.each(payloads)('$default: the %s under a foreign or unknown tag reaches nobody, and both hear the same', async (_, payload) => {
		for (const sender of [mallory.viewer, mallory.agent])
			for (const stolen of [tagOf(alice.viewer), tagOf(alice.agent)]) {
				await unharmed(() => api.send(sender, '$default', encodeToRelay(stolen, payload)));
				const foreign = sender.heard().at(-1);
				const unknown = `${stolen.slice(0, -22)}${randomBytes(17).toString('base64url').slice(0, 22)}`;
				await unharmed(() => api.send(sender, '$default', encodeToRelay(unknown, payload)));
				expect(sender.heard().at(-1)).toEqual(foreign);
				expect(foreign).toMatchObject({ kind: 'control', message: { type: 'gone' } });
			}
	});

	const words: [string, string][] = [
		...Object.values(controlMessages).map((message): [string, string] => [`control message ${message.type}`, encodeControl(message)]),
		...Object.values(controlMessages).map((message): [string, string] => [
			`bare ${message.type}`,
			JSON.stringify({ action: message.type, ...message }),
		]),
		["relay's own frame", encodeFromRelay('aaaaaaaa', 1, encodeAgentRecord(agentRecords.end))],
		['an action that nobody knows', '{"action":"$disconnect"}'],
	];
	test.each(words)('$default: the %s reaches nobody', async (_, text) => {
		for (const sender of [mallory.viewer, mallory.agent]) {
			const before = sender.heard().length;
			await unharmed(() => api.send(sender, '$default', text));
			expect(sender.heard()).toHaveLength(before);
		}
	});

	test("a tag of one's own session can't be turned to another's connection", async () => {
		const [kid, end, sender, , mac] = tagOf(mallory.viewer).split('.');
		for (const id of [alice.viewer.id, alice.agent.id])
			await unharmed(() => api.send(mallory.viewer, '$default', encodeToRelay([kid, end, sender, id, mac].join('.'), 'x')));
	});

	test('activity: what is said moves nothing but the own session, and a viewer moves none', async () => {
		const typed = JSON.stringify({ action: 'activity', inputMs: 0, doing: [{ kind: 'job', name: 'make', sinceMs: 0 }] });
		for (const sender of [mallory.viewer, mallory.agent]) await unharmed(() => api.send(sender, 'activity', typed));
		const { user, session } = people.mallory;
		const before = await sessions().get(user, session);
		expect(before?.idle?.doing).toMatchObject([{ kind: 'job', name: 'make' }]);
		await api.send(mallory.viewer, 'activity', JSON.stringify({ action: 'activity', inputMs: null, doing: [] }));
		expect(await sessions().get(user, session)).toEqual(before);
	});
});
