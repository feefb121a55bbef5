/** What happened to a session, as its user reads it: from the items, and from the record what has none yet. */
import type { EventPage, SessionEvent } from '@shellpod/protocol/http.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Events } from '../ports.ts';
import type { Commands } from './commands.ts';
import { stateOf } from './session-view.ts';
import { placeOf, type TrailEvent } from './trail.ts';

/** events of one page */
export const pageOfEvents = 50;

const viewOf = (event: TrailEvent): SessionEvent => {
	const { kind, at, generation, device = null } = event;
	const common = { id: placeOf(event), kind, at, generation, device };
	if (event.kind !== 'moved') return { ...common, by: null, why: null, from: null, to: null, count: 1, ended: [] };
	const { by, why, from, to, of = 1, ended = [] } = event;
	return { ...common, by, why: why === '' ? null : why, from: from ? stateOf(from) : null, to: stateOf(to), count: of, ended: [...ended] };
};

/** Throws ShellPodError `not_found` for what is not there, or not this user's. */
export type History = (user: UserId, id: SessionId, before: string | undefined) => Promise<EventPage>;

export const createHistory =
	({ commands, events }: { commands: Pick<Commands, 'get'>; events: Pick<Events, 'newest'> }): History =>
	async (user, id, before) => {
		const record = await commands.get(user, id);
		const written = await events.newest(id, before, pageOfEvents);
		const places = new Set(written.map(placeOf));
		const waiting = before === undefined ? (record.trail?.pending ?? []).filter((event) => !places.has(placeOf(event))) : [];
		const last = written.length === pageOfEvents ? written.at(-1) : undefined;
		// Lines of an hour stand at its beginning: within a page they are put where they belong.
		const all = [...waiting, ...written].toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
		return { events: all.map(viewOf), before: last ? placeOf(last) : null };
	};
