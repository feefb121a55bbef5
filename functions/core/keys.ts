/** Where items stand in the table. The only place that builds keys. */
import type { ConnectionId, Role, SessionId, UserId } from '@shellpod/protocol/ids.ts';

export interface Key {
	pk: string;
	sk: string;
}

export const indexName = 'due';
/** attributes of the sparse index: `duePk` as partition, `dueAt` (ISO 8601, so that text order is time order) as sort key */
export const dueShards = 4;

export const keys = {
	user: (user: UserId): Key => ({ pk: `USER#${user}`, sk: 'USER' }),
	session: (user: UserId, session: SessionId): Key => ({ pk: `USER#${user}`, sk: `SESSION#${session}` }),
	sessionPrefix: 'SESSION#',
	connection: (session: SessionId, connection: ConnectionId): Key => ({ pk: `SESSION#${session}`, sk: `CONN#${connection}` }),
	/** partition of all connections of a session */
	connectionsOf: (session: SessionId): string => `SESSION#${session}`,
	connectionPrefix: 'CONN#',
	/** what happened to a session, by its place (trail.ts); a partition of its own, so that who notes something needs to write nothing else */
	event: (session: SessionId, place: string): Key => ({ pk: `TRAIL#${session}`, sk: `EVENT#${place}` }),
	eventsOf: (session: SessionId): string => `TRAIL#${session}`,
	eventPrefix: 'EVENT#',
	slot: (uid: number): Key => ({ pk: `SLOT#${uid}`, sk: 'SLOT' }),
	slotPrefix: 'SLOT#',
	ticket: (hash: string): Key => ({ pk: `TICKET#${hash}`, sk: 'TICKET' }),
	/** what one sender of a session, or of all of a user's, sent in one window of time */
	meter: (whose: SessionId | UserId, of: string, window: number): Key => ({ pk: `METER#${whose}`, sk: `${of}#${window}` }),
	/** an end of a session that was cut off */
	cut: ({ session, user, role }: { session: SessionId; user: UserId; role: Role }): Key => ({
		pk: `CUT#${session}`,
		sk: role === 'agent' ? 'AGENT' : `VIEWER#${user}`,
	}),
	/** who of a user may be connected, and who is; a partition of its own, so that `$connect` needs no right on the user's other items */
	access: (user: UserId): Key => ({ pk: `ACCESS#${user}`, sk: 'ACCESS' }),
	/** what a session's task said last; a partition of its own, so that who takes it in needs to write nothing else */
	report: (session: SessionId): Key => ({ pk: `REPORT#${session}`, sk: 'REPORT' }),
	/** the key by which the relay signs its tags */
	relayKey: { pk: 'RELAY', sk: 'KEY' } satisfies Key,
	/** there while the operator lets nobody start anything */
	startSwitch: { pk: 'SWITCH', sk: 'STARTS' } satisfies Key,
	/** the atomic counter that uids come from */
	uidCounter: { pk: 'COUNTER', sk: 'UID' } satisfies Key,
	/** held by one run at a time of what a schedule may start twice */
	lease: (name: string): Key => ({ pk: `LEASE#${name}`, sk: 'LEASE' }),
	dueShard: (shard: number): string => `DUE#${shard}`,
	/** partition of the due index: users with connections that are to be closed */
	dueAccess: 'DUE#ACCESS',
	/** partition of the due index: deleted sessions whose Homes are empty */
	duePurge: 'PURGE',
	freeSlots: 'FREE',
	makingSlots: 'MAKING',
	/** slots that were taken, until their sessions are seen to be there */
	takenSlots: 'TAKEN',
	/** partitions that hold nothing but one session's */
	partitionsOf: (session: SessionId): readonly string[] => [
		`SESSION#${session}`,
		`REPORT#${session}`,
		`CUT#${session}`,
		`METER#${session}`,
		`TRAIL#${session}`,
	],
} as const;

/** The shard of the due index that a session stands in: spread by its id, the same for ever. */
export const shardOf = (session: SessionId): number => session.charCodeAt(0) % dueShards;
