/**
 * What a session has used of what AWS charges for: seconds of its tasks, and units of relayed messages. Pure; C-numbers are rules of SPEC.md.
 * Seconds follow from ECS's own times of each task, which are there whenever somebody looks at it: nothing is written only to count them.
 */
import type { Relayed } from '@shellpod/protocol/hello.ts';
import type { Epoch } from '@shellpod/protocol/ids.ts';
import { flood } from '@shellpod/protocol/limits.ts';
import { taskLeastMs } from '@shellpod/protocol/prices.ts';
import type { ObservedTask } from '../ports.ts';
import { limits } from './limits.ts';
import type { SessionRecord, Time } from './record.ts';
import { hasEnded } from './task-view.ts';

export interface Amount {
	/** of tasks, each charged for a minute at least */
	seconds: number;
	/** of 32 KB of messages on WebSockets, in and out of the gateway (C4) */
	units: number;
}

/** By days of UTC, as AWS's bill has them: of this day, and of its month. */
export interface Settled {
	/** `2026-11-22` */
	day: string;
	today: Amount;
	month: Amount;
}

/** A task that is charged for. */
export interface TaskUse {
	from: Time;
	/** when it ended; absent while it runs */
	to?: Time;
	/** ECS has said so for good, or will say no more */
	final?: true;
}

export interface Spending {
	settled: Settled;
	/** by ARN: what runs, and what ended a moment ago */
	tasks: Readonly<Record<string, TaskUse>>;
	/** Tasks whose images were pulled by then are in `settled`, but for those in `tasks`. */
	settledUntil?: Time;
	/** what its agent said last of what it has sent and received, since it began */
	heard?: { run: Epoch; units: number; at: Time };
	/** when its user's budget is looked at again, and what its user was told of it last, of which sum */
	budget?: { lookAt: Time; told?: { month: string; usd?: number; state: 'near' | 'over'; by: 'platform'; why: string; at: Time } };
}

/** Each message is charged for on its way in and on its way out, and whoever sends more of them is cut off. */
const mostUnitsPerMs = (2 * flood.ofUser.messages) / flood.windowMs;

/** ms that an ended task stays by itself: one of the same Home that began before it may still come to light */
const settleAfter = 5 * 60_000;
/** ms between two looks at a session that is at rest, while the end of a task isn't known for good */
const lookAgain = 60_000;

const at = (time: Time): number => Date.parse(time);
const none: Amount = { seconds: 0, units: 0 };
export const plus = (a: Amount, b: Amount): Amount => ({ seconds: a.seconds + b.seconds, units: a.units + b.units });

const dayOf = (time: Time): string => time.slice(0, 10);
const monthOf = (day: string): string => day.slice(0, 7);
export const dayBegins = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);
export const monthBegins = (day: string): number => dayBegins(`${monthOf(day)}-01`);

/** As of a day: what was used on others is of the month only, or of an earlier one. A day never goes back. */
export const settledOn = (settled: Settled | undefined, day: string): Settled => {
	if (!settled || monthOf(settled.day) < monthOf(day)) return { day, today: none, month: none };
	return settled.day < day ? { day, today: none, month: settled.month } : settled;
};

/** Seconds of a task within [begin, end) (C1): whole ones, and at least a minute, from its beginning. */
const secondsWithin = ({ from, to }: TaskUse, begin: number, end: number, now: number): number => {
	const start = at(from);
	const charged = Math.max(taskLeastMs, Math.ceil(((to === undefined ? now : at(to)) - start) / 1_000) * 1_000);
	return Math.max(0, Math.min(start + charged, end) - Math.max(start, begin)) / 1_000;
};

const withTask = (settled: Settled, use: TaskUse, now: number): Settled => {
	const seconds = (begin: number): number => secondsWithin(use, begin, Number.POSITIVE_INFINITY, now);
	return {
		...settled,
		today: plus(settled.today, { seconds: seconds(dayBegins(settled.day)), units: 0 }),
		month: plus(settled.month, { seconds: seconds(monthBegins(settled.day)), units: 0 }),
	};
};

/** What it has used up to now, of this day and month of UTC. */
export const spentOf = ({ spending }: Pick<SessionRecord, 'spending'>, now: Date): Settled =>
	Object.values(spending?.tasks ?? {}).reduce(
		(sum, use) => withTask(sum, use, now.getTime()),
		settledOn(spending?.settled, dayOf(now.toISOString())),
	);

