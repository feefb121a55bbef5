/** Who may open a WebSocket: the authorizer as it is deployed, over a real table. */
import { randomBytes } from 'node:crypto';
import { createTicketStore } from '@shellpod/functions/adapters/tickets.ts';
import { createTickets } from '@shellpod/functions/core/tickets.ts';
import { ticketMs } from '@shellpod/protocol/limits.ts';
import { offeredTicket } from '@shellpod/protocol/version.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testSession, testSignIn, testUser } from '../support/sockets.ts';
import { connectArn, type DeployedWebSocketApi, socketOrigin, startWebSocketApi, type Upgrade } from '../support/web-socket-api.ts';

const whom = { user: testUser, session: testSession, generation: 1 };

let api: DeployedWebSocketApi;
beforeAll(async () => {
	api = await startWebSocketApi();
});
afterAll(() => api.stop());

const issue = async (): Promise<string> =>
	(await api.tickets.issue({ ...whom, role: 'viewer', origin: socketOrigin, signIn: testSignIn })).protocols.join(', ');
const ask = (upgrade: Upgrade) => api.handlers.authorizer({ methodArn: connectArn, ...upgrade });
const refusal = {
	principalId: 'nobody',
	policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: connectArn }] },
};

const host = new URL(socketOrigin).host;
/** Origins of an upgrade, as the values of its headers of this name. */
const wrong: Record<string, string[]> = {
	missing: [],
	empty: [''],
	'null, as sandboxed frames and files have it': ['null'],
	'another scheme': [`http://${host}`],
	'the scheme of WebSockets': [`wss://${host}`],
	'no scheme': [host],
	'another port': [`${socketOrigin}:8443`],
	'the default port, written out': [`${socketOrigin}:443`],
	'a subdomain': [`https://evil.${host}`],
	'a parent domain': ['https://example'],
	'the name as a prefix of another': [`${socketOrigin}.evil.example`],
	'the name as a suffix of another': [`https://evil${host}`],
	'a trailing dot': [`${socketOrigin}.`],
	'upper case': [socketOrigin.toUpperCase()],
	'a trailing slash': [`${socketOrigin}/`],
	'a path': [`${socketOrigin}/sessions`],
	'a query': [`https://evil.example?${socketOrigin}`],
	'a fragment': [`https://evil.example#${socketOrigin}`],
	'the name as userinfo': [`https://${host}@evil.example`],
	'userinfo of its own': [`https://a@${host}`],
	'a letter of another script': [socketOrigin.replace('e', '\u0435')],
	'that letter as punycode': ['https://xn--shllpod-qof.example'],
	'a letter in percent code': [socketOrigin.replace('s://s', 's://%73')],
	'a full-width dot': [socketOrigin.replace('.', '\uff0e')],
	'white space': [` ${socketOrigin}`],
	'a NUL': [`${socketOrigin}\0`],
	'a line end': [`${socketOrigin}\r\nX: y`],
	'two in one header': [`${socketOrigin}, https://evil.example`],
	'two in one header, apart by a space': [`${socketOrigin} https://evil.example`],
	'two headers': [socketOrigin, 'https://evil.example'],
	'two headers, the other way round': ['https://evil.example', socketOrigin],
	'4 KB of it': [socketOrigin + 'x'.repeat(4096)],
	'a wildcard': ['*'],
};

