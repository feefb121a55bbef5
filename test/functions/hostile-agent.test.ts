/** A tenant replaces the agent: 100,000 frames through the relay, and as many to the page that listens to it. */
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { readHello } from '@shellpod/functions/core/hello.ts';
import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { mintTag } from '@shellpod/functions/core/tags.ts';
import { decodeArrival, encodeFromRelay, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { epoch, patterns, sessionId, terminalId, userId } from '@shellpod/protocol/ids.ts';
import { relay as limits } from '@shellpod/protocol/limits.ts';
import { type AgentRecord, decodeAgentRecords, decodeViewerRecords, encodeAgentRecord, joinRecords } from '@shellpod/protocol/record.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTerminalStream } from '../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../frontend/support/buffering-screen.ts';
import { createRandom } from '../frontend/support/seeded-random.ts';
import { createVirtualClock } from '../frontend/support/virtual-clock.ts';
import { hostileSequences } from '../support/hostile-sequences.ts';
import { caller, connection, flakyConnections, memoryKeys, noMeter, startingSession, testSignIn } from '../support/sockets.ts';
import { type DeployedWebSocketApi, type End, socketOrigin, startWebSocketApi } from '../support/web-socket-api.ts';

const frames = 100_000;
const random = createRandom(20261122);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
const noise = (length: number): string => Array.from({ length }, () => String.fromCharCode(below(3) ? 32 + below(95) : below(65_536))).join('');
const changed = (text: string): string => {
	const at = below(text.length);
	return text.slice(0, at) + pick([...'aZ09-_.=+/ ,:|tf\0', '\ud800', 'é', '']) + text.slice(at + below(3));
};

const prototypes = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf'];
const terminal = terminalId('terminalofuser');
const life = epoch('epoch000');
const agentRecord = (): AgentRecord => {
	const [one, other] = [below(1_000), pick([0, 1, 2 ** 31, 2 ** 45])];
	const bytes = pick(hostileSequences).bytes.slice(0, 2_000);
	return pick<AgentRecord>([
		{ type: 'screen', terminal, epoch: life, received: other, screen: one, columns: 80, rows: 24 },
		{ type: 'output', terminal, epoch: life, screen: one, offset: other, received: one, echoed: other, bytes },
		{ type: 'received', terminal, epoch: pick([life, epoch('epoch001')]), received: other, echoed: one },
		{ type: 'end', terminal, reason: pick(['detached', 'exited', 'refused']) },
		{ type: 'beat', terminal, count: other },
	]);
};
const payload = (): string =>
	pick([
		() => noise(below(200)),
		() => encodeAgentRecord(agentRecord()),
		() => changed(encodeAgentRecord(agentRecord())),
		() => joinRecords([agentRecord(), agentRecord()].map(encodeAgentRecord)),
		() => changed(joinRecords([agentRecord(), agentRecord()].map(encodeAgentRecord))),
		() => `${pick([...'soker+ni'])}${pick(prototypes)}:${pick(prototypes)},1,1,1,1,u|x`,
		() => `+${pick(['1e9', '-1', '0x10', '', '99999999', 'NaN'])}|${noise(10)}`,
		() => `o${terminal}:${life},1,0,0,0,b|${noise(20)}`,
	])();

/** What a hostile agent says that has these good tags. */
const hostileFrame = (own: string, foreign: readonly string[]): string | undefined =>
	pick<() => string | undefined>([
		() => undefined,
		() => noise(below(300)),
		() => encodeToRelay(own, payload()),
		() => encodeToRelay(pick(foreign), payload()),
		() => encodeToRelay(changed(own), payload()),
		() => encodeToRelay(changed(pick(foreign)), payload()),
		() => encodeToRelay([pick(prototypes), 'zzz', 'aaaa', 'c=', 'A'.repeat(22)].join('.'), payload()),
		() =>
			encodeToRelay(
				own
					.split('.')
					.map((part, at) => (at === below(5) ? (pick(foreign).split('.')[at] ?? '') : part))
					.join('.'),
				payload(),
			),
		() => encodeToRelay(own, 'x'.repeat(below(20) ? below(500) : limits.maxMessageBytes + below(100_000))),
		() => encodeFromRelay('aaaaaaaa', 1 + below(9), payload()),
		() => changed(encodeToRelay(own, payload())),
		() => pick(['{"action":"hello"}', '{"__proto__":{"action":"hello"}}', '{"action":{"toString":1}}', '[]', 'null', '{'.repeat(1_000)]),
		() => `c${JSON.stringify({ type: 'fatal', code: 'not_found', message: noise(20) })}`,
	])();

describe('[security 3] a hostile agent', () => {
	test(`says ${frames} things to the relay, which throws nothing and reaches nobody but its own viewer`, async () => {
		const now = () => new Date('2026-11-22T08:00:00Z');
		const store = memoryKeys();
		store.ring = { current: 'a', keys: { a: Buffer.alloc(32, 7).toString('base64url') } };
		const gateway = flakyConnections();
		const relay = createRelay({ keys: createRelayKeys({ store, now, random: () => new Uint8Array(32) }), gateway, meter: noMeter, now });
		const [agent, viewer] = [caller('agent', 'a', 3), caller('viewer', 'v', 3)];
		const [here, there, victim] = [connection('agent'), connection('viewer'), connection('victim')];
		const end = now().getTime() + limits.tagMs;
		const mint = (from = here, by = agent, to = there, until = end) =>
			mintTag(store.ring ?? expect.fail(), from, by, { connection: to, sender: viewer.sender }, until);
		const own = mint();
		// Tags of others, of its own earlier and later lives, and its own when it has ended.
		const foreign = [
			mint(connection('stranger'), { ...agent, session: sessionId('zzzzzzzzzzzz') }, victim),
			mint(here, { ...agent, session: sessionId('zzzzzzzzzzzz') }, victim),
			mint(here, { ...agent, generation: 2 }, victim),
			mint(here, { ...agent, generation: 4 }, victim),
			mint(here, viewer, victim),
			mint(here, agent, victim, end - limits.tagMs),
		];
		const outcomes = new Map<string, number>();
		for (let frame = 0; frame < frames; frame++) {
			const body = hostileFrame(own, foreign);
			const outcome = await relay(here, agent, body);
			outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
			const posts = gateway.posts.splice(0);
			expect(posts.length).toBeLessThanOrEqual(1);
			for (const { to, text } of posts) {
				if (outcome === 'sent') expect([to, text.startsWith(`f${agent.sender},3 `)]).toEqual([there, true]);
				else expect([to, JSON.parse(text.slice(1)).type]).toEqual([here, 'gone']);
			}
		}
		// All of it was tried, and forged key ids cost no reads.
		for (const outcome of ['sent', 'refused', 'dropped']) expect(outcomes.get(outcome)).toBeGreaterThan(frames / 20);
		expect(store.reads).toBeLessThanOrEqual(2);
	}, 60_000);

	test(`says ${frames} things to the page, which throws nothing, types nothing and keeps its own books`, () => {
		const clock = createVirtualClock();
		const shown = createBufferingScreen(clock);
		const sent: string[] = [];
		const stream = createTerminalStream({
			terminal,
			clock,
			size: () => ({ columns: 80, rows: 24 }),
			screen: { begin: (size, bytes, done) => shown.screen.begin(size, bytes.slice(0, 10), done), write: (_, done) => done() },
			send: (text) => sent.push(text) > 0,
			onState: () => undefined,
			onDropped: () => undefined,
			onAside: () => undefined,
			onRoundTrip: () => undefined,
			onSilence: () => undefined,
		});
		stream.connected([1]);
		for (let frame = 0; frame < frames; frame++) {
			const text = below(4) ? encodeFromRelay('agent123', 1, payload()) : (hostileFrame('a.b.aaaa.c=.x', ['x.y.z']) ?? '');
			const arrival = decodeArrival(text);
			if (arrival.kind === 'frame') stream.receive(arrival.payload);
			if (frame % 100 === 0) clock.run(10);
			if (frame % 1_000 === 0) stream.reopen();
		}
		const records = sent.flatMap((text) => decodeViewerRecords(text));
		expect(records.filter(({ type }) => type === 'input')).toEqual([]);
		expect(new Set(records.map((record) => record.terminal))).toEqual(new Set([terminal]));
		expect(stream.typing.size).toBe(0);
		expect(({} as Record<string, unknown>).action).toBeUndefined();
	}, 60_000);

	test('finds no text that a parser answers with anything but a refusal', () => {
		for (let text = 0; text < frames / 4; text++) {
			const said = pick([payload, () => hostileFrame('a.b.aaaa.c=.x', ['x.y.z']) ?? ''])();
			for (const decode of [decodeAgentRecords, decodeViewerRecords])
				try {
					for (const record of decode(said)) expect(record.terminal).toMatch(patterns.terminal);
				} catch (error) {
					expect(error).toBeInstanceOf(TypeError);
				}
			const hello = readHello(said);
			expect('refused' in hello).toBe(true);
			expect(decodeArrival(said).kind).toMatch(/^(?:frame|control|noise)$/);
		}
	}, 60_000);
});

describe('[security 3] the functions as they are deployed', () => {
	let api: DeployedWebSocketApi;
	let agent: End;
	let viewer: End;
	const whom = { user: userId('mallory'), session: sessionId('mallorymal22'), generation: 1 };

	beforeAll(async () => {
		api = await startWebSocketApi();
		await createSessions(api.server.items).create(startingSession({ user: whom.user, id: whom.session }));
		const open = async (protocols: readonly string[]) =>
			(await api.open({ headers: { 'Sec-WebSocket-Protocol': protocols.join(','), Origin: socketOrigin } })) ?? expect.fail('refused');
		viewer = await open((await api.tickets.issue({ ...whom, role: 'viewer', origin: socketOrigin, signIn: testSignIn })).protocols);
		agent = await open((await api.tickets.issue({ ...whom, role: 'agent', endpoint: 'https://x.example/ws' })).protocols);
		for (const end of [viewer, agent]) await api.send(end, 'hello', encodeHello([1]));
	});
	afterAll(() => api.stop());

	test('answer 2,000 hostile frames each with 200 and reach nobody else', async () => {
		const tag = agent
			.heard()
			.flatMap((arrival) => (arrival.kind === 'control' && arrival.message.type === 'welcome' ? arrival.message.peers : []))
			.at(-1)?.tag;
		api.calls();
		for (let frame = 0; frame < 2_000; frame++) {
			const route = frame % 10 ? '$default' : 'hello';
			expect(await api.send(agent, route, hostileFrame(tag ?? expect.fail('no tag'), [`a.zzzzzzzz.aaaa.victim=.${'A'.repeat(22)}`]))).toEqual({
				statusCode: 200,
			});
		}
		const reached = new Set(api.calls());
		expect([...reached].sort()).toEqual([`POST ${viewer.id}`, `POST ${agent.id}`].sort());
	}, 60_000);
});
