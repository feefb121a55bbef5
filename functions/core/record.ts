/** The session's record: what the control plane knows and wants. `lifecycle.ts` and `reconcile.ts` say how it moves. */

import type { CauseCode, StartStep } from '@shellpod/protocol/http.ts';
import type { ConnectionId, SenderId, SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { IdleChoice, IdleState } from './idle.ts';
import type { Spending } from './spending.ts';
import type { Trail } from './trail.ts';

/** ISO 8601 in UTC, as `Date.toISOString` writes it, so that text order is time order. */
export type Time = string;

/** Who wanted it. */
export type Actor = 'user' | 'operator' | 'platform';

/** `trashed`: its user deleted it and can have it back for a while. `deleted`: everything of it goes, and nothing brings it back. */
export type Desired = 'running' | 'stopped' | 'trashed' | 'deleted';
export type Phase = 'stopped' | 'starting' | 'running' | 'stopping' | 'failed';

/** What a Home needs in AWS, made ahead of time; taken by one session, and deleted with it. */
export interface Slot {
	uid: number;
	accessPointId: string;
	/** name of the IAM role, without its path */
	roleName: string;
	roleArn: string;
	/** task definition family: one per Home, so that a family's tasks are a Home's tasks */
	family: string;
	/** ARN of the revision to run, and of the base definition that it was made from */
	definition: string;
	base: string;
}

export interface Network {
	subnets: readonly string[];
	securityGroup: string;
}

/** One decision to run a task, frozen: a lost answer is asked again with exactly this. */
export interface TaskIntent {
	generation: number;
	attempt: number;
	/** H(session, generation, attempt); ECS makes at most one task of it */
	clientToken: string;
	/** what it runs instead of a session: it empties the Home, and ends */
	work?: 'empty';
	/** task definition revision */
	definition: string;
	requestedAt: Time;
	/** where its network interface stands */
	network: Network;
	/** when RunTask was asked the last time, written before asking: one asker at a time */
	askedAt?: Time;
	/** ECS's answer was that there is and will be no task of this attempt */
	refused?: { cause: Cause; at: Time };
	/** known once ECS has answered, or the task was found */
	arn?: string;
}

/** Why a task did not come up, or ended: for people, and whether another try makes sense. */
export interface Cause {
	kind: CauseCode;
	text: string;
	/** what its user can do about it */
	advice: string;
	retry: boolean;
}

/** What one start has used up; `since` begins anew when its first task is asked for. */
export interface StartProgress {
	since: Time;
	/** tasks that were asked for and did not come up */
	tries: number;
	/** since when it is at its step, and when that is given up */
	stepAt: Time;
	until?: Time;
	/** when the steps of the present try began, the first ones by ECS's clock: for people, nothing is decided by it */
	begins?: Partial<Record<StartStep, Time>>;
	/** back-off: nothing is asked for before */
	notBefore?: Time;
	/** why the try before this one failed */
	cause?: Cause;
}

/** What is left to do of a deletion for good: one after the other, each done again when nobody knows whether it was. */
export type PurgeStep = 'empty' | 'access-point' | 'role' | 'definitions' | 'items' | 'slot' | 'record';

export interface Purge {
	/** `empty` is a task's work, and so `reconcile.ts`'s; the others are `purge.ts`'s */
	step: PurgeStep;
	since: Time;
	/** how often this step failed */
	tries: number;
	/** back-off: it isn't tried before */
	notBefore?: Time;
}

/** What is planned to be done to a session that runs (rule 12). */
export interface Upkeep {
	why: 'image' | 'retirement';
	/** when it is done, if it isn't in use then; and when it is done in any case */
	at: Time;
	last: Time;
	/** who said so last, and why: for its history */
	told: { by: Actor; why: string; at: Time; device?: string };
}

export interface AgentLease {
	generation: number;
	connectionId: ConnectionId;
	/** the name that viewers see */
	sender: SenderId;
	/** protocol versions that it speaks */
	versions: readonly number[];
	leaseUntil: Time;
	/** when somebody typed something in it the last time, as far as its agent told */
	usedAt?: Time;
	/** its connection has ended, and with it the lease; it may be back at once on another */
	left?: true;
}

export interface SessionRecord {
	user: UserId;
	id: SessionId;
	name: string;
	createdAt: Time;
	slot: Slot;
	/** `device`: what its user asked it with, in words of ours */
	desired: { state: Desired; by: Actor; why: string; at: Time; device?: string };
	/** +1 on every decision to start a new task; fences everything older */
	generation: number;
	phase: Phase;
	/** since when it is in this phase, and why, for people */
	phaseAt: Time;
	reason?: string;
	/** of what the reason tells, where something went wrong; and what its user can do, where anything is theirs to do */
	code?: CauseCode;
	advice?: string;
	/** What its task said of its own failure, as far as it belongs to the reason. Plain text, but a tenant's: shown, never logged. */
	said?: string;
	step?: StartStep;
	/** present while it is starting */
	start?: StartProgress;
	/** ms that its last start took, from the first ask for a task to the agent's hello */
	lastTookMs?: number;
	task?: TaskIntent;
	/** by task ARN: when it was last told to stop; not again once ECS is seen to have taken it */
	stops?: Readonly<Record<string, Time>>;
	/** when tasks ended that nobody had told to, in the last half hour, the newest last */
	crashes?: readonly Time[];
	agent?: AgentLease;
	/** an update, or a move, that is planned */
	upkeep?: Upkeep;
	/** its user's time zone, by its IANA name, once it was told */
	zone?: string;
	/** what it has used of what AWS charges for */
	spending?: Spending;
	/** what happened to it and is not written down yet; kept by whoever writes the record */
	trail?: Trail;
	/** present once it is deleted for good and its last task has ended */
	purge?: Purge;
	/** how long it runs while nobody uses it, as its user chose; absent: the default */
	idleChoice?: IdleChoice;
	/** since its task runs: when it would be stopped, and why; it stays as it was when the task has ended, until its user starts it */
	idle?: IdleState;
	/** what went on in its last task when that was to end, or ended, by name; a tenant's words: shown, never logged; absent once it runs again */
	ended?: readonly string[];
	/** what a program in its task told its user last; a tenant's words: shown, never logged */
	notice?: { text: string; at: Time };
	/** when the sweep must look at it; absent when there is nothing to do */
	dueAt?: Time;
	/** compare-and-swap counter */
	rev: number;
}
