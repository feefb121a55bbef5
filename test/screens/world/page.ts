/** The page's own stream in front of the page's own terminal, with neither page nor browser around them. */
import { terminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import { createTimer } from '../../../frontend/src/stream/clock.ts';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createEmulator } from './emulator.ts';

export interface Size {
	columns: number;
	rows: number;
}

/** The machine stood still for so long that typing grew old (I7), which no schedule's cuts make it: nobody is there to say that it may go. */
export class TooSlow extends Error {}

/** ms after which it is */
const oldMs = 30_000;
/** ms between two looks at the agent, as the page has it */
const beatMs = 20_000;

export const createPage = (deps: {
	clock: Clock;
	size: Size;
	send: (payload: string) => boolean;
	/** ms of the machine: a limit that only what hangs reaches */
	hangMs: number;
}) => {
	const { clock } = deps;
	let { size } = deps;
	const { terminal, screen, dispose } = createEmulator(size);
	const waiting = new Set<() => void>();
	const complaints: string[] = [];
	/** when the oldest that waits was typed */
	let typedAt = 0;
	let tooSlow = false;
	const tally = { screens: 0, dropped: 0 };
	const beating = createTimer(clock);
	const look = (): void => {
		for (const one of [...waiting]) one();
	};
	const stream = createTerminalStream({
		terminal: terminalId('terminal1'),
		clock,
		size: () => size,
		screen: {
			begin: (...args) => {
				tally.screens += 1;
				screen.begin(...args);
			},
			write: screen.write,
		},
		send: deps.send,
		onState: (state) => {
			if (state.kind === 'ended') complaints.push(`the terminal ended: ${state.reason}`);
			look();
		},
		onDropped: (keystrokes) => {
			tally.dropped += keystrokes;
		},
		onAside: () => {
			if (clock.now() - typedAt > oldMs) tooSlow = true;
			else complaints.push('typing was put aside that was not old');
		},
		onRoundTrip: () => {},
		onSilence: () => {},
	});
	// Nobody types into it: what it says is the answer to a question, and none may come here.
	terminal.onData((data) => complaints.push(`the terminal said ${JSON.stringify(data)} by itself`));
	terminal.onWriteParsed(look);
	const beat = (): void => {
		stream.beat();
		beating.set(beatMs, beat);
	};
	beating.set(beatMs, beat);

	const lines = (): string[] =>
		Array.from({ length: terminal.rows }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true).trimEnd() ?? '');
	const until = (isSo: () => boolean, what: string): Promise<void> =>
		new Promise((done, failed) => {
			const end = (): void => {
				waiting.delete(check);
				clearTimeout(hanging);
			};
			const hanging = setTimeout(() => {
				end();
				failed(new Error(`the page waits in vain for ${what}; it is ${stream.state.kind}, ${stream.typing.size} bytes wait\n${lines().join('\n')}`));
			}, deps.hangMs);
			const check = (): void => {
				if (tooSlow || complaints.length > 0) {
					end();
					failed(tooSlow ? new TooSlow('typing grew old') : new Error(complaints.join('; ')));
				} else if (isSo()) {
					end();
					done();
				}
			};
			waiting.add(check);
			check();
		});

	return {
		stream,
		terminal,
		tally,
		get size() {
			return size;
		},
		connected: () => stream.connected(versions),
		receive: (payload: string): void => {
			stream.receive(payload);
			look();
		},
		lines,
		until,
		/** Types as soon as the page takes it. */
		async type(text: string): Promise<void> {
			const bytes = Buffer.from(text);
			for (let at = 0; at < bytes.length; at += relay.maxQueuedInputBytes / 2) {
				await until(() => stream.typing.size < relay.maxQueuedInputBytes / 2, 'room for what is typed');
				if (stream.typing.size === 0) typedAt = clock.now();
				stream.type(bytes.subarray(at, at + relay.maxQueuedInputBytes / 2));
			}
		},
		/** Its window has another size now. */
		resize(next: Size): void {
			size = next;
			stream.askForSize('resize');
		},
		/** Everything that was typed was written to the program. */
		acknowledged: (): Promise<void> => until(() => stream.state.kind === 'live' && stream.typing.size === 0, 'what was typed to be acknowledged'),
		/** Resolves when the screen has this page's size. */
		fits: (): Promise<void> => until(() => terminal.cols === size.columns && terminal.rows === size.rows, 'a screen of its size'),
		/** Resolves when the screen says so, above its last row. */
		shows: (text: string): Promise<void> => until(() => lines().slice(0, -1).join('\n').includes(text), JSON.stringify(text)),
		/** Its next change, or `ms` of the machine's without one. */
		change: (): Promise<void> =>
			new Promise((done) => {
				const once = (): void => {
					clearTimeout(atLast);
					waiting.delete(once);
					done();
				};
				const atLast = setTimeout(once, 50);
				waiting.add(once);
			}),
		close: (): void => {
			beating.clear();
			stream.close();
			dispose();
		},
	};
};
export type Page = ReturnType<typeof createPage>;
