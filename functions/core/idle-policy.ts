/**
 * When a session is stopped because nobody uses it. Pure: what comes in are the record's own state, the control plane's clock, and what an agent
 * claims. A deadline only ever moves away, but by its user's own choice. Numbers in comments are rules of SPEC.md.
 */
import type { Activity, SignalKind } from '@shellpod/protocol/activity.ts';
import { activity as wire } from '@shellpod/protocol/activity-limits.ts';
import type { Doing, IdleChoice, IdleState, Signal } from './idle.ts';
import { choiceOf, counts, idleTimes } from './idle-choice.ts';
import type { IdleLimits } from './idle-limits.ts';
import { plain } from './plain.ts';
import type { SessionRecord, Time } from './record.ts';

const ms = (time: Time): number => Date.parse(time);
const iso = (time: number): Time => new Date(time).toISOString();

/** When nothing but its user's absence ends it. */
const ceiling = (state: IdleState, { unattendedMs }: IdleLimits): number => ms(state.seenAt) + unattendedMs;

/** The deadline that this sign gives, unless there is a later one already; the operator's maximum holds for both (N2). */
const extended = (state: IdleState, to: number | undefined, limits: IdleLimits): IdleState => {
	const later = to === undefined ? Number.POSITIVE_INFINITY : Math.max(to, ms(state.deadline));
	const most = ceiling(state, limits);
	const { maximum: _, ...rest } = state;
	return { ...rest, deadline: iso(Math.min(later, most)), ...(later >= most && { maximum: true }) };
};

const bump = (choice: IdleChoice, from: number, atLeast = 0): number | undefined =>
	choice.limitMs === null ? undefined : from + Math.max(choice.limitMs, atLeast);

const withLast = (state: IdleState, last: Signal): IdleState => (last.at >= state.last.at ? { ...state, last } : state);

const unasked = ({ asking: _, ...state }: IdleState): IdleState => state;

/** A task begins that its user asked for: nothing of an older one counts. */
export const begun = (now: Date, choice: IdleChoice, limits: IdleLimits): IdleState => {
	const at = now.toISOString();
	return extended({ deadline: at, last: { kind: 'start', name: '', at }, doing: [], seenAt: at }, bump(choice, now.getTime()), limits);
};

/** How a session that runs is idle; it begins with its agent. */
export const idleOf = (record: SessionRecord, now: Date, limits: IdleLimits): IdleState => record.idle ?? begun(now, choiceOf(record), limits);

/** Its user did something that the control plane saw: opened a terminal on purpose, or asked to keep it for so long (N3). */
export const seen = (
	state: IdleState,
	act: { kind: 'open' } | { kind: 'keep'; ms: number },
	now: Date,
	choice: IdleChoice,
	limits: IdleLimits,
): IdleState => {
	const at = now.toISOString();
	const opened = bump(choice, now.getTime(), idleTimes.open);
	const to = act.kind === 'open' || opened === undefined ? opened : now.getTime() + act.ms;
	return extended({ ...unasked(state), seenAt: at, last: { kind: act.kind, name: '', at } }, to, limits);
};

/** Its user chose another limit: the only thing that can bring a deadline nearer (N2). */
export const chosen = (state: IdleState, now: Date, choice: IdleChoice, limits: IdleLimits): IdleState => {
	const at = now.toISOString();
	return extended({ ...unasked(state), deadline: at, seenAt: at, last: { kind: 'choice', name: '', at } }, bump(choice, now.getTime()), limits);
};

/** What an agent claims, put on the control plane's clock; nothing lies before its task or in the future. */
const doingOf = (said: Activity['doing'][number], now: number, since: number): Doing => {
	const until = said.kind === 'hold' ? { until: iso(now + Math.min(said.leftMs ?? 0, wire.maxHoldMs)) } : {};
	return { kind: said.kind, name: plain(said.name), since: iso(Math.max(now - said.sinceMs, since)), ...until };
};

