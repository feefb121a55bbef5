/** A user's own item: names and number of sessions, held in one place so that two requests at the same instant can't both be right. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Time } from './record.ts';

export interface UserRecord {
	user: UserId;
	/** by session: its name, and when the name was claimed */
	claims: Readonly<Record<string, { name: string; at: Time }>>;
	/** compare-and-swap counter */
	rev: number;
}

/** ms after which a claim whose session was never made is nobody's: longer than any request lives */
const orphanAfter = 60_000;

/** Names that differ only in case look like one name to people. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Claims a name for a session, new or known. Throws ShellPodError `name_taken` or `too_many`. */
export const claim = (record: UserRecord, id: SessionId, name: string, most: number, now: Time): UserRecord => {
	const others = Object.entries(record.claims).filter(([session]) => session !== id);
	if (others.some(([, other]) => same(other.name, name))) throw new ShellPodError('name_taken', `You already have a session called ${name}.`);
	// Another name for what there is takes no place, even when the operator allows fewer now.
	if (!record.claims[id] && others.length >= most) throw new ShellPodError('too_many', `You can have ${most} sessions. Delete one to make another.`);
	return { ...record, claims: { ...record.claims, [id]: { name, at: now } } };
};

export const release = (record: UserRecord, id: SessionId): UserRecord => {
	const { [id]: _, ...claims } = record.claims;
	return { ...record, claims };
};

/** The record without claims of sessions that are not there: left by a request that was cut off. The same object when there are none. */
export const withoutOrphans = (record: UserRecord, alive: ReadonlySet<string>, now: Time): UserRecord => {
	const kept = Object.entries(record.claims).filter(([id, { at }]) => alive.has(id) || Date.parse(now) - Date.parse(at) < orphanAfter);
	return kept.length === Object.keys(record.claims).length ? record : { ...record, claims: Object.fromEntries(kept) };
};
