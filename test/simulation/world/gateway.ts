/** The WebSocket API: the stand-in's machine on the kernel's clock, and between it and each end a network that cuts. */
import type { SignedFetch } from '@shellpod/functions/signed-fetch.ts';
import { pong } from '@shellpod/protocol/control.ts';
import { gateway as limits } from '@shellpod/protocol/limits.ts';
import { accountRate, connectRate, createBucket } from '../../../local/api-gateway/throttle.ts';
import type { Effect, Input, RouteTarget, SocketApi } from '../../../local/websocket-api/contract.ts';
import { createSocketMachine } from '../../../local/websocket-api/machine.ts';
import { createSelection } from '../../../local/websocket-api/selection.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Life } from '../kernel/life.ts';
import { createConnection, type SimulatedConnection } from './connection.ts';
import type { Faults } from './faults.ts';
import type { Environment, Lambda } from './lambda.ts';
import { account, region } from './names.ts';
import type { Ports } from './ports.ts';

export interface ClientEvents {
	open(): void;
	text(text: string): void;
	close(code: number, reason: string): void;
}

/** Who dials: what is true of an end, whatever the control plane thinks of it. */
export type Owner = { task: string } | { user: string; session: string } | { watcher: string } | 'thief';

export interface Network {
	/** down */
	bytesPerSecond: number;
}

export interface Dialled {
	life: Life;
	url: string;
	protocols: readonly string[];
	/** of a page */
	origin?: string;
	/** one that is slow; else as fast as need be */
	network?: Network;
	events: ClientEvents;
	owner: Owner;
}

export interface Client {
	send(text: string): void;
	readonly waiting: number;
	close(code: number): void;
	destroy(): void;
}

export interface GatewayWatch {
	/** The gateway has let somebody in; `context`: the authorizer's word. */
	accepted(connection: string, dialled: Dialled, context: Readonly<Record<string, string>>): void;
	/** An end sends text, for which it has a connection. */
	sent(dialled: Dialled, text: string): void;
	/** Text has arrived at an end. */
	arrived(connection: string, dialled: Dialled, text: string): void;
}

export interface Gateway {
	dial(dialled: Dialled): Client;
	/** @connections, as an environment of a function reaches it */
	fetchOf(environment: Environment): SignedFetch;
	/** Ids of the connections that pages have open, or are opening, and that carry something: what is half open for minutes has no hello to come. */
	ofPages(): string[];
	/** Cuts every connection of which this is said; each side hears of it in its own time, or within `heardMs`. */
	cut(which: (dialled: Dialled) => boolean, heardMs?: number): void;
}

export interface GatewayOptions {
	kernel: Kernel;
	faults: Faults;
	lambda: Lambda;
	ports: Ports;
	watch: GatewayWatch;
}

/** ms between two looks at time limits */
const tickMs = 5_000;
/** with which the gateway closes what it can't keep; every limit has another */
const cutCodes: ReadonlySet<number> = new Set([1006, 1011, 1012]);
/** attempts of one post: `signed-fetch.ts` tries again twice */
const attempts = 3;

const target = (arn: string): RouteTarget => ({ kind: 'function', arn, timeoutMs: 29_000, answers: false });

