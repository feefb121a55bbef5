/**
 * What is written down of a session's life: who did what, when, from where, and why. Each transition is noted in the record by the very write that
 * makes it, and goes from there to an item of its own: whatever is cut off in between, none is lost, and none is there twice.
 */
import type { Desired, Phase, SessionRecord, Time, Upkeep } from './record.ts';

interface Happened {
	at: Time;
	generation: number;
	/** what its user came with, in words of ours: "Firefox on Linux" */
	device?: string;
}

/** A write moved the session. */
export interface Moved extends Happened {
	kind: 'moved';
	/** the write's, so that there is one per write */
	rev: number;
	by: SessionRecord['desired']['by'];
	/** for people; empty where from and to say it all */
	why: string;
	/** absent when it was made, and where nobody knows */
	from?: Phase;
	to: Phase;
	wanted: Desired;
	/** what went on in its task, which ends with this */
	ended?: readonly string[];
	/** more than one when nobody could write them down in time: how many; then `from` is of the first and all else of the last */
	of?: number;
}

/**
 * Somebody asked for a ticket, came or went. One line per kind, hour, session and who: by sign-in (`auth_time`) or agent's generation. The first
 * of the hour that came, and the last that went; a flood of connections writes no more.
 */
export interface Visit extends Happened {
	kind: 'ticket' | 'opened' | 'closed' | 'agent_ticket' | 'agent_came' | 'agent_left';
	/** a page's */
	signIn?: number;
}

export type TrailEvent = Moved | Visit;

/** What the newest event tells of, and those that have no item yet. */
export interface Trail {
	told: { phase: Phase; generation: number; wanted: Desired; askedAt: Time; upkeepAt?: Time; budgetAt?: Time };
	pending: readonly Moved[];
}

/** Events that may wait in a record. More, and the last two become one that says so: a record must not grow. */
export const maxPending = 40;

const joined = (pending: readonly Moved[]): readonly Moved[] => {
	if (pending.length <= maxPending) return pending;
	const [one, last] = pending.slice(-2);
	if (!one || !last) return pending;
	const { from: _, ...rest } = last;
	return [...pending.slice(0, -2), { ...rest, ...(one.from && { from: one.from }), of: (one.of ?? 1) + 1 }];
};

/** An update that is planned, or else what was said of its user's budget, where it has no line yet. */
const newsOf = ({ trail, upkeep, spending }: SessionRecord): Upkeep['told'] | undefined => {
	const planned = upkeep?.told;
	const budget = spending?.budget?.told;
	if (planned && planned.at !== trail?.told.upkeepAt) return planned;
	return budget && budget.at !== trail?.told.budgetAt ? budget : undefined;
};

/** What a write does to the session that nobody was told yet, if anything; `news`: of what was said meanwhile, which has a line of its own. */
const moveOf = (record: SessionRecord): { move?: Moved; news?: Upkeep['told'] } => {
	const { trail, rev, phase, phaseAt, generation, desired, reason, start, ended } = record;
	const told = trail?.told;
	const asked = told?.askedAt !== desired.at || told.wanted !== desired.state;
	const moved = told?.phase !== phase;
	if (!asked && !moved && told.generation === generation) {
		const news = newsOf(record);
		if (!news) return {};
		const { by, why, at, device } = news;
		const move: Moved = {
			kind: 'moved',
			rev: rev + 1,
			by,
			why,
			at,
			...(device !== undefined && { device }),
			from: phase,
			to: phase,
			wanted: desired.state,
			generation,
		};
		return { move, news };
	}
	const move: Moved = {
		kind: 'moved',
		rev: rev + 1,
		at: asked ? desired.at : moved ? phaseAt : (start?.stepAt ?? phaseAt),
		by: asked ? desired.by : 'platform',
		// Why it was to stop is said where that was asked for, and not again at its end.
		why: asked ? desired.why : reason === undefined || reason === desired.why ? '' : reason,
		...(asked && desired.device !== undefined && { device: desired.device }),
		...(told && { from: told.phase }),
		...(told?.phase === 'running' && ended && ended.length > 0 && { ended }),
		to: phase,
		wanted: desired.state,
		generation,
	};
	return { move };
};

/**
 * The record as it is to be written, with what the write does noted. While something waits to be written down, it is due; so what one write has no
 * line for is noted by the next, which comes at the latest when this one's is written down.
 */
export const noted = (record: SessionRecord): SessionRecord => {
	const { phase, generation, desired, dueAt, upkeep, spending } = record;
	const { move, news } = moveOf(record);
	const before = record.trail?.told;
	const upkeepAt = news && news === upkeep?.told ? news.at : before?.upkeepAt;
	const budgetAt = news && news === spending?.budget?.told ? news.at : before?.budgetAt;
	const pending = [...(record.trail?.pending ?? []), ...(move ? [move] : [])];
	const [oldest] = pending;
	const told = {
		phase,
		generation,
		wanted: desired.state,
		askedAt: desired.at,
		...(upkeep && upkeepAt !== undefined && { upkeepAt }),
		...(budgetAt !== undefined && { budgetAt }),
	};
	const trail: Trail = { told, pending: joined(pending) };
	return { ...record, trail, ...(oldest && { dueAt: dueAt !== undefined && dueAt < oldest.at ? dueAt : oldest.at }) };
};

/** The record once everything that waited has its item; the same object when nothing did. */
export const writtenDown = (record: SessionRecord): SessionRecord =>
	record.trail && record.trail.pending.length > 0 ? { ...record, trail: { ...record.trail, pending: [] } } : record;

const hourOf = (time: Time): Time => `${time.slice(0, 13)}:00:00.000Z`;

/** Where an event stands among those of its session: later ones after it, a repeated one where it was. */
export const placeOf = (event: TrailEvent): string =>
	event.kind === 'moved'
		? `${event.at}#${String(event.rev).padStart(8, '0')}`
		: `${hourOf(event.at)}#${event.kind}.${event.signIn ?? `generation-${event.generation}`}`;

/** Whether the one that is there already stays. */
export const keepsFirst = ({ kind }: TrailEvent): boolean => kind !== 'moved' && kind !== 'closed' && kind !== 'agent_left';

/** What a place looks like; anything else is no place. */
export const isPlace = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[\w.-]{1,40}$/.test(text);

/** days that an event is kept */
export const trailDays = 90;
