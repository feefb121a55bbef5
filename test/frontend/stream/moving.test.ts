/** [T11] The stream of a terminal whose connection, or whose agent's, is replaced by another without a cut. */
import { epoch, terminalId } from '@shellpod/protocol/ids.ts';
import { decodeViewerRecords, encodeAgentRecord } from '@shellpod/protocol/record.ts';
import { beforeEach, expect, test } from 'vitest';
import type { TerminalStream } from '../../../frontend/src/stream/stream-options.ts';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../support/buffering-screen.ts';
import { createRememberingAgent, type RememberingAgent } from '../support/remembering-agent.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

let clock: VirtualClock;
let view: ReturnType<typeof createBufferingScreen>;
let agent: RememberingAgent;
let stream: TerminalStream;
let sent: string[];
let states: string[];
/** what is sent arrives */
let arrives: boolean;

const agentOf = (name: string) => createRememberingAgent({ clock, epoch: name, send: (payload) => clock.after(10, () => stream.receive(payload)) });
const types = () => sent.map((payload) => decodeViewerRecords(payload).map(({ type }) => type));

beforeEach(() => {
	clock = createVirtualClock();
	view = createBufferingScreen(clock);
	sent = [];
	states = [];
	arrives = true;
	stream = createTerminalStream({
		terminal: terminalId('movingtest'),
		clock,
		size: () => ({ columns: 80, rows: 24 }),
		screen: view.screen,
		send: (payload) => {
			sent.push(payload);
			if (arrives) clock.after(10, () => agent.receive(payload));
			return true;
		},
		onState: ({ kind }) => states.push(kind),
		onDropped: () => undefined,
		onAside: () => undefined,
		onRoundTrip: () => undefined,
		onSilence: () => undefined,
	});
	agent = agentOf('epoch1');
	agent.print(encode('$ '));
	stream.connected([2]);
	clock.run(3_000);
	sent = [];
});

test('[T11] asks the same agent to go on with its screen: nothing is drawn anew, and it stays live', () => {
	stream.connected([2]);
	expect(decodeViewerRecords(sent[0] ?? '')).toMatchObject([{ type: 'open', has: { epoch: 'epoch1', screen: 1, shown: 2 } }]);
	clock.run(100);
	agent.print(encode('more'));
	clock.run(5_000);
	expect(decode(view.bytes)).toBe('$ more');
	expect({ begins: view.begins, states }).toEqual({ begins: 1, states: ['opening', 'live'] });
	expect(types().filter((all) => all.includes('open'))).toHaveLength(1);
});

test('[T11] what is typed before the agent answers says first where it comes from; what was in flight does so at once', () => {
	arrives = false;
	stream.type(encode('a'));
	stream.connected([2]);
	stream.type(encode('b'));
	arrives = true;
	clock.run(1_500);
	expect(types().slice(0, 3)).toEqual([['input'], ['open'], ['open', 'input']]);
	clock.run(3_000);
	expect(decode(agent.typed)).toBe('ab');
	sent = [];
	stream.type(encode('c'));
	expect(types()).toEqual([['input']]);
});

test('[T11] asks again each second until it is answered', () => {
	arrives = false;
	stream.connected([2]);
	clock.run(3_500);
	expect(types()).toEqual([['open'], ['open'], ['open'], ['open']]);
});

test('[T11] what comes late, over the old connection, is no answer: the agent may know only the old name', () => {
	const before = { terminal: terminalId('movingtest'), epoch: epoch('epoch1'), received: 0, columns: 80, rows: 24 };
	arrives = false;
	stream.connected([2]);
	stream.receive(encodeAgentRecord({ type: 'screen', ...before, screen: 1 }), true);
	stream.type(encode('a'));
	stream.receive(encodeAgentRecord({ type: 'screen', ...before, screen: 2 }), true);
	stream.type(encode('\x03'));
	expect(types().filter((all) => all.includes('input')).length).toBeGreaterThan(1);
	expect(types().filter(([first]) => first !== 'open')).toEqual([]);
});

test('[T11] [I4] an agent that is another one draws a screen of its own; the last words of the one before are nothing', () => {
	const before = agent;
	agent = agentOf('epoch2');
	agent.print(encode('% '));
	stream.connected([2]);
	clock.run(1_000);
	expect(decode(view.bytes)).toBe('% ');
	before.print(encode('late'));
	const screen = { terminal: terminalId('movingtest'), epoch: epoch('epoch1'), received: 0, screen: 9, columns: 80, rows: 24 };
	stream.receive(encodeAgentRecord({ type: 'screen', ...screen }));
	clock.run(3_000);
	expect(decode(view.bytes)).toBe('% ');
	expect(view.begins).toBe(2);
});

test('[I4] the late word of an agent that was never seen begins nothing: the one that is there goes on', () => {
	const screen = { terminal: terminalId('movingtest'), received: 0, screen: 9, columns: 80, rows: 24 };
	stream.receive(encodeAgentRecord({ type: 'screen', epoch: epoch('epoch0'), ...screen }), true);
	agent.print(encode('more'));
	clock.run(3_000);
	expect(decode(view.bytes)).toBe('$ more');
	expect(view.begins).toBe(1);
});

test('[O7] a size that is asked for on purpose expects an answer: without one the terminal is opened again', () => {
	arrives = false;
	stream.askForSize('use');
	clock.run(9_000);
	expect(states.at(-1)).toBe('opening');
	arrives = true;
	clock.run(3_000);
	expect(states.at(-1)).toBe('live');
});
