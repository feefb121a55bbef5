/** [T11] One connection of the page takes over from the other before the gateway cuts. */
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { encodeFromRelay } from '@shellpod/protocol/frame.ts';
import { gateway, relay } from '@shellpod/protocol/limits.ts';
import { expect, test } from 'vitest';
import { createSocketBench, peer, session, ticket } from '../support/socket-bench.ts';

/** With the least jitter; hellos are answered. */
const stayed = async (options: Parameters<typeof createSocketBench>[0] = {}) => {
	const bench = createSocketBench({ random: 0, ...options });
	await bench.arrive();
	const welcomeOn = (at: number, peers = [peer()]) =>
		bench.wires[at]?.events.message(encodeControl({ type: 'welcome', sender: `viewer${at}`, session, generation: 1, peers }));
	const pass = async (ms: number) => {
		for (let left = ms; left > 0; left -= 60_000) {
			await bench.clock.advance(Math.min(left, 60_000));
			for (const [at, wire] of bench.wires.entries()) if (!wire.closed && wire.sent.at(-1)?.includes('hello')) welcomeOn(at);
		}
	};
	await pass(relay.handOverMs);
	return { ...bench, pass, welcomeOn };
};

test('[T11] [P5] the first goes on until the second has the agent; then everything goes over the second, and the last words of the first are heard', async () => {
	const { wires, socket, heard, clock, states, welcomeOn } = await stayed();
	expect(wires).toHaveLength(2);
	const [first, second] = wires as [(typeof wires)[0], (typeof wires)[0]];
	second.events.open();
	expect(socket.send('a')).toBe(true);
	expect(first.sent.at(-1)).toBe('ttag1 a');
	const [agents, told] = [heard.agents, states.length];
	welcomeOn(1, [peer({ tag: 'tag2' })]);
	expect(heard).toMatchObject({ agents: agents + 1, gone: 0 });
	expect(states.slice(told)).toEqual([{ kind: 'open', agent: true }]);
	expect(socket.send('b')).toBe(true);
	expect(second.sent.at(-1)).toBe('ttag2 b');
	for (const wire of [first, second]) wire.events.message(encodeFromRelay('agent1', 1, 'x'));
	expect(heard.messages).toEqual(['x', 'x']);
	expect(first.closed).toBe(false);
	await clock.advance(5_000);
	expect(first.closed).toBe(true);
	expect(second.closed).toBe(false);
	expect(states.slice(told)).toHaveLength(1);
});

test('[T11] the next connection is taken over in its turn', async () => {
	const { wires, welcomeOn, pass } = await stayed();
	wires[1]?.events.open();
	welcomeOn(1);
	await pass(relay.handOverMs);
	expect(wires).toHaveLength(3);
});

test('[T11] a second connection that fails is tried again, long before the gateway cuts; the first goes on', async () => {
	let refuse = false;
	const { wires, socket, heard, states, pass } = await stayed({
		random: 0.999,
		ticket: () => (refuse ? Promise.reject(new ShellPodError('forbidden', 'no')) : Promise.resolve(ticket)),
	});
	await pass(relay.handOverSpreadMs);
	expect(wires).toHaveLength(2);
	const told = states.length;
	wires[1]?.events.closed(1006);
	refuse = true;
	await pass(60_000);
	refuse = false;
	await pass(40_000);
	expect(wires).toHaveLength(3);
	expect(relay.handOverMs + relay.handOverSpreadMs + 100_000).toBeLessThan(gateway.maxConnectionMs);
	expect(wires[0]?.closed).toBe(false);
	expect(socket.send('a')).toBe(true);
	expect({ gone: heard.gone, told: states.length - told }).toEqual({ gone: 0, told: 0 });
});

test('[T11] when the first is cut while the second comes up, the second is waited for', async () => {
	const { wires, socket, heard, states, welcomeOn } = await stayed();
	wires[0]?.events.closed(1001);
	expect(heard.gone).toBe(1);
	expect(states.at(-1)).toEqual({ kind: 'connecting' });
	wires[1]?.events.open();
	welcomeOn(1, [peer({ tag: 'tag2' })]);
	expect(states.at(-1)).toEqual({ kind: 'open', agent: true });
	expect(wires).toHaveLength(2);
	expect(socket.send('a')).toBe(true);
});

test('[T11] the agent comes on another connection: the last words of the one before are heard for 5 s, unless it is gone', async () => {
	const bench = createSocketBench();
	await bench.arrive();
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer({ sender: 'agent2', tag: 'tag2' }) }));
	expect(bench.heard).toMatchObject({ agents: 2, gone: 0 });
	bench.say(encodeFromRelay('agent1', 1, 'last'));
	bench.say(encodeFromRelay('agent2', 1, 'first'));
	await bench.clock.advance(5_000);
	bench.say(encodeFromRelay('agent1', 1, 'late'));
	expect(bench.heard).toMatchObject({ messages: ['last', 'first'], late: ['last'] });
	bench.say(encodeControl({ type: 'gone', sender: 'agent2' }));
	bench.say(encodeControl({ type: 'peer', generation: 1, peer: peer({ sender: 'agent3', tag: 'tag3' }) }));
	bench.say(encodeFromRelay('agent2', 1, 'of one that is gone'));
	expect(bench.heard.messages).toEqual(['last', 'first']);
});

test('stop closes both', async () => {
	const { wires, socket } = await stayed();
	socket.stop();
	expect(wires.map(({ closed }) => closed)).toEqual([true, true]);
});
