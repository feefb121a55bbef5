import { terminalId } from '@shellpod/protocol/ids.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../support/buffering-screen.ts';
import { createLossyWay, type Faults, noFaults } from '../support/lossy-way.ts';
import { createRememberingAgent, type RememberingAgent } from '../support/remembering-agent.ts';
import { createRandom } from '../support/seeded-random.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

type Step =
	| { kind: 'type' | 'print'; length: number }
	| { kind: 'wait'; ms: number }
	| { kind: 'cut'; ms: number }
	| { kind: 'redraw' | 'resize' | 'beat' | 'restart' };

const words = (first: string, number: number, length: number): Uint8Array =>
	new TextEncoder().encode(Array.from({ length }, (_, at) => `${first}${number}.${at}é;`).join(''));

/** A viewer's stream, a way with faults, and agents that may be replaced; every agent's typed bytes are kept. */
const createWorld = (seed: number, faults: Faults) => {
	const clock = createVirtualClock();
	const random = createRandom(seed);
	const view = createBufferingScreen(clock, 5);
	const agents: RememberingAgent[] = [];
	let connected = false;
	let size = { columns: 80, rows: 24 };
	let dropped = 0;
	let accepted = '';
	let typedCount = 0;
	let printCount = 0;
	let aside = '';

	const toAgent = createLossyWay({ clock, random, faults, deliver: (message) => agents.at(-1)?.receive(message) });
	const toViewer = createLossyWay({
		clock,
		random,
		faults,
		deliver: (message) => {
			// The socket lets pass only what the present agent sent over the present connection.
			const [turn, payload] = [message.slice(0, message.indexOf(' ')), message.slice(message.indexOf(' ') + 1)];
			if (connected && turn === `${agents.length}`) stream.receive(payload);
		},
	});
	const stream = createTerminalStream({
		terminal: terminalId('propertytest'),
		clock,
		size: () => size,
		screen: view.screen,
		send: (payload) => {
			if (connected) toAgent.send(payload);
			return connected;
		},
		onState: () => {},
		onDropped: (keystrokes) => {
			dropped += keystrokes;
		},
		// Its user wants nothing old.
		onAside: ({ bytes, keystrokes }) => {
			if (keystrokes === 0) return;
			aside += new TextDecoder().decode(bytes);
			stream.typing.dropAside();
		},
		onRoundTrip: () => {},
		onSilence: () => {},
	});
	const startAgent = () => {
		agents.at(-1)?.kill();
		const number = agents.length + 1;
		agents.push(
			createRememberingAgent({
				clock,
				epoch: `epoch${number}`,
				chunk: () => 4 + Math.floor(random() * 200),
				send: (payload) => toViewer.send(`${number} ${payload}`),
			}),
		);
	};
	const connect = () => {
		connected = true;
		stream.connected([1]);
	};
	startAgent();
	connect();

	const steps: Record<Step['kind'], (step: Step) => void> = {
		type: (step) => {
			if (step.kind !== 'type') return;
			const bytes = words('t', typedCount++, step.length);
			if (stream.type(bytes)) accepted += new TextDecoder().decode(bytes);
		},
		print: (step) => step.kind === 'print' && agents.at(-1)?.print(words('p', printCount++, step.length)),
		wait: (step) => step.kind === 'wait' && clock.run(step.ms),
		cut: (step) => {
			if (step.kind !== 'cut') return;
			connected = false;
			stream.cut();
			clock.run(step.ms);
			connect();
		},
		redraw: () => agents.at(-1)?.redraw(),
		resize: () => {
			size = { columns: size.columns + 1, rows: 30 };
			stream.askForSize('resize');
		},
		beat: () => stream.beat(),
		restart: () => {
			connected = false;
			stream.cut();
			startAgent();
			clock.run(50);
			connect();
		},
	};
	return {
		run: (step: Step) => steps[step.kind](step),
		/** The faults end, and everything has time to arrive. */
		calm: () => {
			toAgent.faults = toViewer.faults = noFaults;
			agents.at(-1)?.print(words('end', printCount++, 1));
			clock.run(120_000);
		},
		view,
		agents,
		stream,
		get accepted() {
			return accepted;
		},
		get dropped() {
			return dropped;
		},
		/** what was accepted and not put aside */
		get wanted() {
			const old = new Set(aside.split(';'));
			return accepted
				.split(/(?<=;)/)
				.filter((token) => !old.has(token.slice(0, -1)))
				.join('');
		},
	};
};

const faults = fc.record({
	loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
	double: fc.double({ min: 0, max: 0.4, noNaN: true }),
	delay: fc.integer({ min: 0, max: 3_000 }),
});
const calmSteps: fc.Arbitrary<Step>[] = [
	fc.record({ kind: fc.constantFrom('type' as const, 'print' as const), length: fc.integer({ min: 1, max: 60 }) }),
	fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 5_000 }) }),
	fc.record({ kind: fc.constant('cut' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
	fc.record({ kind: fc.constantFrom('redraw' as const, 'resize' as const, 'beat' as const) }),
];
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('[I1] [I2] [I3] [I7] [O1] [O2] [O3] [O6] every accepted byte arrives once and in order, and the screen is the print, whatever the way does', () => {
	fc.assert(
		fc.property(fc.integer(), faults, fc.array(fc.oneof(...calmSteps), { maxLength: 40, size: 'max' }), (seed, bad, steps) => {
			const world = createWorld(seed, bad);
			for (const step of steps) world.run(step);
			world.calm();
			expect(text(world.agents[0]?.typed ?? new Uint8Array())).toBe(world.wanted);
			expect(text(world.view.bytes)).toBe(text(world.agents[0]?.printed ?? new Uint8Array()));
			expect(world.agents[0]?.unshown).toBe(0);
			expect(world.dropped).toBe(0);
			expect(world.stream.typing.size).toBe(0);
			expect(world.stream.state).toEqual({ kind: 'live' });
		}),
		{ numRuns: 300 },
	);
});

test('[I4] when agents are replaced nothing is typed twice, nothing old into a new one, and what is lost is told', () => {
	const steps = fc.array(fc.oneof(...calmSteps, fc.record({ kind: fc.constant('restart' as const) })), { maxLength: 40, size: 'max' });
	fc.assert(
		fc.property(fc.integer(), faults, steps, (seed, bad, list) => {
			const world = createWorld(seed, bad);
			for (const step of list) world.run(step);
			world.calm();
			const tokens = world.agents.flatMap((agent) => text(agent.typed).split(';').filter(Boolean));
			const all = world.wanted.split(';').filter(Boolean);
			expect(new Set(tokens).size).toBe(tokens.length);
			let at = 0;
			for (const token of all) if (token === tokens[at]) at += 1;
			expect(at).toBe(tokens.length);
			const arrived = new Set(tokens);
			const lost = new Set(all.filter((token) => !arrived.has(token)).map((token) => token.slice(0, token.indexOf('.'))));
			expect(world.dropped).toBeGreaterThanOrEqual(lost.size);
			expect(text(world.view.bytes)).toBe(text(world.agents.at(-1)?.printed ?? new Uint8Array()));
			expect(world.stream.typing.size).toBe(0);
		}),
		{ numRuns: 300 },
	);
});
