/** What follows when a connection has ended. */
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import type { Sessions } from '../ports.ts';
import type { ConnectionStore } from '../relay-ports.ts';
import { leave } from './access.ts';
import type { Caller, Watcher } from './callers.ts';
import { type AccessStore, changeAccess } from './change-access.ts';
import { agentLeft } from './hello.ts';
import { isForgotten } from './lifecycle.ts';
import type { NoteVisit } from './visits.ts';

/** how often a record is read again after somebody else wrote it; the lease's end does the rest */
const attempts = 5;

export interface FarewellDeps {
	sessions: Pick<Sessions, 'get' | 'put'>;
	connections: ConnectionStore;
	access: AccessStore;
	noteVisit: NoteVisit;
	now: () => Date;
}

/**
 * A connection ended. The gateway tells of it late, twice or never, so nothing relies on it; it makes things quick:
 * a session whose agent is gone is looked at by the next sweep instead of at its lease's end.
 */
export const createFarewells =
	({ sessions, connections, access, noteVisit, now }: FarewellDeps) =>
	async (id: ConnectionId, caller: Caller | Watcher, device?: string): Promise<void> => {
		const leaves = () => changeAccess(access, caller.user, (record) => leave(record, [id], now().toISOString()));
		if (caller.role === 'watcher') return void (await leaves());
		const { generation, signIn } = caller;
		if (caller.role === 'viewer') {
			const visit = { kind: 'closed', generation, ...(signIn !== undefined && { signIn }), ...(device !== undefined && { device }) } as const;
			await connections.remove(caller.session, id);
			await leaves();
			// The gateway may tell of it when all that there was of the session is gone: what is written then nobody would remove.
			const record = await sessions.get(caller.user, caller.session);
			return record && !isForgotten(record) ? noteVisit(caller.session, visit) : undefined;
		}
		for (let attempt = 0; attempt < attempts; attempt++) {
			const left = agentLeft(await sessions.get(caller.user, caller.session), id, now());
			if (!left) return;
			if (await sessions.put(left)) return noteVisit(caller.session, { kind: 'agent_left', generation });
		}
	};
