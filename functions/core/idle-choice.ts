/** What a user chose, and how long things count: all of the policy that it takes to show a record. */
import type { DoingKind } from '@shellpod/protocol/activity.ts';
import type { Doing, IdleChoice } from './idle.ts';
import type { SessionRecord } from './record.ts';

const minute = 60_000;
const hour = 60 * minute;

/** ms */
export const idleTimes = {
	/** what opening a terminal on purpose gives at least (N3) */
	open: 10 * minute,
	/** what a wait for permission gives, from its beginning (N4) */
	permission: 2 * hour,
	/** a turn that goes on for longer counts no more (N4) */
	turn: 12 * hour,
	/** between two last questions that nobody answers (N6) */
	askAgain: 5 * minute,
	/** past its deadline a silent session is not stopped for so long: silence is no proof of idleness (N7) */
	silent: 3 * hour,
} as const;

const defaultChoice: IdleChoice = { limitMs: hour, overrules: {} };

export const choiceOf = ({ idleChoice }: Pick<SessionRecord, 'idleChoice'>): IdleChoice => idleChoice ?? defaultChoice;

/** Servers listen for whoever comes, which says nothing of their user (N4). */
const countsByItself: Readonly<Record<DoingKind, boolean>> = { turn: true, permission: true, job: true, server: false, hold: true };

export const counts = ({ kind, name }: Pick<Doing, 'kind' | 'name'>, { overrules }: IdleChoice): boolean =>
	kind === 'hold' ? true : ((Object.hasOwn(overrules, name) ? overrules[name] : undefined) ?? countsByItself[kind]);
