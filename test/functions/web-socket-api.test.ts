/** The functions of the WebSocket API as they are deployed, one after the other: real DynamoDB requests, real posts, no fakes of ours in between. */

import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createTicketStore } from '@shellpod/functions/adapters/tickets.ts';
import { signOut } from '@shellpod/functions/core/access.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import { createTickets, type Grant } from '@shellpod/functions/core/tickets.ts';
import { env } from '@shellpod/functions/env.ts';
import type { ConnectionStore } from '@shellpod/functions/relay-ports.ts';
import { type Arrival, decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { relay as limits } from '@shellpod/protocol/limits.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { startingSession, testSession, testSignIn, testUser } from '../support/sockets.ts';

const origin = 'https://shellpod.example';
const methodArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/ws/$connect';
const whom = { user: testUser, session: testSession, generation: 1 };

interface Handlers {
	authorizer: typeof import('@shellpod/functions/authorizer.lambda.ts').handler;
	connect: typeof import('@shellpod/functions/connect.lambda.ts').handler;
	disconnect: typeof import('@shellpod/functions/disconnect.lambda.ts').handler;
	hello: typeof import('@shellpod/functions/hello.lambda.ts').handler;
	relay: typeof import('@shellpod/functions/relay.lambda.ts').handler;
}

/** @connections: keeps what is posted, by connection. */
const arrived = new Map<string, string[]>();
const gone = new Set<string>();
const connectionsServer = createServer(async (request, response) => {
	let body = '';
	for await (const part of request) body += part;
	const id = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
	if (gone.has(id)) return response.writeHead(410).end();
	if (request.method === 'DELETE') gone.add(id);
	else arrived.set(id, [...(arrived.get(id) ?? []), body]);
	response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
});

const listen = (server: Server): Promise<number> =>
	new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

let server: TestTable;
let handlers: Handlers;
let connections: ConnectionStore;
const before = { ...process.env };

beforeAll(async () => {
	server = await startTable();
	connections = createConnections(server.items);
	Object.assign(process.env, {
		...server.environment,
		[env.connections]: `http://127.0.0.1:${await listen(connectionsServer)}/execute-api/abc/ws`,
		[env.taskDefinition]: startingSession().slot.base,
		[env.unattendedHours]: '168',
	});
	handlers = {
		authorizer: (await import('@shellpod/functions/authorizer.lambda.ts')).handler,
		connect: (await import('@shellpod/functions/connect.lambda.ts')).handler,
		disconnect: (await import('@shellpod/functions/disconnect.lambda.ts')).handler,
		hello: (await import('@shellpod/functions/hello.lambda.ts')).handler,
		relay: (await import('@shellpod/functions/relay.lambda.ts')).handler,
	};
});

afterAll(async () => {
	process.env = before;
	connectionsServer.closeAllConnections();
	await new Promise((resolve) => connectionsServer.close(resolve));
	await server.stop();
});

beforeEach(() => {
	arrived.clear();
	gone.clear();
});

const sessions = () => createSessions(server.items);

/** A session in the table, without what an earlier test left of it. */
const freshSession = async () => {
	const old = await sessions().get(testUser, testSession);
	await changeAccess(createAccessRecords(server.items), testUser, (record) => ({ ...record, sockets: {} }));
	for (const { id } of await connections.list(testSession)) await connections.remove(testSession, id);
	if (old) await sessions().put({ ...startingSession(), rev: old.rev });
	else await sessions().create(startingSession());
};

const ticketFor = (grant: Grant) =>
	createTickets({ store: createTicketStore(server.items), now: () => new Date(), random: randomBytes }).issue(grant);

let count = 0;

interface Open {
	requestContext: { connectionId: string; authorizer: Record<string, unknown> };
	heard(): Arrival[];
}

/** The upgrade, as the gateway does it. Undefined: refused. */
const open = async (protocols: readonly string[], from: string | undefined): Promise<Open | undefined> => {
	const connectionId = `conn${++count}=`;
	const headers: Record<string, string> = { 'Sec-WebSocket-Protocol': protocols.join(', '), ...(from !== undefined && { Origin: from }) };
	const { policyDocument, context, principalId } = await handlers.authorizer({ methodArn, headers });
	if (policyDocument.Statement[0]?.Effect !== 'Allow') return undefined;
	const requestContext = { connectionId, authorizer: { principalId, ...context } };
	expect(await handlers.connect({ requestContext })).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'shellpod.v1' } });
	return { requestContext, heard: () => (arrived.get(connectionId) ?? []).map(decodeArrival) };
};

const openAs = async (role: 'viewer' | 'agent'): Promise<Open> => {
	const grant: Grant = role === 'viewer' ? { ...whom, role, origin, signIn: testSignIn } : { ...whom, role, endpoint: 'https://x.example/ws' };
	const { protocols } = await ticketFor(grant);
	return (await open(protocols, role === 'viewer' ? origin : undefined)) ?? expect.fail('refused');
};

const hello = ({ requestContext }: Open) => handlers.hello({ requestContext, body: encodeHello([1]) });

const tagOf = (end: Open): string =>
	end
		.heard()
		.flatMap((arrival) => (arrival.kind === 'control' ? [arrival.message] : []))
		.flatMap((message) => (message.type === 'welcome' ? message.peers : message.type === 'peer' ? [message.peer] : []))
		.at(-1)?.tag ?? expect.fail('no tag');

const frames = (end: Open): string[] => end.heard().flatMap((arrival) => (arrival.kind === 'frame' ? [arrival.payload] : []));

