/** What the decisions need from outside. One adapter each in `adapters/`, one fake each in test/support; `relay-ports.ts` has the relay's. */
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { AccessRecord } from './core/access.ts';
import type { Cause, SessionRecord, Slot, TaskIntent, Time } from './core/record.ts';
import type { Report, ReportRecord } from './core/reports.ts';
import type { FreeSlot, SlotItem, TakenSlot } from './core/slot.ts';
import type { TrailEvent } from './core/trail.ts';
import type { UserRecord } from './core/user-record.ts';

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
	/** Writes the record with rev + 1 when the stored rev is the record's. Gives what was written, or undefined when somebody else wrote first. What the write does is noted in it (trail.ts), here and at `create`. */
	put(record: SessionRecord): Promise<SessionRecord | undefined>;
	/** Sessions of one shard that were due by then, the longest due first. From an index that lags: read the record before acting. */
	due(shard: number, until: Time): AsyncIterable<DueSession>;
	/** As `due`, of sessions that are deleted for good and whose Homes are empty; `due` has none of those. */
	purges(until: Time): AsyncIterable<DueSession>;
	/** Removes the record when the stored rev is its own; true when there is none afterwards. */
	remove(record: SessionRecord): Promise<boolean>;
}

/** What happened to sessions, for 90 days. */
export interface Events {
	/** Writes it to its place: again is the same. Of visits in an hour the first that came stays, and the last that went. */
	put(session: SessionId, event: TrailEvent): Promise<void>;
	/** The newest before this place, the newest first. */
	newest(session: SessionId, before: string | undefined, limit: number): Promise<TrailEvent[]>;
}

/** Users' own items: what must hold over all of a user's sessions at once. */
export interface Users {
	/** strong read; a user without an item has rev 0 and nothing in it */
	get(user: UserId): Promise<UserRecord>;
	/** Writes it with rev + 1 when the stored rev is the record's. false when somebody else wrote first. */
	put(record: UserRecord): Promise<boolean>;
}

/** Nobody may start anything. */
export interface StartsOff {
	at: Time;
	by: string;
	/** for users to read: one sentence */
	why: string;
}

/** The operator's switch that stops all starts. */
export interface StartSwitch {
	/** strong read; undefined: it is on */
	get(): Promise<StartsOff | undefined>;
	turnOff(off: StartsOff): Promise<void>;
	turnOn(): Promise<void>;
}

/** Who of a user may be connected, and who is. */
export interface AccessRecords {
	/** strong read; a user without an item has rev 0, nothing open and nothing ended */
	get(user: UserId): Promise<AccessRecord>;
	/** Writes it with rev + 1 when the stored rev is the record's. false when somebody else wrote first. */
	put(record: AccessRecord): Promise<boolean>;
	/** Users with connections that were to be closed by then, the longest due first. From an index that lags: read the record before acting. */
	due(until: Time): AsyncIterable<UserId>;
}

export interface Slots {
	/** strong read */
	get(uid: number): Promise<SlotItem | undefined>;
	/** uids of free slots, oldest first; from an index that lags */
	free(limit: number): Promise<number[]>;
	/** uids of slots that somebody began, oldest first; from an index that lags */
	making(limit: number): Promise<number[]>;
	/** A uid that nobody has had, from `first` upwards. */
	nextUid(first: number): Promise<number>;
	/** false when the uid has an item */
	begin(uid: number, at: Time): Promise<boolean>;
	/** making -> free. false when it is not in the making any more */
	finish(slot: Slot, at: Time): Promise<boolean>;
	/** free -> taken. false when somebody else was first */
	take(slot: FreeSlot, by: { user: UserId; session: SessionId }, at: Time): Promise<boolean>;
	/** uids of slots that were taken by then and are not settled, oldest first; from an index that lags */
	taken(until: Time, limit: number): Promise<number[]>;
	/** Its session is there. false when the slot is not taken any more */
	settle(slot: TakenSlot): Promise<boolean>;
	/** taken -> free: no session came of it. false when it is not taken any more */
	giveBack(slot: TakenSlot, at: Time): Promise<boolean>;
	/** Removes a taken slot. Its uid is not given again. */
	remove(uid: number): Promise<void>;
}

export interface ObservedContainer {
	lastStatus: string;
	exitCode?: number;
	reason?: string;
}

/** An ECS task as DescribeTasks shows it. */
export interface ObservedTask {
	arn: string;
	/** from `startedBy`; absent when it is none of this deployment's */
	of?: { session: SessionId; generation: number };
	lastStatus: string;
	desiredStatus: string;
	containers: readonly ObservedContainer[];
	stopCode?: string;
	stoppedReason?: string;
	createdAt?: Time;
	/** when its containers ran */
	startedAt?: Time;
	pullStartedAt?: Time;
	pullStoppedAt?: Time;
	/** when its containers had ended, and when it was STOPPED */
	executionStoppedAt?: Time;
	stoppedAt?: Time;
}

