import { terminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { beforeEach, expect, test } from 'vitest';
import type { StreamState } from '../../../frontend/src/stream/stream-options.ts';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../support/buffering-screen.ts';
import { createRememberingAgent, type RememberingAgent, type RememberingAgentOptions } from '../support/remembering-agent.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

const createPair = () => {
	const size = { now: { columns: 80, rows: 24 } };
	const clock = createVirtualClock();
	const view = createBufferingScreen(clock);
	const states: StreamState[] = [];
	const told = { lose: false, dropped: 0, silences: 0, roundTrips: [] as number[], sent: 0 };
	let agent: RememberingAgent | undefined;
	const stream = createTerminalStream({
		terminal: terminalId('streamtest'),
		clock,
		size: () => size.now,
		screen: view.screen,
		send: (payload) => {
			told.sent += 1;
			const to = agent;
			if (to && !told.lose) clock.after(10, () => to.receive(payload));
			return to !== undefined;
		},
		onState: (state) => states.push(state),
		onDropped: (keystrokes) => {
			told.dropped += keystrokes;
		},
		onAside: () => undefined,
		onRoundTrip: (ms) => told.roundTrips.push(ms),
		onSilence: () => {
			told.silences += 1;
		},
	});
	const start = (epoch: string, options: Partial<RememberingAgentOptions> = {}) => {
		agent?.kill();
		const made = createRememberingAgent({ clock, epoch, send: (payload) => clock.after(10, () => stream.receive(payload)), ...options });
		agent = made;
		made.print(encode('$ '));
		stream.connected([1]);
		return made;
	};
	const cut = () => {
		agent = undefined;
		stream.cut();
	};
	const back = (to: RememberingAgent) => {
		agent = to;
		stream.connected([1]);
	};
	return { clock, size, view, states, told, stream, start, cut, back };
};
let pair: ReturnType<typeof createPair>;
beforeEach(() => {
	pair = createPair();
});

test('[O1] asks for a screen when the agent is there, and shows it', () => {
	pair.start('epoch1');
	pair.clock.run(100);
	expect(decode(pair.view.bytes)).toBe('$ ');
	expect(pair.states.map(({ kind }) => kind)).toEqual(['opening', 'live']);
});

test('[O2] the old screen stays until the first bytes of the new one', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	pair.cut();
	pair.clock.run(60_000);
	expect(decode(pair.view.bytes)).toBe('$ ');
	agent.print(encode('more'));
	pair.back(agent);
	pair.clock.run(100);
	expect(pair.view.begins).toBe(2);
	expect(decode(pair.view.bytes)).toBe('$ more');
});

test('[O3] an acknowledgement that was lost is said again when the same output comes again', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	pair.told.lose = true;
	agent.print(encode('more'));
	pair.clock.run(100);
	pair.told.lose = false;
	expect(agent.unshown).toBe(4);
	pair.clock.run(2_000);
	expect(agent.unshown).toBe(0);
	expect(decode(pair.view.bytes)).toBe('$ more');
});

test('[I3] what was typed while cut off arrives afterwards, once', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	pair.stream.type(encode('a'));
	pair.clock.run(100);
	pair.cut();
	for (const key of 'bcd') pair.stream.type(encode(key));
	pair.clock.run(5_000);
	pair.back(agent);
	// With the wish for a screen, so that it doesn't wait for one.
	pair.clock.run(10);
	expect(decode(agent.typed)).toBe('abcd');
	pair.clock.run(5_000);
	expect(decode(agent.typed)).toBe('abcd');
	expect(pair.stream.typing.size).toBe(0);
});

test('[I3] one chunk is in flight at a time, and a long paste arrives whole', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	const paste = 'äöü-0123456789\r'.repeat(20_000);
	expect(pair.stream.type(encode(paste))).toBe(true);
	pair.clock.run(5_000);
	expect(decode(agent.typed)).toBe(paste);
});

test('[I4] a new agent gets nothing that was typed for the old one, and the user is told how many keystrokes', () => {
	pair.start('epoch1');
	pair.clock.run(100);
	pair.cut();
	for (const key of ['x', '\x1b[A', 'ö']) pair.stream.type(encode(key));
	const next = pair.start('epoch2');
	pair.clock.run(1_000);
	expect(decode(next.typed)).toBe('');
	expect(pair.told.dropped).toBe(3);
	pair.stream.type(encode('y'));
	pair.clock.run(100);
	expect(decode(next.typed)).toBe('y');
});

test('[I4] what is typed before the first agent came is typed into it', () => {
	pair.stream.type(encode('ls\r'));
	const agent = pair.start('epoch1');
	pair.clock.run(1_000);
	expect(decode(agent.typed)).toBe('ls\r');
	expect(pair.told.dropped).toBe(0);
});

test('[I5] while cut off at most 64 KB wait; then it takes no more and says so', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	pair.cut();
	const block = encode('x'.repeat(relay.maxQueuedInputBytes / 4));
	expect([1, 2, 3, 4, 5].map(() => pair.stream.type(block))).toEqual([true, true, true, true, false]);
	expect(pair.stream.type(encode('y'))).toBe(false);
	pair.back(agent);
	pair.clock.run(5_000);
	expect(agent.typed.length).toBe(relay.maxQueuedInputBytes);
	expect(pair.stream.type(encode('y'))).toBe(true);
});

