/** Where items stand in the table. The only place that builds keys. */
import type { ConnectionId, SessionId, UserId } from '@shellpod/protocol/ids.ts';

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
	slot: (uid: number): Key => ({ pk: `SLOT#${uid}`, sk: 'SLOT' }),
	slotPrefix: 'SLOT#',
	ticket: (hash: string): Key => ({ pk: `TICKET#${hash}`, sk: 'TICKET' }),
	/** the key by which the relay signs its tags */
	relayKey: { pk: 'RELAY', sk: 'KEY' } satisfies Key,
	/** the atomic counter that uids come from */
	uidCounter: { pk: 'COUNTER', sk: 'UID' } satisfies Key,
	/** held by one run at a time of what a schedule may start twice */
	lease: (name: string): Key => ({ pk: `LEASE#${name}`, sk: 'LEASE' }),
	dueShard: (shard: number): string => `DUE#${shard}`,
	freeSlots: 'FREE',
	makingSlots: 'MAKING',
} as const;

/** The shard of the due index that a session stands in: spread by its id, the same for ever. */
export const shardOf = (session: SessionId): number => session.charCodeAt(0) % dueShards;
