/** Viewers and agents that come to one session, with fakes all around. */
import type { AccessRecord } from '@shellpod/functions/core/access.ts';
import type { Caller } from '@shellpod/functions/core/callers.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import { createFarewells } from '@shellpod/functions/core/farewells.ts';
import { createIntroductions } from '@shellpod/functions/core/introductions.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import type { NoteVisit } from '@shellpod/functions/core/visits.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { createInMemoryAccessRecords } from './in-memory-table.ts';
import { base, idle } from './session-records.ts';
import {
	caller,
	connection,
	flakyConnections,
	memoryConnections,
	memoryKeys,
	memoryMeters,
	noMeter,
	oneSession,
	startingSession,
} from './sockets.ts';

/** As `$connect` does, but however many there are: what is tested is what comes after it. */
export const letIn = (record: AccessRecord, id: ConnectionId, who: Caller, now: Date): AccessRecord => ({
	...record,
	sockets: { ...record.sockets, [id]: { session: who.session, signIn: who.signIn ?? 0, since: now.toISOString() } },
});

export const setUp = (record: SessionRecord | undefined = startingSession()) => {
	const clock = { now: Date.parse('2026-11-22T08:00:05Z') };
	const now = () => new Date(clock.now);
	const sessions = oneSession(record);
	const connections = memoryConnections();
	const gateway = flakyConnections();
	const { cuts } = memoryMeters();
	const keys = createRelayKeys({ store: memoryKeys(), now, random: (bytes) => new Uint8Array(bytes).fill(9) });
	const access = createInMemoryAccessRecords();
	const introductions = createIntroductions({ sessions, connections, cuts, access, gateway, keys, base, noteVisit: async () => {}, idle, now });
	const relay = createRelay({ keys, gateway, meter: noMeter, now });
	const visits: Parameters<NoteVisit>[1][] = [];
	const farewell = createFarewells({ sessions, connections, access, noteVisit: async (_, visit) => void visits.push(visit), now });

	/** Connects and says hello. */
	const comes = async (role: 'viewer' | 'agent', name: string, { generation = 1, versions = [1] } = {}) => {
		const who = caller(role, name, generation);
		const id = connection(name);
		if (role === 'viewer') {
			await changeAccess(access, who.user, (record) => letIn(record, id, who, now()));
			await connections.put({ id, ...who }, now());
		}
		await introductions.hello(id, who, encodeHello(versions));
		return { id, who };
	};
	const again = ({ id, who }: { id: ConnectionId; who: Caller }) => introductions.hello(id, who, encodeHello([1]));
	return { clock, sessions, connections, cuts, access, gateway, introductions, relay, farewell, visits, comes, again };
};
