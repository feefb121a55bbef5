/** tmux's own screen: each pane of the window that is shown, in its place. */

import { cellsOf } from './capture.ts';
import { type Cell, type Seen, sameCell } from './cells.ts';
import type { Questions } from './questions.ts';

interface Pane {
	id: string;
	active: boolean;
	left: number;
	top: number;
	columns: number;
	rows: number;
	/** '' or what lies over the pane: copy-mode, tree-mode ... */
	mode: string;
	/** lines that are scrolled back */
	scrolled: number;
	cursor: { x: number; y: number };
	showCursor: boolean;
	mouseAll: boolean;
}

/** its window has one pane in view, though it has more */
const zoomed = '#{window_zoomed_flag}';
const format = [
	'#{pane_id}',
	'#{pane_active}',
	'#{pane_left}',
	'#{pane_top}',
	'#{pane_width}',
	'#{pane_height}',
	'#{pane_mode}',
	'#{scroll_position}',
	'#{?pane_in_mode,#{copy_cursor_x},#{cursor_x}}',
	'#{?pane_in_mode,#{copy_cursor_y},#{cursor_y}}',
	'#{cursor_flag}',
	'#{mouse_all_flag}',
	zoomed,
].join('|');

const paneOf = (line: string): Pane & { zoomed: boolean } => {
	const [id = '', active, left, top, columns, rows, mode = '', scrolled, x, y, cursor, mouse, zoom] = line.split('|');
	return {
		id,
		active: active === '1',
		left: Number(left),
		top: Number(top),
		columns: Number(columns),
		rows: Number(rows),
		mode,
		scrolled: Number(scrolled || 0),
		cursor: { x: Number(x), y: Number(y) },
		showCursor: cursor === '1',
		mouseAll: mouse === '1',
		zoomed: zoom === '1',
	};
};

/** cells at the right end of a pane's first row over which copy mode writes where it is */
const indicator = 24;

const show = ({ text, width, fg, bg, attributes }: Cell): string => `${JSON.stringify(text)} ${width} ${fg}/${bg}${attributes && ` ${attributes}`}`;

export const differences = (
	what: string,
	of: { expected: Cell[][]; seen: Cell[][]; left?: number; top?: number; spared?: (x: number, y: number) => boolean },
): string[] => {
	const { expected, seen, left = 0, top = 0, spared } = of;
	return expected.flatMap((row, y) =>
		row.flatMap((cell, x) => {
			const there = seen[top + y]?.[left + x];
			if (spared?.(x, y)) return [];
			if (!there) return [`${what}: no cell at ${left + x},${top + y}`];
			return sameCell(cell, there) ? [] : [`${what}: at ${left + x},${top + y} ${show(there)} instead of ${show(cell)}`];
		}),
	);
};

/** Letters where tmux has none: behind the end of a captured row. */
const blanks = (expected: Cell[][], seen: Seen, { left, top, columns, mode }: Pane): string[] =>
	expected.flatMap((row, y) => {
		const behind = seen.rows[top + y]?.slice(left + row.length, left + columns) ?? [];
		const at = behind.findIndex(({ text }) => text !== ' ');
		return at < 0 || (mode !== '' && y === 0)
			? []
			: [`the pane: at ${left + row.length + at},${top + y} ${JSON.stringify(behind[at]?.text)} instead of nothing`];
	});

export const createTruth = (questions: Questions) => {
	const { ask } = questions;

	const differencesIn = async (pane: Pane, seen: Seen): Promise<string[]> => {
		// A list of windows, a clock: only another client can say how that looks.
		if (pane.mode !== '' && pane.mode !== 'copy-mode') return [];
		const range = pane.scrolled > 0 ? ` -S -${pane.scrolled} -E ${pane.rows - 1 - pane.scrolled}` : '';
		const expected = cellsOf(await ask(`capture-pane -p -e -N${range} -t ${pane.id}`), pane.rows);
		const spared = (x: number, y: number): boolean => pane.mode !== '' && y === 0 && x >= pane.columns - indicator;
		const wrong = blanks(expected, seen, pane);
		wrong.push(...differences('the pane', { expected, seen: seen.rows, left: pane.left, top: pane.top, spared }));
		if (!pane.active) return wrong;
		const cursor = { x: pane.left + Math.min(pane.cursor.x, pane.columns - 1), y: pane.top + pane.cursor.y };
		if (pane.mode === '' && seen.modes.showCursor !== pane.showCursor) wrong.push(`the cursor is ${pane.showCursor ? 'hidden' : 'shown'}`);
		if (seen.modes.showCursor && (cursor.x !== seen.cursor.x || cursor.y !== seen.cursor.y))
			wrong.push(`the cursor is at ${seen.cursor.x},${seen.cursor.y} instead of ${cursor.x},${cursor.y}`);
		return wrong;
	};

	return {
		ask,
		/** In what a terminal that shows the session differs from tmux; nothing when it is right. */
		async differences(seen: Seen): Promise<string[]> {
			const all = (await ask(`list-panes -t main -F '${format}'`)).map(paneOf);
			const panes = all.filter(({ zoomed, active }) => active || !zoomed);
			const wrong = (await Promise.all(panes.map((pane) => differencesIn(pane, seen)))).flat();
			// With tmux's own mouse on, its clients report drags, and every move where a program in view wants that.
			const mouse = panes.some(({ mouseAll }) => mouseAll) ? 'any' : 'drag';
			if (seen.modes.mouse !== mouse) wrong.push(`mouse reports are ${seen.modes.mouse} instead of ${mouse}`);
			if (seen.modes.synchronized) wrong.push('the screen is held back: a synchronized update has no end');
			if (seen.modes.buffer !== 'alternate') wrong.push('it is not the screen that tmux draws on');
			return wrong;
		},
	};
};
export type Truth = ReturnType<typeof createTruth>;
