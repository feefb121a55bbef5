/** How long a session runs while nobody uses it, in words and in times of whoever reads them. */
import type { Session } from '@shellpod/protocol/http.ts';
import { briefOf, duration, namesOf, type Reader, sentenceOf } from '@shellpod/protocol/sentences.ts';

const minute = 60_000;

/** "19:40" today, "23 Nov, 19:40" on another day, as this device writes times */
export const timeWords = (iso: string, now: number): string => {
	const time = new Date(iso);
	const today = new Date(now).toDateString() === time.toDateString();
	const day = today ? {} : ({ day: 'numeric', month: 'short' } as const);
	return time.toLocaleString(undefined, { ...day, hour: '2-digit', minute: '2-digit' });
};

const reader = (now: number): Reader => ({ now, time: (iso) => timeWords(iso, now) });

/** Why it runs and when it would stop, why it was stopped, and what ended; undefined where there is nothing of it to say. */
export const sentence = (session: Session, now: number): string | undefined => sentenceOf(session, reader(now));

/** The same for a bar: when it stops, or what keeps it meanwhile. */
export const brief = (session: Session, now: number): string | undefined => briefOf(session, reader(now));

/** What goes on in it and ends when it stops, by name: "make, Claude"; undefined: nothing that is known. */
export const atWork = ({ state, idle }: Session): string | undefined =>
	state === 'Running' && idle && idle.doing.length > 0 ? namesOf(idle.doing).join(', ') : undefined;

/** ms until it is stopped if nothing else happens; undefined: it isn't running, or never */
export const leftOf = ({ state, idle }: Session, now: number): number | undefined =>
	state === 'Running' && idle && idle.stopsAt !== null ? Date.parse(idle.stopsAt) - now : undefined;

/** ms before its stop that a user is warned, and warned again */
export const warnings = { first: 10 * minute, last: 2 * minute } as const;

/** "9 min", "1 min 40 s", "soon" once it is due: the agent is asked first whether anything goes on */
export const leftWords = (ms: number): string => {
	const seconds = Math.ceil(ms / 1_000);
	if (seconds <= 0) return 'soon';
	if (ms > warnings.last) return `in ${Math.ceil(ms / minute)} min`;
	return seconds < 60 ? `in ${seconds} s` : `in ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
};

/** A choice, for people: "15 min", "Never". */
export const choiceWords = (minutes: number | null): string => (minutes === null ? 'Never' : duration(minutes * minute));
