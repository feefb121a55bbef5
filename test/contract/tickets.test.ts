/** What every store of tickets does: the fake that other tests use, and the table. */
import { createTicketStore } from '@shellpod/functions/adapters/tickets.ts';
import { createTickets } from '@shellpod/functions/core/tickets.ts';
import type { StoredTicket, TicketStore } from '@shellpod/functions/relay-ports.ts';
import { offeredTicket } from '@shellpod/protocol/version.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { memoryTickets, testSession, testUser } from '../support/sockets.ts';

const now = new Date('2026-11-22T08:00:00Z');
const endsAt = now.getTime() + 30_000;
const viewer: StoredTicket = { user: testUser, session: testSession, generation: 3, role: 'viewer', origin: 'https://shellpod.example', endsAt };
const agent: StoredTicket = { user: testUser, session: testSession, generation: 3, role: 'agent', endsAt };

let server: TestTable;
beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server.stop());

const stores: [string, () => TicketStore][] = [
	['in memory', memoryTickets],
	['in the table', () => createTicketStore(server.items)],
];

describe.each(stores)('tickets %s', (where, create) => {
	const hash = (name: string) => `${where}-${name}`;

	test('come back as they were stored', async () => {
		const store = create();
		await store.put(hash('viewer'), viewer);
		await store.put(hash('agent'), agent);
		expect(await store.burn(hash('viewer'), now)).toEqual(viewer);
		expect(await store.burn(hash('agent'), now)).toEqual(agent);
	});

	test('[S8] are burnt by the first', async () => {
		const store = create();
		await store.put(hash('once'), viewer);
		expect(await store.burn(hash('once'), now)).toBeDefined();
		expect(await store.burn(hash('once'), now)).toBeUndefined();
		expect(await store.burn(hash('never'), now)).toBeUndefined();
	});

	test('[S8] are worth nothing from their end on', async () => {
		const store = create();
		await store.put(hash('late'), viewer);
		expect(await store.burn(hash('late'), new Date(endsAt))).toBeUndefined();
		expect(await store.burn(hash('late'), new Date(endsAt + 86_400_000))).toBeUndefined();
		expect(await store.burn(hash('late'), new Date(endsAt - 1))).toBeDefined();
	});

	test('[S8] that many redeem at the same instant open one connection', async () => {
		const store = create();
		let chance = 0;
		const tickets = createTickets({ store, now: () => now, random: (bytes) => new Uint8Array(bytes).fill(++chance) });
		for (let round = 0; round < 5; round++) {
			const { protocols } = await tickets.issue({ ...agent, role: 'agent', endpoint: 'https://x.example/ws' });
			const ticket = offeredTicket(protocols.join(',')) ?? '';
			const callers = await Promise.all(Array.from({ length: 20 }, () => tickets.redeem(ticket, undefined)));
			expect(callers.filter((caller) => caller !== undefined)).toHaveLength(1);
		}
	});
});
