/**
 * How requests move a session's record. Pure: the caller writes the result with a compare-and-swap on `rev`, and calls `drive`.
 * A transition that changes nothing gives the same object back. What tasks do about it, `reconcile.ts` decides alone.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { CauseCode } from '@shellpod/protocol/http.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import { namesOf } from '@shellpod/protocol/sentences.ts';
import type { IdleState } from './idle.ts';
import { limits } from './limits.ts';
import type { Actor, Desired, Phase, SessionRecord, Slot, Time } from './record.ts';

type Optional = { [K in keyof SessionRecord]-?: undefined extends SessionRecord[K] ? K : never }[keyof SessionRecord];

/** The record without these fields: an absent field is absent, never `undefined`. */
export const without = (record: SessionRecord, ...names: readonly Optional[]): SessionRecord => {
	const rest = { ...record };
	for (const name of names) delete rest[name];
	return rest;
};

/** What says why it is as it is. */
export const explanation = ['reason', 'code', 'advice', 'said'] as const;

/** The record in this phase; `phaseAt` moves only when the phase does. */
export const inPhase = (record: SessionRecord, phase: Phase, now: Time): SessionRecord =>
	record.phase === phase ? record : { ...record, phase, phaseAt: now };

const wanting = (record: SessionRecord, state: Desired, by: Actor, why: string, at: Time): SessionRecord => ({
	...record,
	desired: { state, by, why, at },
	dueAt: at,
});

/** Looked at no later than `at`; undefined: as before. */
export const dueBy = (record: SessionRecord, at: Time | undefined): SessionRecord =>
	at === undefined || (record.dueAt !== undefined && record.dueAt <= at) ? record : { ...record, dueAt: at };

/** What goes on in one that runs is about to end, or has: it is kept by name (N9). */
export const withEnded = (record: SessionRecord): SessionRecord =>
	record.phase === 'running' && record.idle ? { ...record, ended: namesOf(record.idle.doing) } : record;

/** What goes on ends with its task; how long nobody was seen does not. */
const carried = ({ asking: _, ...idle }: IdleState): IdleState => ({ ...idle, doing: [] });

/** A decision to run a new task: everything older is fenced from here on. That it comes back by itself is no sign of its user (rule N2). */
export const nextGeneration = (record: SessionRecord, now: Time, why?: { reason: string; code: CauseCode }): SessionRecord => ({
	// It starts on the newest image, on a machine of its own.
	...without(inPhase(withEnded(record), 'starting', now), ...explanation, 'start', 'upkeep', 'notice'),
	...(record.idle && { idle: carried(record.idle) }),
	...why,
	generation: record.generation + 1,
	step: 'reserve',
	start: { since: now, tries: 0, stepAt: now },
	dueAt: now,
});

export const create = (from: { user: UserId; id: SessionId; name: string; slot: Slot }, now: Time, device?: string): SessionRecord =>
	nextGeneration(
		{
			...from,
			createdAt: now,
			desired: { state: 'running', by: 'user', why: 'You created it', at: now, ...(device !== undefined && { device }) },
			generation: 0,
			phase: 'stopped',
			phaseAt: now,
			rev: 0,
		},
		now,
	);

const there = (record: SessionRecord): void => {
	if (record.desired.state === 'deleted') throw new ShellPodError('not_found', 'There is no such session.');
};

/** for people */
export const inTrash = 'This session is in the trash. Restore it first.';

const alive = (record: SessionRecord): void => {
	there(record);
	if (record.desired.state === 'trashed') throw new ShellPodError('not_found', inTrash);
};

/** What its user starts has not crashed yet, and its time begins anew. */
const begun = (record: SessionRecord, why: string, now: Time): SessionRecord =>
	nextGeneration(without(wanting(withEnded(record), 'running', 'user', why, now), 'crashes', 'idle'), now);

export const start = (record: SessionRecord, now: Time): SessionRecord => {
	alive(record);
	return record.desired.state === 'running' ? record : begun(without(record, 'ended'), 'You started it', now);
};

/** Who asks, in words for the session's user. */
interface Asker {
	by: Actor;
	why: string;
}

