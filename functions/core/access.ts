/**
 * Who of a user may be connected, and which viewers are: held in one item, so that a connection that comes and a right that ends can't both
 * be right. The gateway asks at `$connect` only; whatever ends a right later closes the connections itself.
 *
 * Pure: the caller writes the result with a compare-and-swap on `rev`. A change that changes nothing gives the same object back.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { ConnectionId, SessionId, TerminalId, UserId } from '@shellpod/protocol/ids.ts';
import { gateway, ticketMs } from '@shellpod/protocol/limits.ts';
import type { Time } from './record.ts';

/** An open connection of a page, as far as we know: the gateway may have lost it without a word. */
export interface Socket {
	/** a viewer's; without one it is a watcher, which hears what becomes of all of its user's sessions */
	session?: SessionId;
	signIn: number;
	since: Time;
	/** the view that the page came for; it keeps the name over its reconnects */
	terminal?: TerminalId;
}

export interface AccessRecord {
	user: UserId;
	/** compare-and-swap counter */
	rev: number;
	/** by the operator */
	disabled?: { at: Time; by: string };
	/**
	 * Sign-ins that have ended, by `auth_time` (s since 1970, the one claim of a sign-in that stays the same over refreshes), and until when
	 * that is remembered: longer than any of its access tokens lives.
	 */
	signedOut: Readonly<Record<string, Time>>;
	/** Every sign-in up to then (s since 1970) has ended, by the operator. */
	signedOutUpTo?: number;
	/** Sessions that were deleted, until no ticket of theirs is good any more. */
	ended: Readonly<Record<SessionId, Time>>;
	/** open connections of pages; agents' are not counted */
	sockets: Readonly<Record<ConnectionId, Socket>>;
	/** how many connections were let in in the last minute that any was (minutes since 1970) */
	admissions?: { minute: number; count: number };
	/** present while a connection is to be closed: when it is tried again */
	dueAt?: Time;
}

/** Viewer connections of one user at a time, over all sessions. */
export const maxSockets = 8;

/** Watchers of one user at a time: a page has one, whatever it shows. They take no viewer's place. */
export const maxWatchers = 8;

/** Connections of a user that are let in in one minute. Each is written here twice; who comes and goes without end would keep others from writing: the operator, too. */
export const maxAdmissions = 120;

/** ended sign-ins that are remembered one by one: far more than anybody's devices */
const maxSignedOut = 100;

export const tooManyWatchers = `You have ${maxWatchers} pages open that hear of changes by themselves. This one asks now and then.`;

export const tooManySockets = `You have ${maxSockets} terminals open. Close one.`;

/**
 * ms after its admission in which the gateway may say that a connection is gone though it is only to come: it doesn't know it before
 * `$connect` has answered, and that function has 10 s.
 */
export const settleMs = 15_000;
/** ms until it is tried again to close what could not be closed */
const againMs = 5_000;
/** ms from its admission after which a connection is gone, whatever we were told */
const longestMs = gateway.maxConnectionMs + 10 * 60_000;
/** ms that the end of a session is remembered: its last ticket is redeemed or worth nothing by then */
const endedMs = 2 * ticketMs;

const later = (time: Time, ms: number): Time => new Date(Date.parse(time) + ms).toISOString();

export type Refused = 'disabled' | 'signed_out';

/** Why a sign-in is worth nothing any more; undefined when it is good. */
export const refusedTo = (record: Pick<AccessRecord, 'disabled' | 'signedOut' | 'signedOutUpTo'>, signIn: number): Refused | undefined => {
	const { disabled, signedOut, signedOutUpTo = 0 } = record;
	if (disabled) return 'disabled';
	if (signIn <= signedOutUpTo) return 'signed_out';
	return Object.hasOwn(signedOut, String(signIn)) ? 'signed_out' : undefined;
};

/** Throws what a refused sign-in is told. */
export const wantAccess = (record: AccessRecord, signIn: number): void => {
	const refused = refusedTo(record, signIn);
	if (refused === 'disabled')
		throw new ShellPodError('forbidden', 'The operator has switched your account off. What you have stays; ask them about it.');
	if (refused) throw new ShellPodError('unauthenticated', 'You are signed out. Sign in again.');
};

const socketsOf = (record: AccessRecord) => Object.entries(record.sockets) as [ConnectionId, Socket][];

const hasEnded = (record: AccessRecord, { signIn, session }: Socket): boolean =>
	refusedTo(record, signIn) !== undefined || (session !== undefined && Object.hasOwn(record.ended, session));

/** Connections whose right has ended. */
export const toClose = (record: AccessRecord): [ConnectionId, Socket][] => socketsOf(record).filter(([, socket]) => hasEnded(record, socket));

/** Whether a connection is one of those that we let in, and its right has not ended. */
export const mayStay = (record: AccessRecord, id: ConnectionId): boolean => {
	const socket = Object.hasOwn(record.sockets, id) ? record.sockets[id] : undefined;
	return socket !== undefined && !hasEnded(record, socket);
};

/** Whether "there is no such connection" means that there will be none. */
export const isSettled = (socket: Socket, now: Time): boolean => later(socket.since, settleMs) <= now;

