/** The WebSocket side of the control plane in memory: fakes of its ports, named by what they do. */
import type { Caller } from '@shellpod/functions/core/callers.ts';
import type { Meter } from '@shellpod/functions/core/meter.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type {
	Connection,
	ConnectionStore,
	Cuts,
	EndOf,
	Gateway,
	KeyRing,
	KeyStore,
	Meters,
	Seen,
	Sent,
	StoredTicket,
	TicketStore,
	WatchTicket,
} from '@shellpod/functions/relay-ports.ts';
import { type ControlMessage, decodeControl } from '@shellpod/protocol/control.ts';
import { type ConnectionId, connectionId, senderId, sessionId, userId } from '@shellpod/protocol/ids.ts';

export const testSession = sessionId('abcdefgh2345');
/** `auth_time`, s since 1970 */
export const testSignIn = 1_795_334_400;
export const testUser = userId('user-1');

export const connection = (name: string): ConnectionId => connectionId(`${name}=`);

/** A connection's caller; its sender's name is made of `name`. */
export const caller = (role: 'viewer' | 'agent', name: string, generation = 1): Caller => ({
	user: testUser,
	session: testSession,
	generation,
	role,
	sender: senderId(`s${name}`.padEnd(8, '0')),
	...(role === 'viewer' && { signIn: testSignIn }),
});

export const memoryTickets = (): TicketStore & { tickets: Map<string, StoredTicket | WatchTicket> } => {
	const tickets = new Map<string, StoredTicket | WatchTicket>();
	return {
		tickets,
		put: async (hash, ticket) => {
			tickets.set(hash, ticket);
		},
		burn: async (hash, now) => {
			const ticket = tickets.get(hash);
			if (!ticket || ticket.endsAt <= now.getTime()) return undefined;
			tickets.delete(hash);
			return ticket;
		},
	};
};

export const memoryConnections = (): ConnectionStore => {
	const items = new Map<ConnectionId, Connection>();
	return {
		put: async (connection) => {
			items.set(connection.id, connection);
		},
		remove: async (session, id) => {
			if (items.get(id)?.session === session) items.delete(id);
		},
		list: async (session) => [...items.values()].filter((one) => one.session === session),
	};
};

export const memoryKeys = (): KeyStore & { reads: number; ring: KeyRing | undefined } => {
	const store: KeyStore & { reads: number; ring: KeyRing | undefined } = {
		reads: 0,
		ring: undefined,
		read: async () => {
			store.reads++;
			return store.ring;
		},
		make: async (ring) => {
			if (store.ring) return false;
			store.ring = ring;
			return true;
		},
	};
	return store;
};

/** One session's record, by compare-and-swap. `before` runs ahead of a write, to let somebody else be first. */
export const oneSession = (initial: SessionRecord | undefined) => {
	const store = {
		record: initial,
		writes: 0,
		before: undefined as (() => void) | undefined,
		get: async () => store.record,
		put: async (record: SessionRecord) => {
			store.before?.();
			if (store.record?.rev !== record.rev) return undefined;
			store.writes++;
			store.record = { ...record, rev: record.rev + 1 };
			return store.record;
		},
	};
	return store;
};

/** Counters and cuts, kept in memory. `adds` counts the writes. */
export const memoryMeters = () => {
	const sums = new Map<string, Seen>();
	const cut = new Map<string, number>();
	const keyOf = ({ session, user, role }: EndOf) => `${session} ${role === 'agent' ? '' : user}`;
	const store = {
		adds: 0,
		meters: {
			add: async (whose, of, window, seen) => {
				store.adds++;
				const key = `${whose} ${of} ${window}`;
				const before = sums.get(key) ?? { messages: 0, bytes: 0 };
				const after = { messages: before.messages + seen.messages, bytes: before.bytes + seen.bytes };
				sums.set(key, after);
				return after;
			},
		} satisfies Meters,
		cuts: {
			make: async (of, until, now) => {
				if ((cut.get(keyOf(of)) ?? 0) > now.getTime()) return false;
				cut.set(keyOf(of), until);
				return true;
			},
			until: async (of, now) => {
				const until = cut.get(keyOf(of)) ?? 0;
				return until > now.getTime() ? until : undefined;
			},
		} satisfies Cuts,
	};
	return store;
};

/** A meter that counts nothing. */
export const noMeter: Meter = async () => {};

export interface FlakyConnections extends Gateway {
	/** every post in order, those that failed too */
	readonly posts: { to: ConnectionId; text: string; sent: Sent }[];
	readonly closed: ConnectionId[];
	/** what becomes of posts to a connection; `sent` otherwise */
	readonly faults: Map<ConnectionId, Sent>;
	/** control messages that arrived at a connection */
	heard(connection: ConnectionId): ControlMessage[];
}

/** A gateway of whose connections some are gone, busy or broken. */
export const flakyConnections = (): FlakyConnections => {
	const gateway: FlakyConnections = {
		posts: [],
		closed: [],
		faults: new Map(),
		post: async (to, text) => {
			const sent = gateway.faults.get(to) ?? 'sent';
			gateway.posts.push({ to, text, sent });
			return sent;
		},
		close: async (connection) => {
			gateway.closed.push(connection);
			const fault = gateway.faults.get(connection) ?? 'sent';
			if (fault === 'gone' || fault === 'failed') return fault;
			gateway.faults.set(connection, 'gone');
			return 'closed';
		},
		heard: (connection) =>
			gateway.posts
				.filter(({ to, sent }) => to === connection && sent === 'sent')
				.map(({ text }) => decodeControl(text))
				.filter((message) => message !== undefined),
	};
	return gateway;
};

/** A session that starts its first task. */
export const startingSession = (change: Partial<SessionRecord> = {}): SessionRecord => ({
	user: testUser,
	id: testSession,
	name: 'demo',
	createdAt: '2026-11-22T08:00:00.000Z',
	slot: {
		uid: 100_000,
		accessPointId: 'fsap-1',
		roleName: 'sp-home-100000',
		roleArn: 'arn:aws:iam::000000000000:role/homes/sp-home-100000',
		family: 'sp-home-100000',
		definition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/sp-home-100000:1',
		base: 'arn:aws:ecs:us-east-1:000000000000:task-definition/base:1',
	},
	desired: { state: 'running', by: 'user', why: 'You created it', at: '2026-11-22T08:00:00.000Z' },
	generation: 1,
	phase: 'starting',
	phaseAt: '2026-11-22T08:00:00.000Z',
	trail: { told: { phase: 'starting', generation: 1, wanted: 'running', askedAt: '2026-11-22T08:00:00.000Z' }, pending: [] },
	step: 'connect',
	task: {
		generation: 1,
		attempt: 1,
		clientToken: 'token-1',
		definition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/sp-home-100000:1',
		network: { subnets: ['subnet-1'], securityGroup: 'sg-1' },
		requestedAt: '2026-11-22T08:00:00.000Z',
	},
	dueAt: '2026-11-22T08:00:10.000Z',
	rev: 3,
	...change,
});
