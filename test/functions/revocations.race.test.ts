/**
 * The end of a right against connections that come by it, in every order of reads, writes and posts that the seed can think of:
 * whatever comes first, nothing is left open that must not be, and nothing else is closed.
 */
import type { Caller } from '@shellpod/functions/core/callers.ts';
import { createFarewells } from '@shellpod/functions/core/farewells.ts';
import { createRevocations, type Revocations } from '@shellpod/functions/core/revocations.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import type { Gateway } from '@shellpod/functions/relay-ports.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createInMemoryAccessRecords } from '../support/in-memory-table.ts';
import { inTurns } from '../support/in-turns.ts';
import { holdsAsync } from '../support/property.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import { caller, connection, memoryConnections, oneSession, startingSession, testSession, testUser } from '../support/sockets.ts';

const laptop = 1_795_334_000;
const phone = 1_795_330_000;
const other = sessionId('otherses2345');

/** A gateway as documented: it doesn't know a connection before `$connect` has answered, and not any more when it is closed. */
const createForgetfulGateway = (lost: () => boolean) => {
	const open = new Set<ConnectionId>();
	const ended: ConnectionId[] = [];
	const gateway: Gateway = {
		post: async (id) => (open.has(id) ? 'sent' : 'gone'),
		close: async (id) => {
			if (lost()) return 'failed';
			if (!open.delete(id)) return 'gone';
			ended.push(id);
			return 'closed';
		},
	};
	return { gateway, open, ended };
};

interface Comer {
	name: string;
	signIn: number;
	session: typeof testSession;
}

type End = (revocations: Revocations) => Promise<void>;

/** Viewers come while a right ends; then time passes and the sweep comes. Gives who is open at the end, by name. */
const play = async (scheduler: fc.Scheduler, comers: readonly Comer[], end: End, losses: readonly boolean[]) => {
	const clock = { now: Date.parse('2026-11-22T08:00:00Z') };
	const now = () => new Date(clock.now);
	let asked = 0;
	const { gateway, open, ended } = createForgetfulGateway(() => losses[asked++] ?? false);
	const access = createInMemoryAccessRecords();
	const connections = memoryConnections();
	const log = createLogLines();
	const slowAccess = () => inTurns(scheduler, { ...access }, ['get', 'put']);
	const slowGateway = () => inTurns(scheduler, { ...gateway }, ['post', 'close']);
	const slowConnections = () => inTurns(scheduler, { ...connections }, ['put', 'remove', 'list']);
	const farewell = createFarewells({ sessions: oneSession(startingSession()), connections, access, noteVisit: async () => {}, now });

	const comes = async ({ name, signIn, session }: Comer): Promise<void> => {
		const id = connection(name);
		const who: Caller = { ...caller('viewer', name), signIn, session };
		if ((await createViewers({ access: slowAccess(), gateway: slowGateway(), now }).comes(id, who)) !== 'admitted') return;
		await slowConnections().put({ id, ...who }, now());
		// The function has answered; only now is it open.
		await scheduler.schedule(Promise.resolve(), '$connect answered');
		open.add(id);
	};

	const revocations = createRevocations({
		access: { ...slowAccess(), due: access.due },
		connections: slowConnections(),
		gateway: slowGateway(),
		now,
		log,
	});
	const all = Promise.all([...comers.map(comes), end(revocations)]);
	await scheduler.waitFor(all);

	const sweep = createRevocations({ access, connections, gateway, now, log });
	for (let second = 0; second < 60; second += 5) {
		clock.now += 5_000;
		await sweep.closeDue();
	}
	// The gateway tells of ends late, and in any order.
	for (const id of ended.reverse()) await farewell(id, { ...caller('viewer', 'x'), user: testUser });
	const names = comers.map(({ name }) => name).filter((name) => open.has(connection(name)));
	const record = await access.get(testUser);
	return { names, record, known: [...(await connections.list(testSession)), ...(await connections.list(other))].map(({ id }) => id) };
};

const comers = fc
	.array(fc.record({ signIn: fc.constantFrom(laptop, phone), session: fc.constantFrom(testSession, other) }), { minLength: 1, maxLength: 5 })
	.map((list) => list.map((one, at): Comer => ({ ...one, name: `v${at}` })));
const losses = fc.array(fc.boolean(), { maxLength: 6 });

const ends: [string, End, (one: Comer) => boolean][] = [
	['a sign-out', (revocations) => revocations.signOut(testUser, laptop, true), ({ signIn }) => signIn === phone],
	['a sign-out everywhere', (revocations) => revocations.signOutEverywhere(testUser, 'operator'), () => false],
	['a user who is switched off', (revocations) => revocations.disable(testUser, 'operator'), () => false],
	[
		'a session that is deleted',
		async (revocations) => {
			await revocations.endSession(testUser, testSession);
			await revocations.close(testUser);
		},
		({ session }) => session === other,
	],
];

describe.each(ends)('[security 8] %s', (_, end, stays) => {
	test('leaves nothing open within a minute, whatever comes first, and closes nothing else', async () => {
		await holdsAsync(
			[fc.scheduler(), comers, losses],
			async (scheduler, list, lost) => {
				const { names, record, known } = await play(scheduler, list, end, lost);
				const expected = list.filter(stays).map(({ name }) => name);
				expect(names).toEqual(expected);
				expect(Object.keys(record.sockets).sort()).toEqual(expected.map(connection).sort());
				expect(known.sort()).toEqual(expected.map(connection).sort());
				expect(record.dueAt).toBeUndefined();
			},
			300,
		);
	});
});