/** With what time has taken away left out, and due when something is to be closed. */
const upToDate = ({ dueAt, ...record }: AccessRecord, now: Time): AccessRecord => {
	const remembered = <T extends string>(ends: Readonly<Record<T, Time>>) =>
		Object.fromEntries((Object.entries(ends) as [T, Time][]).filter(([, until]) => until > now)) as Record<T, Time>;
	const next = {
		...record,
		sockets: Object.fromEntries(socketsOf(record).filter(([, { since }]) => later(since, longestMs) > now)),
	};
	// Why they are to be closed is not forgotten before they are.
	if (toClose(next).length > 0) return { ...next, dueAt: dueAt ?? later(now, againMs) };
	return { ...next, signedOut: remembered(record.signedOut), ended: remembered(record.ended) };
};

const admittedIn = ({ admissions }: AccessRecord, minute: number): number => (admissions?.minute === minute ? admissions.count : 0);
const minuteOf = (time: Time): number => Math.floor(Date.parse(time) / 60_000);

/** s until another connection may be let in */
export const admissionWait = (record: AccessRecord, now: Time): number => {
	const minute = minuteOf(now);
	return admittedIn(record, minute) < maxAdmissions ? 0 : Math.ceil(((minute + 1) * 60_000 - Date.parse(now)) / 1_000);
};

/** `hasty`: too many came within a minute. */
export type Admitted = AccessRecord | Refused | 'ended' | 'full' | 'hasty';

/** Lets a viewer's connection in. */
export const admit = (record: AccessRecord, id: ConnectionId, socket: Socket): Admitted => {
	const refused = refusedTo(record, socket.signIn);
	if (refused) return refused;
	if (socket.session !== undefined && Object.hasOwn(record.ended, socket.session)) return 'ended';
	if (admissionWait(record, socket.since) > 0) return 'hasty';
	const current = upToDate(record, socket.since);
	// Let in already, by a write whose answer was lost: it has its place.
	if (isFull(current, socket) && !Object.hasOwn(current.sockets, id)) return 'full';
	const minute = minuteOf(socket.since);
	return { ...current, sockets: { ...current.sockets, [id]: socket }, admissions: { minute, count: admittedIn(record, minute) + 1 } };
};

export const watchersOf = (record: AccessRecord): [ConnectionId, Socket][] => socketsOf(record).filter(([, { session }]) => session === undefined);

/** Whether there is no room for another of this kind. */
export const isFull = (record: AccessRecord, { session }: Pick<Socket, 'session'>): boolean => {
	const watchers = watchersOf(record).length;
	return session === undefined ? watchers >= maxWatchers : Object.keys(record.sockets).length - watchers >= maxSockets;
};

/** These connections are gone. */
export const leave = (record: AccessRecord, ids: readonly ConnectionId[], now: Time): AccessRecord => {
	const gone = new Set<string>(ids);
	if (!Object.keys(record.sockets).some((id) => gone.has(id))) return record;
	return upToDate({ ...record, sockets: Object.fromEntries(socketsOf(record).filter(([id]) => !gone.has(id))) }, now);
};

/** What could not be closed is due again; what was, is due no more. Only who has tried may put it off: connections that come and go may not. */
export const rescheduled = (record: AccessRecord, now: Time): AccessRecord => {
	const { dueAt, ...rest } = record;
	return dueAt === undefined ? record : upToDate(rest, now);
};

/** Of more sign-ins than an item should hold, the oldest are remembered by their time alone; who signed in before that is signed out with them. */
const inShort = (record: AccessRecord): AccessRecord => {
	const ended = Object.keys(record.signedOut).sort((a, b) => Number(b) - Number(a));
	const [last] = ended.slice(maxSignedOut);
	if (last === undefined) return record;
	const signedOut = Object.fromEntries(Object.entries(record.signedOut).filter(([signIn]) => Number(signIn) > Number(last)));
	return { ...record, signedOut, signedOutUpTo: Math.max(record.signedOutUpTo ?? 0, Number(last)) };
};

/** Ends one sign-in, and with it its connections. `until`: as long as one of its access tokens could be good. */
export const signOut = (record: AccessRecord, signIn: number, until: Time, now: Time): AccessRecord =>
	inShort(upToDate({ ...record, signedOut: { ...record.signedOut, [signIn]: until } }, now));

/** Ends every sign-in there is. It is asked for on the operator's machine, whose clock may be wrong: what is open ends all the same, and what has ended stays so. */
export const signOutEverywhere = (record: AccessRecord, now: Time): AccessRecord => {
	const known = socketsOf(record).map(([, { signIn }]) => signIn);
	return upToDate({ ...record, signedOutUpTo: Math.max(Math.floor(Date.parse(now) / 1000), record.signedOutUpTo ?? 0, ...known) }, now);
};

export const disable = (record: AccessRecord, by: string, now: Time): AccessRecord =>
	record.disabled ? record : upToDate({ ...record, disabled: { at: now, by } }, now);

/** Sign-ins that have ended stay so. */
export const enable = (record: AccessRecord, now: Time): AccessRecord => {
	if (!record.disabled) return record;
	const { disabled: _, ...rest } = record;
	return upToDate(rest, now);
};

/** A session is back: who comes with a new ticket is let in. Older tickets are of a task that has ended. */
export const reopenSession = (record: AccessRecord, session: SessionId, now: Time): AccessRecord => {
	if (!Object.hasOwn(record.ended, session)) return record;
	const { [session]: _, ...ended } = record.ended;
	return upToDate({ ...record, ended }, now);
};

/** A session is gone, and with it its connections. */
export const endSession = (record: AccessRecord, session: SessionId, now: Time): AccessRecord =>
	upToDate({ ...record, ended: { ...record.ended, [session]: later(now, endedMs) } }, now);