/** A task as a list of the whole cluster shows it. */
export interface ListedTask extends ObservedTask {
	family: string;
}

export interface Observed {
	/** every task of the Home's family that ECS still lists, running or stopped, and the one that was asked for by ARN */
	tasks: readonly ObservedTask[];
	/** ARNs that DescribeTasks does not know: no proof in the first minutes, nor within the hour */
	missing: readonly string[];
	/** what the session's task said last of its own failure, where it was asked for */
	report?: Report;
}

/** What tasks say of their own failures, the last one of each session, for a day. */
export interface Reports {
	/** strong read; a session without a report has rev 0 and nothing in it */
	get(session: SessionId): Promise<ReportRecord>;
	/** Writes it with rev + 1 when the stored rev is the record's. false when somebody else wrote first. */
	put(record: ReportRecord): Promise<boolean>;
}

export type RunAnswer =
	| { kind: 'made'; arn: string }
	/** there is no task of this client token and there will be none */
	| { kind: 'refused'; cause: Cause }
	/** nobody knows, or not now: look, then ask again with the same token */
	| { kind: 'unknown'; text: string };

/** ECS tasks of this deployment. */
export interface Tasks {
	/** Asks for the task of an intent, with exactly its parameters. Never throws. */
	run(session: SessionId, intent: TaskIntent): Promise<RunAnswer>;
	/** Tells a task to stop. A task that is gone already is fine. */
	stop(arn: string, why: string): Promise<void>;
	/** Looks at a family's tasks, and at one by its ARN. */
	look(family: string, arn: string | undefined): Promise<Observed>;
	/** Every task of the cluster that is to run, whoever started it; from a list that lags. */
	list(): Promise<ListedTask[]>;
}

/** Task definitions of Homes, made from the deployment's base definition. */
export interface Definitions {
	/** ARN of the base definition that a task which starts now is made of */
	readonly base: string;
	/** Registers the Home's own definition from the base. Gives its ARN. */
	register(home: Pick<Slot, 'family' | 'roleArn' | 'accessPointId'>): Promise<string>;
	/** true when the definition mounts this Home's access point under this Home's role and nothing else */
	fits(definition: string, home: Pick<Slot, 'family' | 'roleArn' | 'accessPointId'>): Promise<boolean>;
}

/** What makes Homes; each call may be repeated with the same arguments. */
export interface Homes {
	/** Makes the access point with its own uid and gid, or finds the one of an earlier call. Gives its id. */
	makeAccessPoint(uid: number): Promise<string>;
}

export interface HomeRoles {
	/** Makes the role that can mount this access point and call the agent's route. Gives its ARN. */
	makeRole(name: string, accessPointId: string): Promise<string>;
	/** How many more roles this account may have, and for how many that quota is. */
	room(): Promise<{ left: number; quota: number }>;
}

/** What unmakes Homes; each call may be repeated, and finds nothing to do then. */
export interface Unmake {
	accessPoint(id: string): Promise<void>;
	/** with its policy */
	role(name: string): Promise<void>;
	/** every revision of a Home's family */
	definitions(family: string): Promise<void>;
}

/** What the table has of a session beside its record and its slot. */
export interface Remains {
	remove(session: SessionId): Promise<void>;
}

/** One run at a time of what a schedule may start twice. */
export interface Leases {
	/** true when nobody else holds it at `now`; then it is held until `until`. Its holder renews it so. */
	take(name: string, holder: string, now: Time, until: Time): Promise<boolean>;
	/** Gives it back, if it is still the holder's. */
	release(name: string, holder: string): Promise<void>;
}

/** One JSON line per event. Never give it tokens, tickets or terminal bytes. */
export interface Log {
	info(event: string, fields?: Readonly<Record<string, unknown>>): void;
	warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
	/** unknown errors are logged whole */
	error(event: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

export interface TokenSet {
	accessToken: string;
	idToken: string;
	/** absent when the one that was sent stays good */
	refreshToken?: string;
	/** seconds that the access token lives */
	expiresIn: number;
}

/** The identity provider's token endpoint. `undefined`: it refused. Throws ShellPodError `unavailable` when it can't be asked. */
export interface Identity {
	exchange(code: string, verifier: string, redirectUri: string): Promise<TokenSet | undefined>;
	refresh(refreshToken: string): Promise<TokenSet | undefined>;
	/** Throws ShellPodError `unavailable` for a refusal, too: the token may be good. */
	revoke(refreshToken: string): Promise<void>;
}

export interface IdTokens {
	/** Checks signature, issuer, audience and time. Gives the nonce that it was asked with; undefined when the token is not good. */
	verify(idToken: string): Promise<{ nonce: string | undefined } | undefined>;
}