describe('the WebSocket API', () => {
	test('carries frames both ways between a viewer and its agent', async () => {
		await freshSession();
		const [viewer, agent] = [await openAs('viewer'), await openAs('agent')];
		await hello(viewer);
		await hello(agent);
		expect((await sessions().get(testUser, testSession))?.phase).toBe('running');
		expect(await handlers.relay({ requestContext: viewer.requestContext, body: encodeToRelay(tagOf(viewer), 'key') })).toEqual({ statusCode: 200 });
		await handlers.relay({ requestContext: agent.requestContext, body: encodeToRelay(tagOf(agent), 'echo') });
		expect(frames(agent)).toEqual(['key']);
		expect(frames(viewer)).toEqual(['echo']);
	});

	test('[S7] a tag on another socket reaches nobody', async () => {
		await freshSession();
		const [viewer, other, agent] = [await openAs('viewer'), await openAs('viewer'), await openAs('agent')];
		for (const end of [viewer, other, agent]) await hello(end);
		await handlers.relay({ requestContext: other.requestContext, body: encodeToRelay(tagOf(viewer), 'stolen') });
		expect(frames(agent)).toEqual([]);
	});

	test('a peer that is gone is told as gone', async () => {
		await freshSession();
		const [viewer, agent] = [await openAs('viewer'), await openAs('agent')];
		await hello(viewer);
		await hello(agent);
		gone.add(agent.requestContext.connectionId);
		await handlers.relay({ requestContext: viewer.requestContext, body: encodeToRelay(tagOf(viewer), 'key') });
		expect(viewer.heard().at(-1)).toMatchObject({ kind: 'control', message: { type: 'gone', sender: agent.requestContext.authorizer.sender } });
	});

	test('an agent that leaves makes its session due; however many connections its task opens, none of them is kept', async () => {
		await freshSession();
		await openAs('agent');
		const agent = await openAs('agent');
		await hello(agent);
		expect(await connections.list(testSession)).toEqual([]);
		await handlers.disconnect({ requestContext: agent.requestContext });
		const record = await sessions().get(testUser, testSession);
		expect(record?.agent?.left).toBe(true);
		expect((record?.dueAt ?? '~') <= new Date().toISOString()).toBe(true);
		expect(await connections.list(testSession)).toEqual([]);
	});

	test('[S8] one ticket opens one connection, from its own page only', async () => {
		const { protocols } = await ticketFor({ ...whom, role: 'viewer', origin, signIn: testSignIn });
		const upgrades = await Promise.all(Array.from({ length: 10 }, () => open(protocols, origin)));
		expect(upgrades.filter((upgrade) => upgrade !== undefined)).toHaveLength(1);
		const { protocols: foreign } = await ticketFor({ ...whom, role: 'viewer', origin, signIn: testSignIn });
		expect(await open(foreign, 'https://evil.example')).toBeUndefined();
		expect(await open(foreign, origin)).toBeUndefined();
		expect(await open(['shellpod.v1'], origin)).toBeUndefined();
		expect(await open([], undefined)).toBeUndefined();
	});

	test('[security 8] a ticket of a sign-in that has ended opens nothing, and what was open is not known any more when it has closed', async () => {
		await freshSession();
		const access = createAccessRecords(server.items);
		const known = async () => Object.values((await access.get(testUser)).sockets).map(({ signIn }) => signIn);
		const grant = { ...whom, role: 'viewer', origin, signIn: testSignIn + 7 } as const;
		const viewer = (await open((await ticketFor(grant)).protocols, origin)) ?? expect.fail('refused');
		expect(await known()).toEqual([testSignIn + 7]);
		await handlers.disconnect({ requestContext: viewer.requestContext });
		expect(await known()).toEqual([]);

		const { protocols } = await ticketFor(grant);
		const later = new Date(Date.now() + 60_000).toISOString();
		await changeAccess(access, testUser, (record) => signOut(record, testSignIn + 7, later, new Date().toISOString()));
		const headers = { 'Sec-WebSocket-Protocol': protocols.join(', '), Origin: origin };
		const { context, principalId } = await handlers.authorizer({ methodArn, headers });
		const refused = { requestContext: { connectionId: 'refused=', authorizer: { principalId, ...context } } };
		expect(await handlers.connect(refused)).toEqual({ statusCode: 403 });
		expect(await known()).toEqual([]);
		expect((await connections.list(testSession)).map(({ id }) => id)).not.toContain('refused=');
	});

	test('says the same to whoever is refused', async () => {
		const refuse = async (headers: Record<string, string>) => handlers.authorizer({ methodArn, headers });
		const { protocols } = await ticketFor({ ...whom, role: 'viewer', origin, signIn: testSignIn });
		const answers = [
			await refuse({}),
			await refuse({ 'sec-websocket-protocol': 'shellpod.v1, ticket.guess', origin }),
			await refuse({ 'sec-websocket-protocol': protocols.join(','), origin: 'https://evil.example' }),
		];
		for (const answer of answers)
			expect(answer).toEqual({
				principalId: 'nobody',
				policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: methodArn }] },
			});
	});

	test('[T6] the largest frame passes, and fits what a post may carry', async () => {
		await freshSession();
		const [viewer, agent] = [await openAs('viewer'), await openAs('agent')];
		await hello(viewer);
		await hello(agent);
		const tag = tagOf(agent);
		const payload = 'x'.repeat(limits.maxMessageBytes - encodeToRelay(tag, '').length);
		await handlers.relay({ requestContext: agent.requestContext, body: encodeToRelay(tag, payload) });
		expect(frames(viewer)).toEqual([payload]);
	});
});
