import { ping } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { encodeFromRelay } from '@shellpod/protocol/frame.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { expect, test } from 'vitest';
import { createSocketBench, peer, session, ticket } from '../support/socket-bench.ts';

const hellos = (sent: string[]) => sent.filter((text) => text.includes('hello')).length;

test('[T1] [T2] offers the ticket as a subprotocol and says hello first', async () => {
	const bench = createSocketBench();
	bench.socket.start();
	await bench.clock.advance(0);
	expect(bench.wire().protocols).toEqual(['shellpod.v1', 'ticket.x']);
	expect(bench.wire().sent).toEqual([]);
	bench.wire().events.open();
	expect(JSON.parse(bench.wire().sent[0] ?? '')).toEqual({ action: 'hello', versions });
});

test('[T4] a frame carries the tag of the agent; without one nothing is sent', async () => {
	const bench = createSocketBench();
	await bench.arrive([]);
	expect(bench.socket.send('payload')).toBe(false);
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer() }));
	expect(bench.heard.agents).toBe(1);
	expect(bench.socket.send('payload')).toBe(true);
	expect(bench.wire().sent.at(-1)).toBe('ttag1 payload');
});

test('an agent that is announced before the welcome is there with it, though the welcome knows none', async () => {
	const bench = createSocketBench();
	bench.socket.start();
	await bench.clock.advance(0);
	bench.wire().events.open();
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer() }));
	expect(bench.heard.agents).toBe(0);
	bench.welcome([]);
	expect(bench.heard.agents).toBe(1);
	expect(bench.socket.send('payload')).toBe(true);
});

test('a welcome that was written before the agent came back is not believed against its announcement', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	await bench.clock.advance(301_000);
	expect(hellos(bench.wire().sent)).toBe(2);
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer({ sender: 'agent2', tag: 'tag2' }) }));
	for (const late of [[], [peer()]]) bench.welcome(late);
	expect(bench.heard).toMatchObject({ agents: 2, gone: 0 });
	bench.socket.send('x');
	expect(bench.wire().sent.at(-1)).toBe('ttag2 x');
	bench.say(encodeControl({ type: 'gone', sender: 'agent2' }));
	bench.welcome([peer({ sender: 'agent3', tag: 'tag3' })]);
	bench.socket.send('x');
	expect(bench.wire().sent.at(-1)).toBe('ttag3 x');
});

test('[T3] what comes from another generation or from a stranger is dropped, and the gateway’s own words are noise', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.say(encodeFromRelay('agent1', 2, 'wrong generation'));
	bench.say(encodeFromRelay('agent2', 1, 'stranger'));
	bench.say('{"message": "Internal server error", "connectionId":"x", "requestId":"y"}');
	bench.say(encodeFromRelay('agent1', 1, 'right'));
	expect(bench.heard.messages).toEqual(['right']);
	expect(bench.socket.state).toEqual({ kind: 'open', agent: true });
});

test('[T5] says hello again at half of the tag’s life, and takes the new tag without a new screen', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	await bench.clock.advance(299_000);
	expect(hellos(bench.wire().sent)).toBe(1);
	await bench.clock.advance(2_000);
	expect(hellos(bench.wire().sent)).toBe(2);
	bench.welcome([peer({ tag: 'tag2' })]);
	expect(bench.heard.agents).toBe(1);
	bench.socket.send('x');
	expect(bench.wire().sent.at(-1)).toBe('ttag2 x');
});

test('[T4] asks for an agent that is gone, at most once a second, and meets the next one', async () => {
	const bench = createSocketBench({ random: 0 });
	await bench.arrive();
	bench.say(encodeControl({ type: 'gone', sender: 'agent1' }));
	expect(bench.heard.gone).toBe(1);
	expect(bench.socket.send('x')).toBe(false);
	const before = hellos(bench.wire().sent);
	await bench.clock.advance(10_000);
	const asked = hellos(bench.wire().sent) - before;
	expect(asked).toBeGreaterThan(0);
	expect(asked).toBeLessThanOrEqual(10);
	bench.welcome([peer({ sender: 'agent2', tag: 'tag2' })]);
	expect(bench.heard.agents).toBe(2);
	bench.say(encodeFromRelay('agent1', 1, 'old'));
	bench.say(encodeFromRelay('agent2', 1, 'new'));
	expect(bench.heard.messages).toEqual(['new']);
});

test('a new generation’s agent replaces the old one; an older one does not', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.say(encodeControl({ type: 'peer', generation: 2, peer: peer({ sender: 'agent2', tag: 'tag2' }) }));
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer({ sender: 'agent1', tag: 'tag1' }) }));
	bench.socket.send('x');
	expect(bench.wire().sent.at(-1)).toBe('ttag2 x');
});

