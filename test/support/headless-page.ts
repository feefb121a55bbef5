/** The page without a browser: its own socket and terminal stream, over a real WebSocket, in front of a real terminal emulator. */
import { randomBytes } from 'node:crypto';
import { terminalId } from '@shellpod/protocol/ids.ts';
import headless from '@xterm/headless';
import { WebSocket } from 'ws';
import { createTimer, wallClock } from '../../frontend/src/stream/clock.ts';
import { createSocket } from '../../frontend/src/stream/socket.ts';
import { createTerminalStream } from '../../frontend/src/stream/terminal-stream.ts';
import type { OpenWire } from '../../frontend/src/stream/wire.ts';
import type { Stack } from './stack.ts';
import type { HttpUser } from './user.ts';

export interface HeadlessPage {
	/** Types as soon as the page would take it. */
	type(text: string): Promise<void>;
	/** Resolves when the screen's text, without what stands behind its lines, fits. */
	shows(wanted: (lines: string[]) => boolean): Promise<void>;
	lines(): string[];
	/** Is called after each change of the screen; the answer ends that. */
	onChange(listener: () => void): () => void;
	/** what is not as it should be: keystrokes that were told to be lost, an end that nobody asked for */
	readonly complaints: string[];
	/** connections that it has had */
	readonly connections: number;
	close(): void;
}

/** ms between two looks at the agent, as the page has it */
const beatMs = 20_000;
/** ms: a limit that only what hangs reaches */
const hangMs = 90_000;
/** bytes that wait to be acknowledged, above which a typist pauses: so that there are many messages and not one */
const pauseBytes = 30;

export const openHeadlessPage = (stack: Stack, user: HttpUser, session: string, size = { columns: 100, rows: 30 }): HeadlessPage => {
	const emulator = new headless.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true, scrollback: 0 });
	const waiting = new Set<() => void>();
	const listeners = new Set<() => void>();
	const complaints: string[] = [];
	const heartbeat = createTimer(wallClock);
	let connections = 0;
	const look = (): void => {
		for (const one of [...waiting]) one();
	};
	const lines = (): string[] =>
		Array.from({ length: size.rows }, (_, row) => emulator.buffer.active.getLine(row)?.translateToString(true).trimEnd() ?? '');
	const until = (isSo: () => boolean): Promise<void> =>
		new Promise((done, failed) => {
			const hanging = setTimeout(() => {
				waiting.delete(check);
				const { state: way } = socket;
				failed(new Error(`the page waits in vain: ${JSON.stringify({ way, stream: stream.state, pending: stream.typing.size, lines: lines() })}`));
			}, hangMs);
			const check = (): void => {
				if (!isSo() && complaints.length === 0) return;
				waiting.delete(check);
				clearTimeout(hanging);
				if (isSo()) done();
				else failed(new Error(complaints.join('; ')));
			};
			waiting.add(check);
			check();
		});

	const open: OpenWire = (url, protocols, events) => {
		const client = new WebSocket(url, protocols, { headers: { cookie: user.cookie(), origin: stack.origin }, perMessageDeflate: false });
		let heard = true;
		client.on('open', () => {
			connections += 1;
			if (heard) events.open();
		});
		client.on('message', (data: Buffer, binary: boolean) => heard && !binary && events.message(data.toString()));
		// 'close' follows
		client.on('error', () => {});
		client.on('close', (code) => heard && events.closed(code));
		return {
			send: (text) => {
				if (client.readyState === WebSocket.OPEN) client.send(text);
			},
			close: () => {
				heard = false;
				client.close(1000);
			},
		};
	};

	const socket = createSocket({
		clock: wallClock,
		random: Math.random,
		ticket: () => user.ticket(session),
		open,
		onState: (state) => {
			if (state.kind === 'ended') complaints.push(`the socket ended: ${state.code} ${state.detail}`);
			look();
		},
		onAgent: (versions) => stream.connected(versions),
		onAgentGone: () => stream.cut(),
		onMessage: (payload, late) => {
			stream.receive(payload, late);
			look();
		},
	});
	const write = (bytes: Uint8Array, shown: () => void): void =>
		emulator.write(bytes, () => {
			shown();
			look();
			for (const listener of listeners) listener();
		});
	const stream = createTerminalStream({
		terminal: terminalId(randomBytes(10).toString('hex')),
		clock: wallClock,
		size: () => size,
		screen: {
			begin: (_, bytes, shown) => {
				emulator.reset();
				write(bytes, shown);
			},
			write,
		},
		send: (payload) => socket.send(payload),
		onState: (state) => {
			if (state.kind === 'ended') complaints.push(`the terminal ended: ${state.reason}`);
			look();
		},
		onDropped: (keystrokes) => void complaints.push(`${keystrokes} keystrokes were dropped`),
		onAside: ({ keystrokes }) => void complaints.push(`${keystrokes} keystrokes wait for a click`),
		onRoundTrip: () => {},
		onSilence: () => socket.check(),
	});
	const beat = (): void => {
		stream.beat();
		heartbeat.set(beatMs, beat);
	};
	heartbeat.set(beatMs, beat);
	socket.start();

	return {
		type: async (text) => {
			await until(() => stream.state.kind === 'live' && stream.typing.size < pauseBytes);
			if (!stream.type(Buffer.from(text))) complaints.push(`${JSON.stringify(text)} was not taken`);
		},
		shows: (wanted) => until(() => wanted(lines())),
		lines,
		onChange: (listener) => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		complaints,
		get connections() {
			return connections;
		},
		close: () => {
			heartbeat.clear();
			stream.close();
			socket.stop();
			emulator.dispose();
		},
	};
};
