/** The built page's origin in one process: files, HTTP API and WebSocket, with sessions that move as a test says and a remembering agent in each. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { type ControlMessage, pong } from '@shellpod/protocol/control.ts';
import { type Costs, SetBudget } from '@shellpod/protocol/costs.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { type ErrorCode, errorCodes } from '@shellpod/protocol/errors.ts';
import { decodeToRelay, encodeFromRelay } from '@shellpod/protocol/frame.ts';
import type { ChooseIdle, ChooseUpdate, KeepSession, Session, SessionEvent, SessionState, TrashedSession } from '@shellpod/protocol/http.ts';
import { versions } from '@shellpod/protocol/version.ts';
import type { WatchMessage } from '@shellpod/protocol/watch.ts';
import { type WebSocket, WebSocketServer } from 'ws';
import { wallClock } from '../../../frontend/src/stream/clock.ts';
import { noCosts } from './no-costs.ts';
import { createRememberingAgent, type RememberingAgent } from './remembering-agent.ts';
import { sessionView } from './session-view.ts';

/** What infra's response headers allow the page. */
export const contentSecurityPolicy =
	"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

export interface ControlPlane {
	origin: string;
	sessions: Session[];
	trash: TrashedSession[];
	signedIn: boolean;
	/** tells pages what becomes of sessions; where it doesn't, they ask */
	tells: boolean;
	/** Tells every page that watches what a session is now, or what is said instead. */
	tell(message: WatchMessage | Session): void;
	/** what happened to sessions, the newest first */
	events: SessionEvent[];
	/** what it all costs; a budget that is set is noted in it */
	costs: Costs;
	/** what was chosen of updates */
	updates: ChooseUpdate[];
	/** requests so far, as `METHOD /path`; those for a WebSocket too */
	requests: string[];
	/** the next requests of this kind are refused with this code, until it is taken away */
	refuse: Map<string, ErrorCode>;
	/** s that a refusal with this code says to wait */
	retryAfter: Map<ErrorCode, number>;
	/** Says a control message to every page of a session. */
	say(id: string, message: ControlMessage): void;
	add(name: string, state: SessionState, changes?: Partial<Session>): Session;
	agentOf(id: string): RememberingAgent;
	/** The agent's process is replaced by a new one. */
	replaceAgent(id: string): void;
	/** Cuts every WebSocket, and refuses new ones while `down`. */
	cut(down?: boolean): void;
	restore(): void;
	close(): Promise<void>;
}

const text = new TextDecoder();

type Body = { name?: string } & Partial<KeepSession> & ChooseIdle;