test('when the network or the page comes back it does not wait', async () => {
	let refuse = true;
	const bench = createSocketBench({
		random: 0.999,
		ticket: () => (refuse ? Promise.reject(new ShellPodError('unavailable', 'no network')) : Promise.resolve(ticket)),
	});
	bench.socket.start();
	await bench.clock.advance(60_000);
	expect(bench.socket.state.kind).toBe('waiting');
	refuse = false;
	bench.socket.hurry();
	await bench.clock.advance(0);
	expect(bench.wires).toHaveLength(1);
});

test('who asks for a try while one is under way gets the next one at once when it fails', async () => {
	let fail = (_: Error): void => {};
	let tickets = 0;
	const bench = createSocketBench({
		random: 0.999,
		ticket: () => {
			tickets += 1;
			return new Promise((_, reject) => {
				fail = reject;
			});
		},
	});
	bench.socket.start();
	for (const wait of [0, 250, 500, 1_000, 2_000]) {
		fail(new ShellPodError('unavailable', 'no network'));
		await bench.clock.advance(wait);
	}
	expect([bench.socket.state.kind, tickets]).toEqual(['connecting', 6]);
	bench.socket.hurry();
	expect(tickets).toBe(6);
	fail(new ShellPodError('unavailable', 'no network'));
	await bench.clock.advance(0);
	expect(tickets).toBe(7);
});

test('[P7] a connection that doesn’t answer a ping is replaced; one that says anything is kept', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.socket.check();
	expect(bench.wire().sent.at(-1)).toBe(ping);
	await bench.clock.advance(10_000);
	expect(bench.wires).toHaveLength(1);
	bench.gateway.answers = false;
	bench.socket.check();
	await bench.clock.advance(4_500);
	expect(bench.wires[0]?.closed).toBe(true);
	expect(bench.wires).toHaveLength(2);
});

test('[P7] a connection on which no hello is answered is replaced, also while there is no agent', async () => {
	const { clock, heard, arrive, say, welcome } = createSocketBench();
	await arrive([]);
	await clock.advance(10_000);
	welcome([]);
	await clock.advance(12_000);
	say('anything');
	expect(heard.tickets).toBe(1);
	// 16 s until it asks again at the latest, 12 s until it gives up
	await clock.advance(28_000);
	expect(heard.tickets).toBeGreaterThan(1);
});

test('[P7] when the agent doesn’t answer it asks who the agent is, and goes on with the one that took its place unannounced', async () => {
	const { socket, heard, arrive, wire, welcome } = createSocketBench();
	await arrive();
	const before = hellos(wire().sent);
	socket.check();
	expect(hellos(wire().sent)).toBe(before + 1);
	welcome([peer({ sender: 'agent2', tag: 'tag2' })]);
	expect(heard.agents).toBe(2);
	expect(socket.send('x')).toBe(true);
	expect(wire().sent.at(-1)).toBe('ttag2 x');
});

test('pings the gateway before it cuts a silent connection', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	await bench.clock.advance(241_000);
	expect(bench.wire().sent).toContain(ping);
});

test('fatal ends it with its reason; start begins again', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.say(encodeControl({ type: 'fatal', code: 'not_found', message: 'There is no such session' }));
	expect(bench.socket.state).toEqual({ kind: 'ended', code: 'not_found', detail: 'There is no such session' });
	expect(bench.wire().closed).toBe(true);
	await bench.clock.advance(3_600_000);
	expect(bench.wires).toHaveLength(1);
	bench.socket.start();
	await bench.clock.advance(0);
	expect(bench.wires).toHaveLength(2);
});

test.each([
	['not_running', 'ended'],
	['not_found', 'ended'],
	['unauthenticated', 'ended'],
	['too_many_open', 'ended'],
	['unavailable', 'waiting'],
	['too_many', 'waiting'],
	['internal', 'waiting'],
] as const)('a ticket refused with %s: %s', async (code, kind) => {
	const bench = createSocketBench({ ticket: () => Promise.reject(new ShellPodError(code, 'why')) });
	bench.socket.start();
	await bench.clock.advance(0);
	expect(bench.states.map((state) => state.kind)).toContain(kind);
});

test('a connection that never gets its welcome is given up, and what it says later is not heard', async () => {
	const bench = createSocketBench();
	bench.socket.start();
	await bench.clock.advance(0);
	bench.wire().events.open();
	await bench.clock.advance(13_000);
	expect(hellos(bench.wires[0]?.sent ?? [])).toBeGreaterThan(1);
	expect(bench.wires).toHaveLength(2);
	bench.wires[0]?.events.message(encodeControl({ type: 'welcome', sender: 'viewer1', session, generation: 1, peers: [peer()] }));
	expect(bench.heard.agents).toBe(0);
});

test('stop closes it and stays closed', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.socket.stop();
	expect(bench.wire().closed).toBe(true);
	await bench.clock.advance(3_600_000);
	expect(bench.wires).toHaveLength(1);
	expect(bench.socket.state).toEqual({ kind: 'idle' });
});