export const createGateway = ({ kernel, faults, lambda, ports, watch }: GatewayOptions): Gateway => {
	const chance = kernel.random('gateway');
	const now = (): number => Math.floor(kernel.now());
	let ids = 0;
	const api: SocketApi = {
		id: 'abc',
		stage: 'ws',
		domainName: 'abc.execute-api.us-east-1.amazonaws.com',
		region,
		account,
		selection: createSelection('$request.body.action'),
		faults,
		routes: new Map<string, RouteTarget>([
			['$connect', target('connect')],
			['$disconnect', target('disconnect')],
			['$default', target('relay')],
			['hello', target('hello')],
			['activity', target('activity')],
			['ping', { kind: 'mock', answer: pong }],
		]),
		authorizer: { arn: 'authorizer', identity: [{ in: 'header', name: 'Sec-WebSocket-Protocol' }] },
		throttles: { account: createBucket(accountRate), connect: createBucket(connectRate) },
		uuid: () => `r${ids++}`,
		...limits,
	};
	const machine = createSocketMachine(api);
	const connections = new Map<string, SimulatedConnection>();
	const contexts = new Map<string, Record<string, string>>();

	const step = (input: Input): void => {
		for (const effect of machine.step(input, now())) apply(effect);
	};

	const closed = (id: string, code: number): void => {
		if (!connections.delete(id)) return;
		step({ type: 'closed', connection: id, code, reason: '' });
	};

	const invoke = async ({ token, arn, event }: Extract<Effect, { type: 'invoke' }>): Promise<void> => {
		await kernel.sleep(chance.between(1, 6), `gateway to ${arn}`);
		const outcome = await lambda.invoke(arn, event);
		if (arn === 'authorizer' && outcome.kind === 'success') {
			const { methodArn: _, requestContext } = event as { methodArn: string; requestContext: { connectionId: string } };
			const { context } = JSON.parse(outcome.payload) as { context?: Record<string, string> };
			if (context) contexts.set(requestContext.connectionId, context);
		}
		step({ type: 'answered', token, outcome });
	};

	const apply = (effect: Effect): void => {
		switch (effect.type) {
			case 'invoke':
				void invoke(effect);
				break;
			case 'accept': {
				const connection = connections.get(effect.connection);
				if (!connection) break;
				watch.accepted(effect.connection, connection.dialled, contexts.get(effect.connection) ?? {});
				connection.down('open');
				break;
			}
			case 'refuse':
				connections.get(effect.connection)?.down('close', 1006);
				connections.delete(effect.connection);
				break;
			case 'send':
				connections.get(effect.connection)?.down('text', effect.text);
				break;
			case 'wake':
				kernel.after(effect.ms, 'gateway', () => step({ type: 'woken', token: effect.token }));
				break;
			case 'close':
				if (cutCodes.has(effect.code)) faults.fires('cut');
				connections.get(effect.connection)?.down('close', effect.code);
				closed(effect.connection, effect.code);
				break;
		}
	};

	const tick = (): void => {
		step({ type: 'tick' });
		kernel.after(tickMs, 'gateway limits', tick);
	};
	kernel.after(tickMs, 'gateway limits', tick);

	/** Gives the status of the answer, and how long it takes. */
	const manage = (method: string, id: string, body: string): { status: number; afterMs: number } => {
		const { answer, effects, afterMs } = machine.manage(method, id, Buffer.from(body), 0, now());
		for (const effect of effects) apply(effect);
		return { status: answer.status, afterMs };
	};

	const post = async (method: string, id: string, body: string): Promise<{ status: number; text: string } | undefined> => {
		for (let attempt = 0; attempt < attempts; attempt++) {
			await kernel.sleep(chance.between(1, 15), method);
			const unanswered = faults.happens('post-unanswered');
			if (unanswered && faults.between('post-unanswered', 0, 1) < 0.5) {
				await kernel.sleep(1_000, method);
				continue;
			}
			const { status, afterMs } = manage(method, id, body);
			await kernel.sleep(unanswered ? 1_000 : afterMs + chance.between(1, 8), method);
			if (!unanswered) return { status, text: '' };
		}
		return undefined;
	};

	return {
		dial: (dialled) => {
			const id = `${(ids++).toString(36).padStart(10, '0')}=`;
			const connection = createConnection({
				kernel,
				faults,
				dialled,
				upgrade: () => {
					const headers: [string, string][] = [['Sec-WebSocket-Protocol', dialled.protocols.join(', ')]];
					if (dialled.origin !== undefined) headers.push(['Origin', dialled.origin]);
					step({ type: 'upgrade', connection: id, request: { method: 'GET', target: '/ws', headers, body: Buffer.alloc(0), sourceIp: '10.0.0.1' } });
				},
				message: (text) => step({ type: 'message', connection: id, text }),
				closed: (code) => closed(id, code),
				sent: (text) => watch.sent(dialled, text),
				arrived: (text) => watch.arrived(id, dialled, text),
			});
			connections.set(id, connection);
			return connection.client;
		},
		fetchOf:
			(environment) =>
			(url, { method, body }) => {
				const id = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
				return ports.call(environment, `${method} ${id}`, () => post(method, id, body ?? ''));
			},
		ofPages: () =>
			[...connections].flatMap(([id, { dialled, broken }]) => (!broken && dialled.owner !== 'thief' && 'user' in dialled.owner ? [id] : [])),
		cut: (which, heardMs) => {
			for (const connection of connections.values()) if (which(connection.dialled)) connection.cut(heardMs);
		},
	};
};
