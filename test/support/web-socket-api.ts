/** The functions of the WebSocket API as they are deployed, over a real table, with a gateway that keeps what is posted. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTicketStore } from '@shellpod/functions/adapters/tickets.ts';
import { createTickets, type Tickets } from '@shellpod/functions/core/tickets.ts';
import { env } from '@shellpod/functions/env.ts';
import { type Arrival, decodeArrival } from '@shellpod/protocol/frame.ts';
import { startTable, type TestTable } from './dynoxide.ts';
import { startingSession } from './sockets.ts';

export const socketOrigin = 'https://shellpod.example';
export const connectArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/ws/$connect';

/** What the authorizer reads of an upgrade. */
export interface Upgrade {
	headers?: Record<string, string>;
	multiValueHeaders?: Record<string, string[]>;
}

export interface End {
	id: string;
	requestContext: { connectionId: string; authorizer: Record<string, unknown> };
	/** everything that was posted to it, in order */
	heard(): Arrival[];
}

export interface DeployedWebSocketApi {
	server: TestTable;
	tickets: Tickets;
	handlers: Awaited<ReturnType<typeof load>>;
	/** The upgrade, as the gateway does it. Undefined: refused. */
	open(upgrade: Upgrade): Promise<End | undefined>;
	/** Calls a route as the gateway does; only `$default`, `hello`, `activity` and `$disconnect` have functions after the upgrade. */
	send(end: End, route: 'hello' | 'activity' | '$default' | '$disconnect', body?: string): Promise<unknown>;
	/** posts and closes since the last call, as `<method> <connection>` */
	calls(): string[];
	stop(): Promise<void>;
}

const load = async () => ({
	authorizer: (await import('@shellpod/functions/authorizer.lambda.ts')).handler,
	connect: (await import('@shellpod/functions/connect.lambda.ts')).handler,
	disconnect: (await import('@shellpod/functions/disconnect.lambda.ts')).handler,
	hello: (await import('@shellpod/functions/hello.lambda.ts')).handler,
	activity: (await import('@shellpod/functions/activity.lambda.ts')).handler,
	relay: (await import('@shellpod/functions/relay.lambda.ts')).handler,
});

const listen = (server: Server): Promise<number> =>
	new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

export const startWebSocketApi = async (): Promise<DeployedWebSocketApi> => {
	const arrived = new Map<string, string[]>();
	const closed = new Set<string>();
	const calls: string[] = [];
	const connections = createServer(async (request, response) => {
		let body = '';
		for await (const part of request) body += part;
		const id = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
		calls.push(`${request.method} ${id}`);
		if (closed.has(id)) return response.writeHead(410).end();
		if (request.method === 'DELETE') closed.add(id);
		if (request.method === 'POST') arrived.set(id, [...(arrived.get(id) ?? []), body]);
		response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
	});
	const server = await startTable();
	const before = { ...process.env };
	Object.assign(process.env, {
		...server.environment,
		[env.connections]: `http://127.0.0.1:${await listen(connections)}/execute-api/abc/ws`,
		[env.taskDefinition]: startingSession().slot.base,
		[env.unattendedHours]: '168',
	});
	const handlers = await load();
	let count = 0;
	return {
		server,
		handlers,
		tickets: createTickets({ store: createTicketStore(server.items), now: () => new Date(), random: randomBytes }),
		async open(upgrade) {
			const id = `conn${++count}=`;
			const { policyDocument, context, principalId } = await handlers.authorizer({ methodArn: connectArn, ...upgrade });
			if (policyDocument.Statement[0]?.Effect !== 'Allow') return undefined;
			const requestContext = { connectionId: id, authorizer: { principalId, ...context } };
			if ((await handlers.connect({ requestContext })).statusCode !== 200) return undefined;
			return { id, requestContext, heard: () => (arrived.get(id) ?? []).map(decodeArrival) };
		},
		send: ({ requestContext }, route, body) => {
			const event = { requestContext, ...(body !== undefined && { body }) };
			const named = { hello: handlers.hello, activity: handlers.activity, $default: handlers.relay, $disconnect: handlers.disconnect };
			return named[route](event);
		},
		calls: () => calls.splice(0),
		async stop() {
			process.env = before;
			connections.closeAllConnections();
			await new Promise((resolve) => connections.close(resolve));
			await server.stop();
		},
	};
};
