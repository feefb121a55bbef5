/** Notes who asked for a ticket, came and went. Nobody is kept from coming because it could not be written down: that is logged. */
import type { SessionId } from '@shellpod/protocol/ids.ts';
import type { Events, Log } from '../ports.ts';
import type { Visit } from './trail.ts';

/** Never throws. */
export type NoteVisit = (session: SessionId, visit: Omit<Visit, 'at'>) => Promise<void>;

export const createVisits =
	({ events, now, log }: { events: Pick<Events, 'put'>; now: () => Date; log: Pick<Log, 'error'> }): NoteVisit =>
	async (session, visit) => {
		try {
			await events.put(session, { ...visit, at: now().toISOString() });
		} catch (error) {
			log.error('visit_not_noted', error, { session });
		}
	};