describe('[security 4] a page of another origin', () => {
	test.each(Object.entries(wrong))('is refused when its origin is %s, and its ticket is burnt', async (_, origins) => {
		const forms: ((protocols: string) => Upgrade)[] = [
			// API Gateway gives each header's last value, and all of them beside.
			(protocols) => ({
				headers: { 'Sec-WebSocket-Protocol': protocols, ...(origins.length && { Origin: origins.at(-1) ?? '' }) },
				multiValueHeaders: { 'Sec-WebSocket-Protocol': [protocols], ...(origins.length && { Origin: origins }) },
			}),
			(protocols) => ({ multiValueHeaders: { 'sec-websocket-protocol': [protocols], ...(origins.length && { origin: origins }) } }),
			// the same header in other letters is another key of the event
			(protocols) => ({
				headers: { 'sec-websocket-protocol': protocols, ...Object.fromEntries(origins.map((one, at) => [at ? 'ORIGIN' : 'origin', one])) },
			}),
		];
		for (const form of forms) {
			const protocols = await issue();
			expect(await ask(form(protocols))).toEqual(refusal);
			expect(await ask({ headers: { 'sec-websocket-protocol': protocols, origin: socketOrigin } })).toEqual(refusal);
		}
	});

	test('is refused though it says its name in other headers', async () => {
		const named = {
			Host: host,
			Referer: `${socketOrigin}/`,
			'X-Forwarded-Host': host,
			'Sec-WebSocket-Origin': socketOrigin,
			'X-Origin': socketOrigin,
		};
		expect(await ask({ headers: { ...named, 'Sec-WebSocket-Protocol': await issue(), Origin: 'https://evil.example' } })).toEqual(refusal);
		expect(await ask({ headers: { ...named, 'Sec-WebSocket-Protocol': await issue() } })).toEqual(refusal);
	});

	test('is refused alike whatever was wrong; the right one with a good ticket comes in', async () => {
		expect(await ask({ headers: { 'Sec-WebSocket-Protocol': 'shellpod.v1, ticket.none', Origin: socketOrigin } })).toEqual(refusal);
		const { policyDocument, context } = await ask({ headers: { 'Sec-WebSocket-Protocol': await issue(), Origin: socketOrigin } });
		expect(policyDocument.Statement[0]?.Effect).toBe('Allow');
		expect(context).toMatchObject({ user: testUser, session: testSession, generation: '1', role: 'viewer' });
	});
});

describe('[security 4] a ticket', () => {
	const from = (protocols: string) => ask({ headers: { 'Sec-WebSocket-Protocol': protocols, Origin: socketOrigin } });

	test('that was used is refused', async () => {
		const protocols = await issue();
		expect((await from(protocols)).policyDocument.Statement[0]?.Effect).toBe('Allow');
		for (let again = 0; again < 3; again++) expect(await from(protocols)).toEqual(refusal);
	});

	test('that comes 30 s after it was made is refused, though the table still has it', async () => {
		const earlier = createTickets({ store: createTicketStore(api.server.items), now: () => new Date(Date.now() - ticketMs), random: randomBytes });
		const { protocols } = await earlier.issue({ ...whom, role: 'viewer', origin: socketOrigin, signIn: testSignIn });
		expect(await from(protocols.join(', '))).toEqual(refusal);
	});

	test("that was made for another deployment's page is refused", async () => {
		const { protocols } = await api.tickets.issue({ ...whom, role: 'viewer', origin: 'https://other.example', signIn: testSignIn });
		expect(await from(protocols.join(', '))).toEqual(refusal);
	});

	test('that is guessed, derived from a good one or offered in a wrong way is refused', async () => {
		const good = offeredTicket(await issue()) ?? expect.fail('no ticket');
		const neighbours = [good.slice(1), good.slice(0, -1), `${good}A`, good.toUpperCase(), [...good].reverse().join('')];
		const guesses = [
			...neighbours,
			...Array.from({ length: 200 }, () => randomBytes(24).toString('base64url')),
			'',
			'*',
			"' OR 1=1",
			'\0',
			'x'.repeat(8_000),
		];
		for (const guess of guesses.filter((guess) => guess !== good)) expect(await from(`shellpod.v1, ticket.${guess}`)).toEqual(refusal);
		for (const offer of [good, `ticket.${good}`, `shellpod.v2, ticket.${good}`, `shellpod.v1, TICKET.${good}`, `shellpod.v1 ticket.${good}`])
			expect(await from(offer)).toEqual(refusal);
		const inAddress = { headers: { 'Sec-WebSocket-Protocol': 'shellpod.v1', Origin: socketOrigin }, queryStringParameters: { ticket: good } };
		expect(await ask(inAddress)).toEqual(refusal);
		expect((await from(`shellpod.v1, ticket.${good}`)).policyDocument.Statement[0]?.Effect).toBe('Allow');
	});

	test('of 100 that 100 redeem at once each, over one table, lets in one each: 10,000 upgrades', async () => {
		const offers = await Promise.all(Array.from({ length: 100 }, issue));
		const admitted = new Map(offers.map((offer) => [offer, 0]));
		// One ticket's hundred after the other's: they are all under way at the same time.
		const upgrades = offers.flatMap((offer) => Array.from({ length: 100 }, () => offer));
		await Promise.all(
			Array.from({ length: 200 }, async () => {
				for (let offer = upgrades.shift(); offer !== undefined; offer = upgrades.shift())
					if ((await from(offer)).policyDocument.Statement[0]?.Effect === 'Allow') admitted.set(offer, (admitted.get(offer) ?? 0) + 1);
			}),
		);
		expect([...admitted.values()]).toEqual(offers.map(() => 1));
	}, 60_000);
});