/** Tasks that are charged for now. */
export const runningOf = ({ spending }: Pick<SessionRecord, 'spending'>): number =>
	Object.values(spending?.tasks ?? {}).filter(({ to }) => to === undefined).length;

/** What an observed task says of its use; what was known of it is never taken back (S4). */
const useOf = (task: ObservedTask, known: TaskUse | undefined, now: Time): TaskUse | undefined => {
	if (known?.final || task.pullStartedAt === undefined) return known;
	const from = known?.from ?? task.pullStartedAt;
	if (task.stoppedAt !== undefined) return { from, to: task.stoppedAt, final: true };
	if (!hasEnded(task) || known?.to !== undefined) return known ?? { from };
	return { from, to: task.executionStoppedAt ?? now };
};

/** Nobody shows it any more: it ended when its agent was heard last (C3). */
const goneUse = (use: TaskUse, { agent }: SessionRecord, now: Time): TaskUse => {
	const guess = Math.max(at(agent?.leaseUntil ?? use.from), at(use.from));
	return { from: use.from, to: use.to ?? new Date(Math.min(guess, at(now))).toISOString(), final: true };
};

/** The oldest tasks go into the sum once nothing can come before them. */
const settle = (spending: Spending, now: Time): Spending => {
	const tasks = { ...spending.tasks };
	let { settled, settledUntil } = spending;
	for (const [arn, use] of Object.entries(spending.tasks).sort(([, a], [, b]) => at(a.from) - at(b.from))) {
		if (!use.final || use.to === undefined || at(now) - at(use.to) < settleAfter) break;
		settled = withTask(settledOn(settled, dayOf(now)), use, at(now));
		settledUntil = use.from;
		delete tasks[arn];
	}
	return { ...spending, settled, tasks, ...(settledUntil !== undefined && { settledUntil }) };
};

/** The record with what ECS shows of its Home's tasks (C1, C2); the same record when that is known. */
export const counted = (record: SessionRecord, tasks: readonly ObservedTask[], now: Date): SessionRecord => {
	const today = now.toISOString();
	const before = record.spending;
	const uses: Record<string, TaskUse> = { ...before?.tasks };
	for (const task of tasks) {
		const known = uses[task.arn];
		const isSettled = !known && before?.settledUntil !== undefined && (task.pullStartedAt ?? '') <= before.settledUntil;
		const use = isSettled ? undefined : useOf(task, known, today);
		if (use) uses[task.arn] = use;
	}
	for (const [arn, use] of Object.entries(uses)) {
		const isShown = tasks.some((task) => task.arn === arn);
		if (!use.final && !isShown && at(today) - at(use.from) >= limits.missing) uses[arn] = goneUse(use, record, today);
	}
	const changed = Object.entries(uses).some(([arn, use]) => use !== before?.tasks[arn]);
	if (!changed) return record;
	const settled = before?.settled ?? settledOn(undefined, dayOf(today));
	return { ...record, spending: settle({ ...before, settled, tasks: uses }, today) };
};

/** The record with what its agent says that it has relayed (C4): never more than could have been. */
export const withRelayed = (record: SessionRecord, said: Relayed | undefined, now: Date): SessionRecord => {
	if (!said) return record;
	const { run, units } = said;
	const today = now.toISOString();
	const { heard, settled, tasks = {}, ...rest } = record.spending ?? {};
	const before = heard?.run === run ? heard.units : 0;
	const since = Math.max(at(record.task?.requestedAt ?? today), heard ? at(heard.at) : 0);
	const most = Math.ceil(Math.max(0, at(today) - since) * mostUnitsPerMs);
	const amount: Amount = { seconds: 0, units: Math.min(Math.max(0, units - before), most) };
	const sum = settledOn(settled, dayOf(today));
	const next: Settled = { ...sum, today: plus(sum.today, amount), month: plus(sum.month, amount) };
	return { ...record, spending: { ...rest, tasks, settled: next, heard: { run, units, at: today } } };
};

/** A session at rest whose last task's end isn't known for good is looked at again (C2): with no events at all it would run for ever. */
export const watchedUntilCounted = (record: SessionRecord, now: Date): SessionRecord => {
	const rests = record.phase === 'stopped' || record.phase === 'failed';
	const open = Object.values(record.spending?.tasks ?? {}).some(({ final }) => !final);
	const soon = new Date(now.getTime() + lookAgain).toISOString();
	return rests && open && (record.dueAt === undefined || record.dueAt > soon) ? { ...record, dueAt: soon } : record;
};
