/** When a running session is moved to a newer image, or off a machine that AWS takes away. Rule 12 of SPEC.md. Pure. */
import type { UpdateChoice } from '@shellpod/protocol/http.ts';
import { nextGeneration } from './lifecycle.ts';
import type { SessionRecord, Time, Upkeep } from './record.ts';
import { after } from './start-progress.ts';

/** hour of the day at which sessions are moved, by their users' clocks */
const nightHour = 3;
/** ms */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** ms; apart from the others' limits, which more functions load */
const limits = {
	/** a session that runs an older image is moved at the latest; a choice of "later" puts it off */
	image: 14 * day,
	later: 7 * day,
	/** a session leaves a machine so long before AWS takes it away */
	beforeRetirement: day,
	/** after the last input a session counts as in use: its agent tells of it once a minute */
	inUse: 30 * minute,
} as const;

/** Whether the browser's name of a time zone is one that is known here. */
export const isZone = (zone: string): boolean => {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
	} catch {
		return false;
	}
};

/** The first full hour after `time` that is 3 o'clock in the zone; on the one day that leaves it out, the next day's. */
export const nextNight = (time: Time, zone = 'UTC'): Time => {
	const clock = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
	// Zones are apart by quarters of an hour.
	const quarter = hour / 4;
	for (let at = (Math.floor(Date.parse(time) / quarter) + 1) * quarter; ; at += quarter) {
		const parts = clock.formatToParts(at);
		const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
		if (part('hour') === nightHour && part('minute') === 0) return new Date(at).toISOString();
	}
};

const earlier = (a: Time, b: Time): Time => (a < b ? a : b);

const planned = (why: Upkeep['why'], last: Time, zone: string | undefined, now: Time): Upkeep => {
	const at = earlier(nextNight(now, zone), last);
	const words = {
		image: 'A new image is ready for it; it moves there at night',
		retirement: 'AWS takes its machine away soon; it moves to another one at night',
	} as const;
	return { why, at, last, told: { by: 'platform', why: words[why], at: now } };
};

const isRunning = ({ phase, desired }: SessionRecord): boolean => phase === 'running' && desired.state === 'running';

/** The record of a session that runs, with what is to be done to it since there is another base; the same record when that is known, or nothing is. */
export const noticed = (record: SessionRecord, base: string, now: Time): SessionRecord => {
	if (!isRunning(record)) return record;
	const { upkeep, ...rest } = record;
	if (record.slot.base === base) return upkeep?.why === 'image' ? rest : record;
	return upkeep ? record : { ...record, upkeep: planned('image', after(now, limits.image), record.zone, now) };
};

/** AWS will stop its task at `retires`. */
export const retiring = (record: SessionRecord, retires: Time, now: Time): SessionRecord =>
	!isRunning(record) || record.upkeep?.why === 'retirement'
		? record
		: { ...record, upkeep: planned('retirement', after(retires, -limits.beforeRetirement), record.zone, now) };

const chosenWords = { tonight: 'You chose the next night for its move', later: 'You put its move off by a week' } as const;

/** What its user chose of an update that is planned. `now` is a restart, and none of these. */
export const chosen = (record: SessionRecord, choice: Exclude<UpdateChoice, 'now'>, zone: string, now: Time, device?: string): SessionRecord => {
	const { upkeep } = record;
	if (!upkeep) return record;
	const from = choice === 'tonight' ? now : after(now, limits.later);
	const told = { by: 'user', why: chosenWords[choice], at: now, ...(device !== undefined && { device }) } as const;
	return { ...record, zone, upkeep: { ...upkeep, at: earlier(nextNight(from, zone), upkeep.last), told } };
};

/** What is to be done now: nothing yet, wait for another night since somebody or something is at work in it, or move. */
const due = (record: SessionRecord, atWork: boolean, now: Time): 'nothing' | 'move' | { waits: SessionRecord } => {
	const { upkeep, agent, zone } = record;
	if (!upkeep || now < upkeep.at) return 'nothing';
	const inUse = agent?.usedAt !== undefined && now < after(agent.usedAt, limits.inUse);
	if ((!inUse && !atWork) || now >= upkeep.last) return 'move';
	const what = inUse ? 'It was in use' : 'Something was at work in it';
	const told = { by: 'platform', why: `${what}, so its move waits for another night`, at: now } as const;
	return { waits: { ...record, upkeep: { ...upkeep, at: earlier(nextNight(now, zone), upkeep.last), told } } };
};

/** Why it is moved, for its history. */
const movedWords = {
	image: 'It moves to the new image',
	retirement: 'It moves to another machine, before AWS takes this one away',
} as const satisfies Record<Upkeep['why'], string>;

/**
 * A running session: what is planned for it is noticed, waits for another night, or is done, which makes it a new generation. `atWork`: a turn of Claude's
 * goes on in it, a program, or whatever else keeps it.
 */
export const keptUp = (record: SessionRecord, base: string, atWork: boolean, now: Time): SessionRecord => {
	const planned = noticed(record, base, now);
	const next = due(planned, atWork, now);
	if (next === 'nothing' || !planned.upkeep) return planned;
	if (next !== 'move') return next.waits;
	const why = movedWords[planned.upkeep.why];
	return nextGeneration({ ...planned, desired: { state: 'running', by: 'platform', why, at: now } }, now);
};
