/**
 * What `capture-pane -p -e -N` prints, as cells. Read by hand and not by a terminal emulator: the emulator under test would make the same mistake
 * twice. How wide a letter is, is known of each that a schedule prints (`letters.ts`): tmux 3.3a itself hangs when it is asked about some.
 */
import { widthOf } from '../programs/letters.ts';
import { type Cell, rgb } from './cells.ts';

/** What a UTF-8 client of tmux gets for the letters of the line drawing set. */
const lineDrawing = new Map(
	Object.entries({
		'`': '◆',
		a: '▒',
		f: '°',
		g: '±',
		h: '␤',
		i: '␋',
		j: '┘',
		k: '┐',
		l: '┌',
		m: '└',
		n: '┼',
		o: '⎺',
		p: '⎻',
		q: '─',
		r: '⎼',
		s: '⎽',
		t: '├',
		u: '┤',
		v: '┴',
		w: '┬',
		x: '│',
		y: '≤',
		z: '≥',
		'{': 'π',
		'|': '≠',
		'}': '£',
		'~': '·',
		'+': '→',
		',': '←',
		'-': '↑',
		'.': '↓',
		'0': '▮',
	}),
);

const names: Record<number, string> = { 1: 'bold', 2: 'dim', 3: 'italic', 5: 'blink', 7: 'inverse', 8: 'hidden', 9: 'struck', 53: 'over' };
const order = ['bold', 'dim', 'italic', 'blink', 'inverse', 'hidden', 'struck', 'over'];

interface Pen {
	on: Set<string>;
	underline: number;
	fg: string;
	bg: string;
}

const colourAt = (codes: number[], at: number): { colour: string; used: number } =>
	codes[at] === 5
		? { colour: `p${codes[at + 1]}`, used: 2 }
		: { colour: rgb(((codes[at + 1] ?? 0) << 16) | ((codes[at + 2] ?? 0) << 8) | (codes[at + 3] ?? 0)), used: 4 };

const apply = (pen: Pen, text: string): void => {
	const parts = (text || '0').split(';');
	const codes = parts.map((part) => Number.parseInt(part, 10) || 0);
	for (let at = 0; at < codes.length; at++) {
		const code = codes[at] as number;
		// 3.3a writes 53 as if it were a kind of 5.
		const name = parts[at] === '5:3' ? 'over' : names[code];
		if (code === 0) Object.assign(pen, { on: new Set(), underline: 0, fg: 'default', bg: 'default' });
		else if (name) pen.on.add(name);
		else if (code === 4) pen.underline = Number(parts[at]?.split(':')[1] ?? 1);
		else if (code === 21) pen.underline = 2;
		else if (code === 38 || code === 48 || code === 58) {
			// 58 (the underline's colour) may come with colons, in one part.
			if (parts[at]?.includes(':')) continue;
			const { colour, used } = colourAt(codes, at + 1);
			at += used;
			if (code === 38) pen.fg = colour;
			if (code === 48) pen.bg = colour;
		} else if (code === 39) pen.fg = 'default';
		else if (code === 49) pen.bg = 'default';
		else if (code >= 30 && code <= 37) pen.fg = `p${code - 30}`;
		else if (code >= 40 && code <= 47) pen.bg = `p${code - 40}`;
		else if (code >= 90 && code <= 97) pen.fg = `p${code - 82}`;
		else if (code >= 100 && code <= 107) pen.bg = `p${code - 92}`;
		else if (code !== 59) throw new Error(`capture-pane prints an attribute that is not known here: ${text}`);
	}
};

const attributesOf = (pen: Pen): string =>
	[...order.filter((name) => pen.on.has(name)), ...(pen.underline > 0 ? [`underline ${pen.underline}`] : [])].join(' ');

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const token = /\x1b\[([\d;:]*)m|\x0e|\x0f|./gu;

const zeroWidthJoiner = '\u200d';

/** Rows of a pane; the pen goes on from row to row. A row may end early: what follows is blank, but 3.3a doesn't tell its background. */
export const cellsOf = (lines: readonly string[], rows: number): Cell[][] => {
	const pen: Pen = { on: new Set(), underline: 0, fg: 'default', bg: 'default' };
	let drawing = false;
	return Array.from({ length: rows }, (_, y) => {
		const row: Cell[] = [];
		let joins = false;
		for (const [one, codes] of (lines[y] ?? '').matchAll(token)) {
			if (codes !== undefined) apply(pen, codes);
			else if (one === '\x0e' || one === '\x0f') drawing = one === '\x0e';
			else {
				const width = widthOf(one);
				const before = row.findLast((cell) => cell.width > 0);
				if (before && (width === 0 || joins)) before.text += one;
				else {
					const text = drawing ? (lineDrawing.get(one) ?? one) : one;
					const cell = { text, width, fg: pen.fg, bg: pen.bg, attributes: attributesOf(pen) };
					row.push(cell);
					if (width === 2) row.push({ ...cell, text: ' ', width: 0 });
				}
				joins = one === zeroWidthJoiner;
			}
		}
		return row;
	});
};
