/** What happened to a session, as sentences. */
import type { SessionEvent } from '@shellpod/protocol/http.ts';
import { endedWords } from '@shellpod/protocol/sentences.ts';

const end = (text: string): string => (/[.!?”]$/.test(text) ? text : `${text}.`);

const reached: Record<NonNullable<SessionEvent['to']>, string> = {
	Starting: 'It is being started',
	Running: 'It runs',
	Stopping: 'It is being stopped',
	Stopped: 'It has stopped',
	Failed: 'It has failed',
};

const visits: Record<Exclude<SessionEvent['kind'], 'moved'>, string> = {
	ticket: 'You asked for a terminal',
	opened: 'You opened a terminal',
	closed: 'You left a terminal',
	agent_ticket: 'Its machine asked to connect',
	agent_came: 'Its machine connected',
	agent_left: 'Its machine’s connection ended',
};

const moved = ({ by, why, from, to, generation, count }: SessionEvent): string => {
	if (count > 1) return `It changed ${count} times; the last time: ${why ?? (to ? reached[to] : 'nobody knows how')}`;
	const state = to ? reached[to] : 'It changed';
	if (by === 'platform') {
		const again = from !== null && to === 'Starting' ? ` It starts as generation ${generation}` : '';
		return why === null ? state : `${again ? end(why) : why}${again}`;
	}
	return why ?? state;
};

/** One sentence; a device stands at its end, and after it what ended. */
export const sentenceOf = (event: SessionEvent): string => {
	const text = event.kind === 'moved' ? moved(event) : visits[event.kind];
	const sentence = event.device === null ? end(text) : `${text.replace(/\.$/, '')}, with ${event.device}.`;
	return `${sentence}${endedWords(event.ended)}`;
};

export interface Day {
	/** of its first event, ms */
	at: number;
	events: SessionEvent[];
}

/** Events that come newest first, by this device's days. */
export const daysOf = (events: readonly SessionEvent[]): Day[] => {
	const days: Day[] = [];
	for (const event of events.toSorted((a, b) => b.at.localeCompare(a.at))) {
		const at = Date.parse(event.at);
		const last = days.at(-1);
		if (last && new Date(last.at).toDateString() === new Date(at).toDateString()) last.events.push(event);
		else days.push({ at, events: [event] });
	}
	return days;
};
