/** How far a start is: its steps with their beginnings and limits. Rule 8 of SPEC.md. */
import type { StartStep } from '@shellpod/protocol/http.ts';
import type { ObservedTask } from '../ports.ts';
import { limits } from './limits.ts';
import type { Cause, SessionRecord, StartProgress, Time } from './record.ts';
import { stepOf } from './task-view.ts';

/** the steps of a start */
export const steps = ['reserve', 'image', 'home', 'terminals', 'connect'] as const satisfies readonly StartStep[];

/** The time so many ms later. */
export const after = (time: Time, ms: number): Time => new Date(Date.parse(time) + ms).toISOString();

/** ms that a step may take. `agentMs`: what the operator lets an agent take, to begin and to connect. */
const limitOf = (step: StartStep, agentMs: number): number => (step === 'terminals' || step === 'connect' ? agentMs : limits.steps[step]);

export const progressOf = (record: SessionRecord, now: Time): StartProgress => record.start ?? { since: now, tries: 0, stepAt: now };

/** Its first step: a task is asked for now. */
export const asked = ({ since, tries, cause }: StartProgress, now: Time): StartProgress => ({
	since,
	tries,
	...(cause && { cause }),
	stepAt: now,
	until: after(now, limits.steps.reserve),
	begins: { reserve: now },
});

/** A try has failed; nothing is asked for before `notBefore`. */
export const paused = ({ since, tries }: StartProgress, cause: Cause, notBefore: Time, now: Time): StartProgress => ({
	since,
	tries: tries + 1,
	stepAt: now,
	notBefore,
	cause,
});

/** The step begins again: the time in which nobody looked doesn't count. */
export const unattended = (record: SessionRecord, now: Time, agentMs: number): SessionRecord => ({
	...record,
	start: { ...progressOf(record, now), since: now, stepAt: now, until: after(now, limitOf(record.step ?? 'reserve', agentMs)) },
});

const enter = (record: SessionRecord, step: StartStep, begins: StartProgress['begins'], now: Time, agentMs: number): SessionRecord => ({
	...record,
	step,
	start: { ...progressOf(record, now), stepAt: now, until: after(now, limitOf(step, agentMs)), ...(begins && { begins }) },
});

const isLater = (step: StartStep, than: StartStep | undefined): boolean => steps.indexOf(step) > steps.indexOf(than ?? 'reserve');

/** The record at the step that its task is at: never at an earlier one, and with the beginnings that ECS tells, as far as they can be true. */
export const seenAt = (record: SessionRecord, task: ObservedTask, now: Time, agentMs: number): SessionRecord => {
	const step = stepOf(task);
	if (!isLater(step, record.step)) return record;
	const told: { [Step in StartStep]?: Time | undefined } = { image: task.pullStartedAt, home: task.pullStoppedAt, terminals: task.startedAt };
	const begins = { ...record.start?.begins };
	let last = begins.reserve ?? record.start?.since ?? now;
	for (const one of steps.slice(1, steps.indexOf(step) + 1)) {
		const at = begins[one] ?? told[one] ?? now;
		last = at < last ? last : at > now ? now : at;
		begins[one] = last;
	}
	return enter(record, step, begins, now, agentMs);
};

/** The agent of its task asks for its ticket: it is on its last step. The same record when that is known, or it isn't starting. */
export const connecting = (record: SessionRecord, now: Time, agentMs: number): SessionRecord =>
	record.phase !== 'starting' || !isLater('connect', record.step)
		? record
		: enter(record, 'connect', { ...record.start?.begins, connect: now }, now, agentMs);

/** Whether the step has taken too long. */
export const isOver = (record: SessionRecord, now: Time, agentMs: number): boolean => {
	const { stepAt, until } = progressOf(record, now);
	return now >= (until ?? after(stepAt, limitOf(record.step ?? 'reserve', agentMs)));
};
