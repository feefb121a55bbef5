/** What of the page's terminal needs no page: how it takes a screen, how wide letters are, what it says nothing to. The same for xterm.js without a browser. */
import type { ITerminalOptions, Terminal } from '@xterm/xterm';
import type { Screen, Size } from '../stream/screen.ts';
import { boundCounts } from './counts.ts';
import { letterWidth } from './letter-width.ts';
import { leaveQuestionsOpen } from './questions.ts';

export type Emulator = Pick<Terminal, 'cols' | 'rows' | 'resize' | 'write' | 'parser' | 'unicode'>;

export const emulatorOptions: Pick<ITerminalOptions, 'allowProposedApi' | 'scrollback'> = {
	allowProposedApi: true,
	// History belongs to tmux.
	scrollback: 0,
};

/** bytes: xterm.js looks at the clock between two writes, not within one, and a task of the page must not take long (P8) */
const slice = 8 * 1024;

/** Ends whatever the old screen left unfinished (CAN), then forgets all of it (RIS). */
const forget = new Uint8Array([0x18, 0x1b, 0x63]);

/** To be called once, before anything is written. */
export const prepareEmulator = (terminal: Emulator): void => {
	const provider = letterWidth();
	terminal.unicode.register(provider);
	terminal.unicode.activeVersion = provider.version;
	boundCounts(terminal.parser);
	leaveQuestionsOpen(terminal.parser);
};

export const resizeEmulator = (terminal: Emulator, { columns, rows }: Size): void => {
	if (columns !== terminal.cols || rows !== terminal.rows) terminal.resize(columns, rows);
};

export const screenOf = (terminal: Emulator): Screen => ({
	begin: (size, bytes, shown) => {
		resizeEmulator(terminal, size);
		// One write, so that no frame shows the empty terminal between the old screen and the new one.
		const both = new Uint8Array(forget.length + bytes.length);
		both.set(forget);
		both.set(bytes, forget.length);
		terminal.write(both, shown);
	},
	write: (bytes, shown) => {
		let from = 0;
		while (from + slice < bytes.length) {
			// Before a sequence, where there is one: no character is cut, nor what is drawn as one.
			const sequence = bytes.lastIndexOf(0x1b, from + slice);
			const end = sequence > from ? sequence : from + slice;
			terminal.write(bytes.subarray(from, end));
			from = end;
		}
		terminal.write(bytes.subarray(from), shown);
	},
});
