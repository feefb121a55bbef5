import { type SenderId, senderId, terminalId } from '@shellpod/protocol/ids.ts';
import headless from '@xterm/headless';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import type { House } from './house.ts';

/** The page's own stream in front of a terminal emulator, in a house. */
export const createPage = (house: House, name: string, size = { columns: 120, rows: 40 }) => {
	const terminal = new headless.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true, scrollback: 0 });
	const sender: SenderId = senderId(`sender${name}`);
	/** messages that came */
	const messages: string[] = [];
	const written: string[] = [];
	const told = { screens: 0 };
	const waiting = new Set<() => void>();
	const look = (): void => {
		for (const one of waiting) one();
	};
	const write = (bytes: Uint8Array, shown: () => void): void => {
		written.push(Buffer.from(bytes).toString('latin1'));
		terminal.write(bytes, () => {
			shown();
			look();
		});
	};
	const stream = createTerminalStream({
		terminal: terminalId(`terminal${name}`),
		clock: house.clock,
		size: () => size,
		screen: {
			begin: (_size, bytes, shown) => {
				told.screens++;
				terminal.reset();
				write(bytes, shown);
			},
			write,
		},
		send: (payload) => {
			house.network.toAgent(sender, payload);
			return true;
		},
		onState: () => undefined,
		onDropped: () => undefined,
		onRoundTrip: () => undefined,
		onSilence: () => undefined,
	});
	house.network.connectViewer(sender, (payload) => {
		messages.push(payload);
		stream.receive(payload);
	});
	stream.connected([1, 2]);

	const page = {
		stream,
		messages,
		/** what went to the emulator, call by call */
		written,
		get screens() {
			return told.screens;
		},
		type: (text: string): boolean => stream.type(new TextEncoder().encode(text)),
		lines: (): string[] =>
			Array.from({ length: terminal.rows }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString().trimEnd() ?? ''),
		cursor: () => ({ x: terminal.buffer.active.cursorX, y: terminal.buffer.active.cursorY }),
		/** Resolves when `condition` holds of the lines; it is looked at whenever the emulator has parsed something. */
		until: (condition: (lines: string[]) => boolean, ms = 15_000): Promise<void> =>
			new Promise((done, refuse) => {
				const timer = setTimeout(() => {
					waiting.delete(check);
					refuse(new Error(`never: ${condition}\n${page.lines().join('\n')}`));
				}, ms);
				const check = (): void => {
					if (!condition(page.lines())) return;
					clearTimeout(timer);
					waiting.delete(check);
					done();
				};
				waiting.add(check);
				check();
			}),
		dispose(): void {
			stream.close();
			terminal.dispose();
		},
	};
	return page;
};
