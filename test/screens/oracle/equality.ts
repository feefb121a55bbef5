/**
 * [P3] What it means that a page's screen equals tmux's own.
 *
 * The page sees a tmux client, so its screen is more than a pane: borders and the status line are there, and its modes are what tmux wants of the
 * client's terminal. Two oracles therefore, and both must agree:
 *
 * 1. tmux itself (`truth.ts`). `capture-pane -p -e -N` of each pane in view, cell by cell in its place: letter, width (by tmux's own table), colours
 *    (default, of 256, true), bold, dim, italic, underline with its style, blink, inverse, hidden, struck, over. The cursor of the active pane
 *    (`cursor_x`, `cursor_y`, `cursor_flag`). A pane in copy mode is compared with the lines that it is scrolled to, but for the place where the
 *    mode says how far that is. The alternate screen is the pane's own: what is captured is the one that it is on. Mouse reports: `any` when a
 *    program in view wants all of them (`mouse_all_flag`), else `drag`, which tmux asks for by itself.
 * 2. A fresh tmux client of the same size (`fresh-client.ts`), drawn into a terminal of its own: everything above, and what 3.3a doesn't tell of:
 *    borders, status line, modes that lie over a pane, bracketed paste, keypad and cursor keys, focus reports, insert, origin and wrap mode.
 *
 * Not compared: colour of underlines, shape of the cursor, the title, and what a cell has that nobody can see (`sameCell`).
 *
 * Equality is asked for when all is at rest: faults are over, all that was typed is acknowledged, and the program has echoed a word of the
 * schedule's own. tmux and the page may still be a few ms apart then, so both are looked at again until they agree; a screen that is wrong stays wrong.
 */
import { setTimeout } from 'node:timers';
import type { Page } from '../world/page.ts';
import { type Seen, seenOn } from './cells.ts';
import type { FreshClient } from './fresh-client.ts';
import { differences, type Truth } from './truth.ts';

export class WrongScreen extends Error {
	readonly wrong: readonly string[];
	constructor(wrong: readonly string[], lines: readonly string[]) {
		super(`the screen is not tmux's: ${wrong.slice(0, 6).join('; ')}${wrong.length > 6 ? ` and ${wrong.length - 6} more` : ''}`);
		this.wrong = [...wrong.slice(0, 40), ...lines];
	}
}

const fromFresh = (page: Seen, fresh: Seen): string[] => {
	const wrong = differences('a fresh client', { expected: fresh.rows, seen: page.rows });
	for (const [name, value] of Object.entries(fresh.modes))
		if (page.modes[name as keyof Seen['modes']] !== value)
			wrong.push(`a fresh client has ${name} ${value}, the page ${page.modes[name as keyof Seen['modes']]}`);
	return wrong;
};

/** Resolves when both oracles agree with the page; throws what is wrong when they don't in time. */
export const expectEqual = async (page: Page, truth: Truth, attach: () => FreshClient, patience: number): Promise<void> => {
	let fresh: FreshClient | undefined;
	let over = false;
	const deadline = setTimeout(() => {
		over = true;
	}, patience);
	try {
		for (;;) {
			const seen = seenOn(page.terminal);
			const { columns, rows } = page.size;
			const wrong = await truth.differences(seen);
			if (page.terminal.cols !== columns || page.terminal.rows !== rows)
				wrong.push(`it is ${page.terminal.cols} columns and ${page.terminal.rows} rows instead of ${columns} and ${rows}`);
			// Only a screen that tmux agrees with is worth a second opinion.
			if (wrong.length === 0) {
				fresh ??= attach();
				wrong.push(...fromFresh(seen, fresh.seen()));
			}
			if (wrong.length === 0) return;
			if (over) throw new WrongScreen(wrong, page.lines());
			await page.change();
		}
	} finally {
		clearTimeout(deadline);
		await fresh?.leave();
	}
};
