/**
 * A user's own item: names and number of sessions, and what was started and made lately. Held in one place, so that two requests at the
 * same instant can't both be right.
 */

import type { Budget } from '@shellpod/protocol/costs.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { UserLimits } from '@shellpod/protocol/http.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Time } from './record.ts';
import type { Settled } from './spending.ts';

export interface UserRecord {
	user: UserId;
	/** by session: its name, and when the name was claimed. What is in the trash takes a place, and holds no name. */
	claims: Readonly<Record<string, { name: string; at: Time; trashed?: true }>>;
	/** when sessions were started on purpose in the last hour: created, started, restarted; oldest first */
	starts?: readonly Time[];
	/** when sessions were created in the last day, deleted ones too; oldest first */
	creates?: readonly Time[];
	/** what the operator allows this user instead of what everybody has */
	limits?: Readonly<Partial<UserLimits>>;
	/** what sessions may cost in a month; null: its user wants none; absent: never chose */
	budget?: Budget | null;
	/** by session: what those have cost that were deleted for good this month */
	gone?: Readonly<Record<string, Settled>>;
	/** compare-and-swap counter */
	rev: number;
}

/** ms after which a claim whose session was never made is nobody's: longer than any request lives */
const orphanAfter = 60_000;

/** Names that differ only in case look like one name to people. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const sessions = (many: number): string => `${many} ${many === 1 ? 'session' : 'sessions'}`;

/** A deleted session keeps its home until it leaves the trash, and so its place. */
const tooManySessions = (claims: readonly (readonly [string, { trashed?: true }])[], most: number): string => {
	if (most === 0) return `You can have ${sessions(0)}. Ask the operator.`;
	const trashed = claims.some(([, one]) => one.trashed);
	return `You can have ${sessions(most)}, the trash included. ${trashed ? 'Delete one in the trash for good' : 'Delete one, and then for good in the trash,'} to make another.`;
};

/** Claims a name for a session, new or known. Throws ShellPodError `name_taken` or `too_many`. */
export const claim = (record: UserRecord, id: SessionId, name: string, most: number, now: Time): UserRecord => {
	const others = Object.entries(record.claims).filter(([session]) => session !== id);
	if (others.some(([, other]) => !other.trashed && same(other.name, name)))
		throw new ShellPodError('name_taken', `You already have a session called ${name}.`);
	// Another name for what there is takes no place, even when the operator allows fewer now.
	if (!record.claims[id] && others.length >= most) throw new ShellPodError('too_many', tooManySessions(others, most));
	return { ...record, claims: { ...record.claims, [id]: { name, at: now } } };
};

export const release = (record: UserRecord, id: SessionId): UserRecord => {
	const { [id]: _, ...claims } = record.claims;
	return { ...record, claims };
};

/** A session's record is about to go (C5); what it has cost is kept until the month ends, and again is the same. */
export const outlived = (record: UserRecord, id: SessionId, spent: Settled): UserRecord => {
	const month = spent.day.slice(0, 7);
	const others = Object.entries(record.gone ?? {}).filter(([session, one]) => session !== id && one.day.startsWith(month));
	return { ...record, gone: { ...Object.fromEntries(others), [id]: spent } };
};

/** The session went to the trash at `at`: its name is free. The same object when it was claimed again since: the session is back. */
export const yieldName = (record: UserRecord, id: SessionId, at: Time): UserRecord => {
	const claimed = record.claims[id];
	if (!claimed || claimed.trashed || claimed.at > at) return record;
	return { ...record, claims: { ...record.claims, [id]: { ...claimed, trashed: true } } };
};

/**
 * The record without what requests that were cut off left: claims of sessions that are not there, and names of those in the trash.
 * `there`: sessions that are not deleted, and whether they are in the trash.
 */
export const mended = (record: UserRecord, there: ReadonlyMap<string, { trashed: boolean }>, now: Time): UserRecord => {
	const claims = Object.entries(record.claims).flatMap(([id, claimed]) => {
		const session = there.get(id);
		if (Date.parse(now) - Date.parse(claimed.at) < orphanAfter) return [[id, claimed] as const];
		if (!session) return [];
		return [[id, session.trashed ? { ...claimed, trashed: true as const } : claimed] as const];
	});
	return { ...record, claims: Object.fromEntries(claims) };
};

/** What is counted over a time that moves along, and what the user is told of it. */
const rates = {
	starts: {
		ms: 3_600_000,
		limit: 'startsPerHour',
		words: (most: number) => `You can start sessions ${most === 1 ? 'once' : `${most} times`} an hour.`,
	},
	creates: { ms: 86_400_000, limit: 'createsPerDay', words: (most: number) => `You can make ${sessions(most)} a day.` },
} as const satisfies Record<string, { ms: number; limit: keyof UserLimits; words: (most: number) => string }>;
export type Rate = keyof typeof rates;

/** What a user may have: everybody's limits, but for those that the operator set for this one. */
export const limitsOf = (record: UserRecord, everybodys: UserLimits): UserLimits => ({ ...everybodys, ...record.limits });

const inWords = (seconds: number): string => {
	if (seconds < 120) return `${seconds} s`;
	const minutes = Math.ceil(seconds / 60);
	return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
};

/** One more of it, at `now`. Throws ShellPodError `too_many`, with the seconds until there is room again. */
export const count = (record: UserRecord, rate: Rate, everybodys: UserLimits, now: Time): UserRecord => {
	const { ms, limit, words } = rates[rate];
	const most = limitsOf(record, everybodys)[limit];
	const lately = (record[rate] ?? []).filter((at) => Date.parse(at) > Date.parse(now) - ms);
	if (lately.length < most) return { ...record, [rate]: [...lately, now] };
	// The one whose end makes room. Where nothing is allowed there is none.
	const first = most > 0 ? lately.at(-most) : undefined;
	const retryAfter = Math.ceil((Date.parse(first ?? now) + ms - Date.parse(now)) / 1_000);
	const next = first ? `The next one can be in ${inWords(retryAfter)}.` : 'Ask the operator.';
	throw new ShellPodError('too_many', `${words(most)} ${next}`, { retryAfter });
};

/** Takes back what was counted at `at`: nothing came of it. */
export const uncount = (record: UserRecord, rate: Rate, at: Time): UserRecord => {
	const counted = record[rate] ?? [];
	const index = counted.lastIndexOf(at);
	return index < 0 ? record : { ...record, [rate]: counted.toSpliced(index, 1) };
};