export const startControlPlane = async (folder: string): Promise<ControlPlane> => {
	const sessions: Session[] = [];
	const trash: TrashedSession[] = [];
	const agents = new Map<string, RememberingAgent>();
	const viewers = new Map<string, Set<WebSocket>>();
	const refuse = new Map<string, ErrorCode>();
	const retryAfter = new Map<ErrorCode, number>([['no_slot', 1]]);
	const requests: string[] = [];
	let down = false;
	let made = 0;
	let epochs = 0;

	const now = () => new Date().toISOString();
	const plane: Pick<ControlPlane, 'signedIn' | 'tells' | 'costs'> = { signedIn: true, tells: false, costs: noCosts() };
	const events: SessionEvent[] = [];
	const updates: ChooseUpdate[] = [];
	const watchers = new Set<WebSocket>();
	const announce = (id: string): string => JSON.stringify({ sender: `agent${id.slice(-4)}`, tag: id, expiresInMs: 600_000, versions });
	const makeAgent = (id: string): RememberingAgent => {
		const agent = createRememberingAgent({
			clock: wallClock,
			epoch: `epoch${epochs++}`,
			send: (payload) => {
				for (const viewer of viewers.get(id) ?? []) viewer.send(encodeFromRelay(`agent${id.slice(-4)}`, 1, payload));
			},
			onTyped: (bytes) => agent.print(new TextEncoder().encode(text.decode(bytes).replaceAll('\r', '\r\n$ '))),
		});
		agent.print(new TextEncoder().encode('$ '));
		agents.set(id, agent);
		return agent;
	};
	const agentOf = (id: string) => agents.get(id) ?? makeAgent(id);

	const add: ControlPlane['add'] = (name, state, changes = {}) => {
		const id = `abcdefghij${String.fromCharCode(97 + Math.floor(made / 26), 97 + (made++ % 26))}`;
		const session: Session = { ...sessionView(id, name, state, now()), ...changes };
		sessions.push(session);
		return session;
	};

	const json = (response: ServerResponse, status: number, body: unknown) => {
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(body));
	};
	const problem = (response: ServerResponse, code: ErrorCode, detail: string = errorCodes[code].title) => {
		const { status, title } = errorCodes[code];
		response.writeHead(status, {
			'content-type': 'application/problem+json',
			...(retryAfter.has(code) ? { 'retry-after': String(retryAfter.get(code)) } : {}),
		});
		response.end(JSON.stringify({ type: `urn:shellpod:${code}`, title, status, detail, code }));
	};
	const move = (session: Session, state: SessionState) => {
		session.state = state;
		session.since = now();
		Object.assign(session, { reason: null, code: null, advice: null, start: null, update: null, stopped: null, ended: [] });
		session.step = state === 'Starting' ? 'reserve' : null;
	};

	/** What the user says of how long it runs, as far as a page shows it. */
	const chosen = (session: Session, action: 'idle' | 'keep', body: Body): Session => {
		const { idle } = session;
		if (!idle) return session;
		const { minutes = 0, limitMinutes = idle.limitMinutes, counts } = body;
		const doing = idle.doing.map((one) => (one.name === counts?.name ? { ...one, counts: counts.counts } : one));
		const stopsAt = action === 'keep' ? new Date(Date.now() + minutes * 60_000).toISOString() : idle.stopsAt;
		return Object.assign(session, { idle: { ...idle, limitMinutes, doing, stopsAt }, rev: session.rev + 1 });
	};

	/** `asked`: the path with its query */
	const api = (method: string, path: string, asked: string, body: Body, response: ServerResponse) => {
		const refused = refuse.get(`${method} ${path}`);
		if (refused) return problem(response, refused);
		if (path === '/api/auth/token')
			return plane.signedIn ? json(response, 200, { accessToken: 'token', expiresIn: 600, name: 'ada' }) : problem(response, 'unauthenticated');
		if (path === '/api/watch' && plane.tells)
			return json(response, 201, { url: `${origin.replace('http', 'ws')}/ws`, protocols: ['shellpod.v1', 'ticket.watch'], expiresAt: now() });
		if (path === '/api/costs') return json(response, 200, plane.costs);
		if (path === '/api/budget') {
			const { budget } = SetBudget.parse(body);
			plane.costs = { ...plane.costs, chosenBudget: budget, budget: budget && { ...budget, state: 'fine', operator: false } };
			return json(response, 200, plane.costs);
		}
		if (path === '/api/sessions' && method === 'GET') return json(response, 200, { sessions, trash });
		if (path === '/api/sessions') {
			if (sessions.some((session) => session.name === body.name)) return problem(response, 'name_taken');
			return json(response, 201, add(body.name ?? '', 'Starting'));
		}
		const [, id, action] = /^\/api\/sessions\/([^/]+)(?:\/([\w-]+))?$/.exec(path) ?? [];
		const deleted = trash.findIndex((one) => one.id === id);
		if (action === 'restore' || action === 'delete-for-good') {
			const [one] = trash.slice(deleted, deleted + 1);
			if (!one) return problem(response, 'not_found');
			const name = body.name ?? one.name;
			if (action === 'restore' && sessions.some((session) => session.name === name)) return problem(response, 'name_taken');
			if (action === 'delete-for-good' && name !== one.name) return problem(response, 'invalid_request');
			trash.splice(deleted, 1);
			if (action === 'restore') return json(response, 200, add(name, 'Stopped', { id: one.id }));
			response.writeHead(204);
			return response.end();
		}
		const session = sessions.find((one) => one.id === id);
		if (!session) return problem(response, 'not_found');
		if (action === 'events') {
			const before = new URL(asked, origin).searchParams.get('before');
			const from = before === null ? 0 : events.findIndex(({ id: place }) => place === before) + 1;
			const page = events.slice(from, from + 3);
			return json(response, 200, { events: page, before: from + 3 < events.length ? page.at(-1)?.id : null });
		}
		if (action === 'tickets') {
			if (session.state !== 'Running' && session.state !== 'Starting') return problem(response, 'not_running');
			const url = `${origin.replace('http', 'ws')}/ws`;
			return json(response, 201, { url, protocols: ['shellpod.v1', `ticket.${session.id}`], expiresAt: now() });
		}
		if (method === 'DELETE') {
			sessions.splice(sessions.indexOf(session), 1);
			trash.unshift({ id: session.id, name: session.name, deletedAt: now(), goesAt: '2026-12-22T12:00:00.000Z' });
			response.writeHead(204);
			return response.end();
		}
		if (action === 'idle' || action === 'keep') return json(response, 200, chosen(session, action, body));
		if (method === 'PATCH') session.name = body.name ?? session.name;
		else if (action === 'start') move(session, 'Starting');
		else if (action === 'update') {
			updates.push(body as ChooseUpdate);
			if ((body as ChooseUpdate).when === 'now') move(session, 'Stopping');
			else session.update = { why: 'image', last: '2030-01-20T03:00:00.000Z', at: '2030-01-08T03:00:00.000Z' };
		} else if (action === 'stop') move(session, 'Stopping');
		else if (action === 'restart') move(session, 'Stopping');
		return json(response, action ? 202 : 200, session);
	};

	const file = async (path: string, response: ServerResponse) => {
		const name = extname(path) ? normalize(path) : '/index.html';
		const content = await readFile(join(folder, name)).catch(() => undefined);
		response.writeHead(content ? 200 : 404, {
			'content-type': types[extname(name)] ?? 'application/octet-stream',
			'content-security-policy': contentSecurityPolicy,
		});
		response.end(content);
	};
	const answer = async (request: IncomingMessage, response: ServerResponse) => {
		const { pathname } = new URL(request.url ?? '/', 'http://localhost');
		const method = request.method ?? 'GET';
		if (!pathname.startsWith('/api/')) return file(pathname, response);
		requests.push(`${method} ${pathname}`);
		let body = '';
		for await (const part of request) body += part;
		api(method, pathname, request.url ?? '/', body ? JSON.parse(body) : {}, response);
	};

	const server = createServer((request, response) => void answer(request, response));
	const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'shellpod.v1' });
	server.on('upgrade', (request, socket, head) => {
		if (down) return socket.destroy();
		requests.push('GET /ws');
		const id = /ticket\.(\w+)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1] ?? '';
		sockets.handleUpgrade(request, socket, head, (viewer) => {
			if (id === 'watch') {
				watchers.add(viewer);
				viewer.on('close', () => watchers.delete(viewer));
				viewer.on('message', () => viewer.send(pong));
				return;
			}
			const all = viewers.get(id) ?? new Set();
			viewers.set(id, all.add(viewer));
			viewer.on('close', () => all.delete(viewer));
			viewer.on('message', (data) => {
				const message = String(data);
				const relayed = decodeToRelay(message);
				if (relayed) return agentOf(id).receive(relayed.payload);
				if (message.includes('ping')) return viewer.send(pong);
				const running = sessions.find((session) => session.id === id)?.state === 'Running';
				if (running) agentOf(id);
				viewer.send(
					encodeControl({ type: 'welcome', sender: 'viewer1', session: id, generation: 1, peers: running ? [JSON.parse(announce(id))] : [] }),
				);
			});
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const address = server.address();
	if (!address || typeof address === 'string') throw new Error('no port');
	const origin = `http://127.0.0.1:${address.port}`;

	return Object.assign(plane, {
		origin,
		events,
		updates,
		tell: (message: WatchMessage | Session) => {
			const text = JSON.stringify('told' in message ? message : { told: 'session', session: message });
			for (const watcher of watchers) watcher.send(text);
		},
		sessions,
		trash,
		requests,
		refuse,
		retryAfter,
		say: (id: string, message: ControlMessage) => {
			for (const viewer of viewers.get(id) ?? []) viewer.send(encodeControl(message));
		},
		add,
		agentOf,
		replaceAgent: (id: string) => {
			agents.get(id)?.kill();
			makeAgent(id);
			for (const viewer of viewers.get(id) ?? []) viewer.terminate();
		},
		cut: (stay = false) => {
			down = stay;
			for (const viewer of sockets.clients) viewer.terminate();
		},
		restore: () => {
			down = false;
		},
		close: async () => {
			for (const agent of agents.values()) agent.kill();
			for (const viewer of sockets.clients) viewer.terminate();
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	});
};