test('what the terminal answers by itself is worth nothing while cut off', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	pair.stream.answer(encode('\x1b[?1;2c'));
	pair.clock.run(100);
	expect(decode(agent.typed)).toBe('\x1b[?1;2c');
	pair.cut();
	pair.stream.answer(encode('\x1b[?1;2c'));
	expect(pair.stream.typing.size).toBe(0);
});

test('[E2] detached: nothing is typed, reconnecting does not come back by itself, opening again does', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	agent.end('detached');
	pair.clock.run(100);
	expect(pair.stream.state).toEqual({ kind: 'ended', reason: 'detached' });
	expect(pair.stream.type(encode('x'))).toBe(false);
	pair.cut();
	pair.back(agent);
	pair.clock.run(60_000);
	expect(pair.stream.state).toEqual({ kind: 'ended', reason: 'detached' });
	pair.stream.reopen();
	pair.clock.run(100);
	expect(pair.stream.state).toEqual({ kind: 'live' });
});

test('[E2] an end is forgotten with the machine that it happened on', () => {
	pair.start('epoch1').end('exited');
	pair.clock.run(100);
	pair.cut();
	pair.stream.forgetEnd();
	pair.start('epoch2');
	pair.clock.run(100);
	expect(pair.stream.state).toEqual({ kind: 'live' });
});

test('an agent that speaks other versions only is not asked for anything', () => {
	pair.stream.connected([99]);
	expect(pair.stream.state).toEqual({ kind: 'ended', reason: 'refused' });
	expect(pair.told.sent).toBe(0);
});

test('[E1] a beat tells the way there and back; without an answer the way is called into question and a new screen is asked for', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	pair.stream.beat();
	pair.clock.run(100);
	expect(pair.told.roundTrips).toEqual([20]);
	agent.kill();
	pair.stream.beat();
	pair.clock.run(7_000);
	expect(pair.told.silences).toBe(0);
	pair.clock.run(2_000);
	expect(pair.told.silences).toBe(1);
	expect(pair.stream.state).toEqual({ kind: 'opening' });
});

test('[O7] the grid is the agent’s; who types on another one tells the size of this device again, at most once a second', () => {
	const agent = pair.start('epoch1', { grid: { columns: 132, rows: 50 } });
	pair.clock.run(100);
	expect(pair.view.size).toEqual({ columns: 132, rows: 50 });
	for (const key of 'abc') pair.stream.type(encode(key));
	pair.clock.run(500);
	expect(agent.sizes).toMatchObject([{ columns: 80, rows: 24, reason: 'resize' }]);
	pair.clock.run(1_000);
	pair.stream.type(encode('d'));
	pair.clock.run(500);
	expect(agent.sizes).toHaveLength(2);
});

test('[O7] what a user asks for on purpose says which screen the user saw; an agent of version 1 hears it in its own words', () => {
	const agent = pair.start('epoch1', { grid: { columns: 132, rows: 50 } });
	pair.clock.run(100);
	pair.stream.askForSize('use');
	pair.stream.connected([1, 2]);
	pair.clock.run(100);
	pair.stream.askForSize('use');
	pair.clock.run(100);
	expect(agent.sizes).toMatchObject([
		{ reason: 'type', said: { count: 1, screen: 1 } },
		{ reason: 'use', said: { count: 2, screen: 3 } },
	]);
});

test('a device that changes its size asks for it once, and a new screen is asked for in the size of the moment', () => {
	const agent = pair.start('epoch1');
	pair.size.now = { columns: 100, rows: 30 };
	pair.clock.run(100);
	pair.stream.askForSize('resize');
	pair.stream.askForSize('resize');
	pair.clock.run(100);
	expect(agent.sizes).toMatchObject([{ columns: 100, rows: 30, reason: 'resize' }]);
	pair.cut();
	pair.size.now = { columns: 50, rows: 40 };
	pair.back(agent);
	pair.stream.askForSize('resize');
	pair.clock.run(100);
	pair.stream.askForSize('resize');
	pair.clock.run(100);
	expect(pair.view.size).toEqual({ columns: 50, rows: 40 });
	expect(agent.sizes).toHaveLength(1);
});

test('a device whose size changes while its screen is on the way asks for it then', () => {
	const agent = pair.start('epoch1');
	pair.size.now = { columns: 100, rows: 30 };
	pair.stream.askForSize('resize');
	pair.clock.run(500);
	expect(agent.sizes).toMatchObject([{ columns: 100, rows: 30, reason: 'resize' }]);
	expect(pair.view.size).toEqual({ columns: 100, rows: 30 });
});

test('[T3] what can’t be parsed is dropped', () => {
	const agent = pair.start('epoch1');
	pair.clock.run(100);
	for (const noise of ['', 'x', 's', '+9|', 'o:|', '{"message":"Internal server error"}']) pair.stream.receive(noise);
	agent.print(encode('ok'));
	pair.clock.run(100);
	expect(decode(pair.view.bytes)).toBe('$ ok');
});

test('[O7] a size that doesn’t come is told again, as the same word, four times', () => {
	const agent = pair.start('epoch1', { grid: { columns: 132, rows: 50 } });
	pair.stream.connected([1, 2]);
	pair.clock.run(500);
	pair.size.now = { columns: 100, rows: 30 };
	const asked = pair.clock.now();
	pair.told.lose = true;
	pair.stream.askForSize('resize');
	pair.clock.run(500);
	pair.told.lose = false;
	pair.clock.run(30_000);
	expect(pair.clock.now() - asked).toBeGreaterThan(16_000);
	expect(agent.sizes).toHaveLength(4);
	expect(new Set(agent.sizes.map((size) => JSON.stringify(size))).size).toBe(1);
});
