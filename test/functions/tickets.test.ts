import { randomBytes } from 'node:crypto';
import { readHandshake } from '@shellpod/functions/core/handshake.ts';
import { createTickets } from '@shellpod/functions/core/tickets.ts';
import { ticketMs } from '@shellpod/protocol/limits.ts';
import { offeredTicket, subprotocol } from '@shellpod/protocol/version.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';
import { memoryTickets, testSession, testSignIn, testUser } from '../support/sockets.ts';

const origin = 'https://shellpod.example';
const endpoint = 'https://abc.execute-api.us-east-1.amazonaws.com/ws';
const whom = { user: testUser, session: testSession, generation: 3 };

const setUp = () => {
	const clock = { now: Date.parse('2026-11-22T08:00:00Z') };
	const store = memoryTickets();
	const tickets = createTickets({ store, now: () => new Date(clock.now), random: randomBytes });
	const viewer = async () => offeredTicket((await tickets.issue({ ...whom, role: 'viewer', origin, signIn: testSignIn })).protocols.join(',')) ?? '';
	const agent = async () => offeredTicket((await tickets.issue({ ...whom, role: 'agent', endpoint })).protocols.join(',')) ?? '';
	return { clock, store, tickets, viewer, agent };
};

describe('a ticket', () => {
	test('a viewer goes to its own page, an agent to the endpoint, both by WebSocket; the ticket is in no address', async () => {
		const { tickets } = setUp();
		const viewer = await tickets.issue({ ...whom, role: 'viewer', origin, signIn: testSignIn });
		const agent = await tickets.issue({ ...whom, role: 'agent', endpoint });
		expect(viewer).toMatchObject({ url: 'wss://shellpod.example/ws', expiresAt: '2026-11-22T08:00:30.000Z' });
		expect(agent.url).toBe('wss://abc.execute-api.us-east-1.amazonaws.com/ws');
		expect((await tickets.issue({ ...whom, role: 'viewer', origin: 'http://localhost:8080', signIn: testSignIn })).url).toBe(
			'ws://localhost:8080/ws',
		);
		expect(viewer.protocols[0]).toBe(subprotocol);
	});

	test('has at least 128 bits of chance, and is stored under its hash only', async () => {
		const { store, viewer } = setUp();
		const ticket = await viewer();
		expect(Buffer.from(ticket, 'base64url').length).toBeGreaterThanOrEqual(16);
		expect(JSON.stringify([...store.tickets])).not.toContain(ticket);
	});

	test('[S8] opens one connection', async () => {
		const { tickets, viewer } = setUp();
		const ticket = await viewer();
		expect(await tickets.redeem(ticket, origin)).toMatchObject({ ...whom, role: 'viewer' });
		expect(await tickets.redeem(ticket, origin)).toBeUndefined();
	});

	test('[S8] ends in time, though it is still stored', async () => {
		const { clock, store, tickets, viewer } = setUp();
		const [early, late] = [await viewer(), await viewer()];
		clock.now += ticketMs - 1;
		expect(await tickets.redeem(early, origin)).toBeDefined();
		clock.now += 1;
		expect(store.tickets.size).toBe(1);
		expect(await tickets.redeem(late, origin)).toBeUndefined();
	});

	test.each([
		undefined,
		'',
		'null',
		'https://shellpod.example.evil',
		'http://shellpod.example',
		'https://shellpod.example/',
		'HTTPS://SHELLPOD.EXAMPLE',
		'https://shellpod.example:8443',
	])("[S8] a viewer's is burnt by a page of origin %j", async (other) => {
		const { store, tickets, viewer } = setUp();
		const ticket = await viewer();
		expect(await tickets.redeem(ticket, other)).toBeUndefined();
		expect(store.tickets.size).toBe(0);
		expect(await tickets.redeem(ticket, origin)).toBeUndefined();
	});

	test("an agent's needs no origin", async () => {
		const { tickets, agent } = setUp();
		expect(await tickets.redeem(await agent(), undefined)).toMatchObject({ role: 'agent' });
	});

	test('gives each connection a name of its own that nobody chose', async () => {
		const { tickets, viewer } = setUp();
		const callers = await Promise.all(Array.from({ length: 20 }, async () => tickets.redeem(await viewer(), origin)));
		const senders = callers.map((caller) => caller && 'sender' in caller && caller.sender);
		for (const sender of senders) expect(sender).toMatch(/^[a-z0-9]{8}$/);
		expect(new Set(senders).size).toBe(20);
	});

	test('that nobody issued is worth nothing', async () => {
		const { tickets } = setUp();
		for (const guess of ['', 'a', randomBytes(24).toString('base64url')]) expect(await tickets.redeem(guess, origin)).toBeUndefined();
	});
});

describe('the handshake', () => {
	const ticket = 'dGhlIHRpY2tldCBpbiB0aGUgaGVhZGVy';
	const letters = (text: string) =>
		fc
			.array(fc.boolean(), { minLength: text.length, maxLength: text.length })
			.map((upper) => [...text].map((char, at) => (upper[at] ? char.toUpperCase() : char)).join(''));
	const offers = fc
		.tuple(fc.shuffledSubarray([subprotocol, `ticket.${ticket}`, 'other'], { minLength: 3 }), fc.constantFrom(',', ', ', ' ,', ',,', ', ,'))
		.map(([list, comma]) => list.join(comma));

	test('is read in any letter case, order and commas, from either form of the event', () => {
		holds(
			[letters('sec-websocket-protocol'), letters('origin'), offers, fc.constantFrom('single', 'multi', 'both')],
			(protocol, originHeader, offer, form) => {
				const single = { headers: { [protocol]: offer, [originHeader]: origin, Host: 'x' } };
				const multi = { multiValueHeaders: { [protocol]: [offer], [originHeader]: [origin], Host: ['x'] } };
				const event = form === 'single' ? single : form === 'multi' ? { headers: null, ...multi } : { ...single, ...multi };
				expect(readHandshake(event)).toEqual({ ticket, origin });
			},
		);
	});

	test('is read from a header that came in several lines', () => {
		const event = {
			headers: { 'Sec-WebSocket-Protocol': `ticket.${ticket}` },
			multiValueHeaders: { 'Sec-WebSocket-Protocol': [subprotocol, `ticket.${ticket}`] },
		};
		expect(readHandshake(event)).toEqual({ ticket, origin: undefined });
	});

	test('of two origins believes none', () => {
		const event = { headers: { origin, Origin: 'https://evil.example' } };
		expect(readHandshake(event).origin).toBeUndefined();
		expect(readHandshake({ multiValueHeaders: { origin: [origin, 'https://evil.example'] } }).origin).toBeUndefined();
	});

	test('without headers has nothing', () => {
		expect(readHandshake({})).toEqual({ ticket: undefined, origin: undefined });
		expect(readHandshake({ headers: null, multiValueHeaders: null })).toEqual({ ticket: undefined, origin: undefined });
	});

	test('takes no ticket from an address', () => {
		expect(readHandshake({ headers: { 'x-ticket': ticket, cookie: `ticket.${ticket}` } }).ticket).toBeUndefined();
	});
});
