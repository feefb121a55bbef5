/** Ends that come at the same instant, in every order of reads, writes and posts that the seed can think of. */
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import { createIntroductions } from '@shellpod/functions/core/introductions.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInMemoryAccessRecords } from '../support/in-memory-table.ts';
import { inTurns } from '../support/in-turns.ts';
import { letIn } from '../support/meeting.ts';
import { holdsAsync } from '../support/property.ts';
import { base, idle } from '../support/session-records.ts';
import {
	caller,
	connection,
	flakyConnections,
	memoryConnections,
	memoryKeys,
	memoryMeters,
	oneSession,
	startingSession,
	testUser,
} from '../support/sockets.ts';

test('of an agent and viewers that come at once each gets a tag for the other', async () => {
	await holdsAsync(
		[fc.scheduler(), fc.integer({ min: 1, max: 3 })],
		async (scheduler, viewers) => {
			const now = () => new Date('2026-11-22T08:00:05Z');
			const gateway = flakyConnections();
			const sessions = oneSession(startingSession());
			const connections = memoryConnections();
			const access = createInMemoryAccessRecords();
			const store = memoryKeys();
			const agent = connection('agent');
			const names = Array.from({ length: viewers }, (_, at) => `v${at}`);

			for (const name of names) await changeAccess(access, testUser, (record) => letIn(record, connection(name), caller('viewer', name), now()));

			const comes = (id: ConnectionId, role: 'viewer' | 'agent', name: string) =>
				createIntroductions({
					base,
					idle,
					sessions: inTurns(scheduler, { get: sessions.get, put: sessions.put }, ['get', 'put']),
					connections: inTurns(scheduler, { ...connections }, ['put', 'list', 'remove']),
					access: inTurns(scheduler, { ...access }, ['get']),
					gateway: inTurns(scheduler, { ...gateway }, ['post', 'close']),
					cuts: memoryMeters().cuts,
					// an environment of its own, so that the key is made in a race too
					keys: createRelayKeys({
						store: inTurns(scheduler, { ...store }, ['read', 'make']),
						now,
						random: (bytes) => new Uint8Array(bytes).fill(name.charCodeAt(0)),
					}),
					noteVisit: async () => {},
					now,
				}).hello(id, caller(role, name), encodeHello([1]));

			const all = Promise.all([comes(agent, 'agent', 'a'), ...names.map((name) => comes(connection(name), 'viewer', name))]);
			await scheduler.waitFor(all);

			const peersOf = (id: ConnectionId) =>
				gateway.heard(id).flatMap((message) => (message.type === 'welcome' ? message.peers : message.type === 'peer' ? [message.peer] : []));
			for (const name of names) {
				expect(peersOf(connection(name)).map(({ sender }) => sender)).toContain(caller('agent', 'a').sender);
				expect(peersOf(agent).map(({ sender }) => sender)).toContain(caller('viewer', name).sender);
			}
			expect(sessions.record?.agent?.connectionId).toBe(agent);
		},
		300,
	);
});
