/** What the decisions need from outside. One adapter each in `adapters/`, one fake each in test/support; `relay-ports.ts` has the relay's. */
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { SessionRecord, Slot, Time } from './core/record.ts';
import type { FreeSlot, SlotItem } from './core/slot.ts';

export interface DueSession {
	user: UserId;
	id: SessionId;
	dueAt: Time;
}

/** Session records. Every write is a compare-and-swap on `rev`; every read but `due` is strong. */
export interface Sessions {
	get(user: UserId, id: SessionId): Promise<SessionRecord | undefined>;
	/** all of a user's, deleted ones too */
	list(user: UserId): Promise<SessionRecord[]>;
	/** Writes a new record with rev 1. Gives what was written, or undefined when there is one already. */
	create(record: SessionRecord): Promise<SessionRecord | undefined>;
	/** Writes the record with rev + 1 when the stored rev is the record's. Gives what was written, or undefined when somebody else wrote first. */
	put(record: SessionRecord): Promise<SessionRecord | undefined>;
	/** Sessions of one shard that were due by then, the longest due first. From an index that lags: read the record before acting. */
	due(shard: number, until: Time, limit: number): Promise<DueSession[]>;
}

export interface Slots {
	/** strong read */
	get(uid: number): Promise<SlotItem | undefined>;
	/** uids of free slots, oldest first; from an index that lags */
	free(limit: number): Promise<number[]>;
	/** uids of slots that somebody began, oldest first; from an index that lags */
	making(limit: number): Promise<number[]>;
	/** A uid that nobody has had. */
	nextUid(): Promise<number>;
	/** false when the uid has an item */
	begin(uid: number, at: Time): Promise<boolean>;
	/** making -> free. false when it is not in the making any more */
	finish(slot: Slot, at: Time): Promise<boolean>;
	/** free -> taken. false when somebody else was first */
	take(slot: FreeSlot, by: { user: UserId; session: SessionId }, at: Time): Promise<boolean>;
}