/** To when a thing that goes on moves the deadline; undefined: it doesn't (N4). */
const reach = (doing: Doing, now: number, choice: IdleChoice): { to: number | undefined } | undefined => {
	if (!counts(doing, choice)) return undefined;
	if (doing.kind === 'turn' && now - ms(doing.since) >= idleTimes.turn) return undefined;
	if (doing.kind === 'hold' && (doing.until === undefined || ms(doing.until) <= now)) return undefined;
	if (doing.kind === 'permission') return { to: ms(doing.since) + idleTimes.permission };
	return { to: bump(choice, now) };
};

/** Whether anything goes on that keeps it: what a session is not to be moved in the middle of (rule 12). */
export const atWork = ({ doing }: IdleState, record: Pick<SessionRecord, 'idleChoice'>, now: Date): boolean =>
	doing.some((one) => {
		const reached = reach(one, now.getTime(), choiceOf(record));
		return reached !== undefined && (reached.to ?? Number.POSITIVE_INFINITY) > now.getTime();
	});

/** Which of several that go on at once is said to hold it. */
const order: readonly SignalKind[] = ['hold', 'turn', 'job', 'server', 'permission'];

/**
 * An agent of the session's task said what goes on (N1, N4). `since`: when its task was asked for. An answer to the last question that finds
 * nothing lets the next look stop it (N6).
 */
export const heard = (state: IdleState, said: Activity, since: Time, now: Date, choice: IdleChoice, limits: IdleLimits): IdleState => {
	const t = now.getTime();
	const doing = said.doing.map((one) => doingOf(one, t, ms(since)));
	let next: IdleState = { ...state, doing };
	const sign = (kind: SignalKind, name: string, at: number, to: number | undefined): void => {
		next = extended(withLast(next, { kind, name, at: iso(at) }), to, limits);
	};
	const past = (ago: number): number => Math.max(t - ago, ms(since));
	if (said.done && counts({ kind: said.done.kind, name: plain(said.done.name) }, choice)) {
		const at = past(said.done.agoMs);
		sign(said.done.kind, plain(said.done.name), at, bump(choice, at));
	}
	// A key that was typed before the task began was not typed into it.
	if (said.inputMs !== null && t - said.inputMs >= ms(since)) sign('input', '', t - said.inputMs, bump(choice, t - said.inputMs));
	for (const one of doing.toSorted((a, b) => order.indexOf(b.kind) - order.indexOf(a.kind))) {
		const reached = reach(one, t, choice);
		if (reached) sign(one.kind, one.name, t, reached.to);
	}
	const answered = state.asking !== undefined && said.answer === state.asking.nonce;
	if (ms(next.deadline) > t) return unasked(next);
	return answered && next.asking ? { ...next, asking: { ...next.asking, answered: true } } : next;
};

export type Verdict =
	/** look again then; undefined: nothing will be due */
	| { kind: 'run'; until: Time }
	/** put the last question, then look again */
	| { kind: 'ask'; until: Time }
	| { kind: 'stop'; why: 'idle' | 'silent' | 'maximum' };

/** What is to be done about a running session now (N5, N6, N7). `silent`: nothing is heard of its agent. */
export const judged = (state: IdleState, now: Date, { silent }: { silent: boolean }, limits: IdleLimits): Verdict => {
	const t = now.getTime();
	if (t >= ceiling(state, limits)) return { kind: 'stop', why: 'maximum' };
	const deadline = ms(state.deadline);
	if (t < deadline) return { kind: 'run', until: state.deadline };
	if (state.asking?.answered) return { kind: 'stop', why: 'idle' };
	const givenUp = deadline + idleTimes.silent;
	// One that was away for hours and is back is asked first, whatever it was asked before.
	const unanswered = state.asking !== undefined && t - ms(state.asking.at) < 2 * idleTimes.askAgain;
	if (t >= givenUp && (silent || unanswered)) return { kind: 'stop', why: 'silent' };
	// Connected or not, who says nothing is unknown, not idle.
	if (silent) return { kind: 'run', until: iso(givenUp) };
	const again = state.asking ? ms(state.asking.at) + idleTimes.askAgain : t;
	return t < again ? { kind: 'run', until: iso(again) } : { kind: 'ask', until: iso(t + idleTimes.askAgain) };
};