export const stop = (record: SessionRecord, now: Time, { by, why }: Asker = { by: 'user', why: 'You stopped it' }): SessionRecord => {
	alive(record);
	if (record.desired.state === 'stopped' && record.phase !== 'failed') return record;
	const wanted = without(wanting(withEnded(record), 'stopped', by, why, now), ...explanation, 'step', 'start');
	// Users know what they did themselves.
	return inPhase(by === 'user' ? wanted : { ...wanted, reason: why }, 'stopping', now);
};

/** The same, with what its user asked for it with. */
export const askedWith =
	(device: string | undefined, transition: (record: SessionRecord) => SessionRecord) =>
	(record: SessionRecord): SessionRecord => {
		const next = transition(record);
		return device === undefined || next.desired === record.desired ? next : { ...next, desired: { ...next.desired, device } };
	};

const restedWhy = {
	idle: 'Nobody used it',
	silent: 'Its agent had not been heard for hours',
	maximum: 'Its user had not been seen for as long as the operator allows',
} as const;

/** Stopped because nobody uses it. */
export const rest = (record: SessionRecord, idle: IdleState, why: keyof typeof restedWhy, now: Time): SessionRecord =>
	stop({ ...record, idle: { ...idle, stopped: { why, at: now } } }, now, { by: 'platform', why: restedWhy[why] });

/** The older generation is stopped first, then the new one runs. A restart that is already on its way is not begun again. */
export const restart = (record: SessionRecord, now: Time, why = 'You restarted it'): SessionRecord => {
	alive(record);
	if (record.desired.state === 'running' && record.task?.generation !== record.generation) return record;
	return begun(record, why, now);
};

/** What is planned for it is done at once; nothing happens where nothing is planned. */
export const updateNow = (record: SessionRecord, now: Time): SessionRecord => {
	alive(record);
	return record.upkeep && record.phase === 'running' ? restart(record, now, 'You let it move at once') : record;
};

/** What its user chose for what is planned. Nothing happens where nothing is. */
export const chooseUpdate = (record: SessionRecord, change: (record: SessionRecord) => SessionRecord): SessionRecord => {
	alive(record);
	const next = change(record);
	return next === record ? record : dueBy(next, next.upkeep?.at);
};

export const rename = (record: SessionRecord, name: string): SessionRecord => {
	alive(record);
	return record.name === name ? record : { ...record, name };
};

const ending = (record: SessionRecord, state: 'trashed' | 'deleted', { by, why }: Asker, now: Time): SessionRecord =>
	inPhase(without(wanting(withEnded(record), state, by, why, now), ...explanation, 'step', 'start'), 'stopping', now);

/** When a session that is in the trash goes for good. */
export const goesAt = ({ desired }: SessionRecord): Time => new Date(Date.parse(desired.at) + limits.trash).toISOString();

/** Its Home is empty, and what the table has of it goes: nothing is written about it any more. */
export const isForgotten = ({ purge }: SessionRecord): boolean => purge !== undefined && purge.step !== 'empty';

/** How long ago it was deleted for good, in whole hours: what is still there of it then is for an operator to know. */
export const hoursDeleted = ({ desired }: SessionRecord, now: Date): number => Math.floor((now.getTime() - Date.parse(desired.at)) / 3_600_000);

/** It stops; all that it has stays for a while. */
export const trash = (record: SessionRecord, now: Time): SessionRecord => {
	there(record);
	return record.desired.state === 'trashed' ? record : ending(record, 'trashed', { by: 'user', why: 'You deleted it' }, now);
};

/** Out of the trash, stopped: only its user starts it. One that is not there any more is as it is. */
export const restore = (record: SessionRecord, name: string, now: Time): SessionRecord => {
	there(record);
	return record.desired.state === 'trashed' ? { ...wanting(without(record, 'ended'), 'stopped', 'user', 'You restored it', now), name } : record;
};

/** For good, and from whatever state: nothing that is its own stays. */
export const remove = (record: SessionRecord, now: Time, asker: Asker = { by: 'user', why: 'You deleted it for good' }): SessionRecord => {
	there(record);
	return ending(record, 'deleted', asker, now);
};
