/** A flood against the functions as they are deployed: real requests to a table and to a gateway, sampled by real chance. */
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import type { Arrival } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { gateway as gatewayLimits } from '@shellpod/protocol/limits.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startingSession, testSignIn } from '../support/sockets.ts';
import { type DeployedWebSocketApi, type End, socketOrigin, startWebSocketApi } from '../support/web-socket-api.ts';

const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {});
const lines = (): Record<string, unknown>[] => warnings.mock.calls.map(([line]) => JSON.parse(String(line)));
const toldTo = (end: End): unknown[] =>
	end.heard().flatMap((arrival: Arrival) => (arrival.kind === 'control' && arrival.message.type !== 'welcome' ? [arrival.message] : []));

let api: DeployedWebSocketApi;
beforeAll(async () => {
	api = await startWebSocketApi();
});
afterAll(async () => {
	warnings.mockRestore();
	await api.stop();
});

const secret = 'keystrokes-of-the-tenant';
/** the largest message that the gateway lets through: it takes about a thousand of them */
const largest = secret.padEnd(gatewayLimits.maxMessageBytes, 'x');

const meeting = async (name: string) => {
	const whom = { user: userId(name), session: sessionId(name.padEnd(12, 'a')), generation: 1 };
	await createSessions(api.server.items).create(startingSession({ user: whom.user, id: whom.session }));
	const ticketOf = async (role: 'viewer' | 'agent') =>
		role === 'viewer'
			? api.tickets.issue({ ...whom, role, origin: socketOrigin, signIn: testSignIn })
			: api.tickets.issue({ ...whom, role, endpoint: 'https://x.example/ws' });
	const open = ({ protocols }: { protocols: string[] }) =>
		api.open({ headers: { 'Sec-WebSocket-Protocol': protocols.join(','), Origin: socketOrigin } });
	const comes = async (role: 'viewer' | 'agent') => {
		const end = (await open(await ticketOf(role))) ?? expect.fail('refused');
		await api.send(end, 'hello', encodeHello([1]));
		return end;
	};
	return { whom, ticketOf, open, viewer: await comes('viewer'), agent: await comes('agent') };
};

const floodUntilClosed = async (end: End): Promise<number> => {
	api.calls();
	for (let sent = 1; sent < 5_000; sent++) {
		expect(await api.send(end, '$default', largest)).toEqual({ statusCode: 200 });
		if (api.calls().includes(`DELETE ${end.id}`)) return sent;
	}
	return expect.fail('it was never cut off');
};

describe('[security 18] a flood', () => {
	test('of the agent: it is cut, told, kept away with what tickets it has, and its viewers hear the truth', async () => {
		const { whom, ticketOf, open, viewer, agent } = await meeting('mallory');
		const kept = await ticketOf('agent');
		expect(await floodUntilClosed(agent)).toBeLessThan(4_000);
		expect(toldTo(agent).at(-1)).toEqual({
			type: 'fatal',
			code: 'flooding',
			message: 'This agent sent more than terminals ever need, and was cut off.',
			retryAfterMs: 300_000,
		});
		expect(await open(kept)).toBeUndefined();
		expect(await open(await ticketOf('agent'))).toBeUndefined();
		expect(await open(await ticketOf('viewer'))).toBeDefined();
		await api.send(viewer, 'hello', encodeHello([1]));
		expect(toldTo(viewer).at(-1)).toMatchObject({
			type: 'away',
			code: 'flooding',
			message: "This session's agent sent more than terminals ever need, and was cut off. Its programs go on.",
			retryAfterMs: expect.toSatisfy((ms: number) => ms > 200_000 && ms <= 300_000),
		});
		const [line, ...more] = lines().filter(({ event }) => event === 'flood_cut');
		expect(more).toEqual([]);
		expect(line).toMatchObject({ level: 'warn', session: whom.session, role: 'agent', generation: 1 });
		expect(JSON.stringify(lines())).not.toContain(secret);
	}, 60_000);

	test('of a page: its own connection ends, its user gets none for this session, the agent stays', async () => {
		const { ticketOf, open, viewer, agent } = await meeting('trent');
		await floodUntilClosed(viewer);
		expect(toldTo(viewer).at(-1)).toMatchObject({ type: 'fatal', code: 'flooding', retryAfterMs: 300_000 });
		expect(await open(await ticketOf('viewer'))).toBeUndefined();
		expect(await open(await ticketOf('agent'))).toBeDefined();
		expect(toldTo(agent)).not.toContainEqual(expect.objectContaining({ type: 'fatal' }));
	}, 60_000);

	test('of hellos is one too', async () => {
		const { agent } = await meeting('eve');
		api.calls();
		let hellos = 0;
		while (!api.calls().includes(`DELETE ${agent.id}`)) {
			hellos++;
			await api.send(agent, 'hello', 'x'.repeat(gatewayLimits.maxMessageBytes));
		}
		expect(hellos).toBeLessThan(4_000);
	}, 60_000);
});
