/** A screen as what a person sees of it: a letter, its width, its colours and its attributes per cell; a cursor; modes that decide what keys and a mouse say. */
import type { IBufferCell, Terminal } from '@xterm/headless';

export interface Cell {
	/** a blank is a space */
	text: string;
	/** 2 for a wide one, 0 for what stands under its right half */
	width: number;
	/** `default`, `p4` of the 256, or `#0a0b0c` */
	fg: string;
	bg: string;
	/** bold, dim, italic, blink, inverse, hidden, struck, over, underline with its style and colour: what is on, in this order */
	attributes: string;
}

export const blank: Cell = { text: ' ', width: 1, fg: 'default', bg: 'default', attributes: '' };

export const rgb = (value: number): string => `#${value.toString(16).padStart(6, '0')}`;

const cellOf = (cell: IBufferCell): Cell => {
	const line = cell.isUnderline() ? cell.getUnderlineStyle() : 0;
	const attributes = [
		cell.isBold() && 'bold',
		cell.isDim() && 'dim',
		cell.isItalic() && 'italic',
		cell.isBlink() && 'blink',
		cell.isInverse() && 'inverse',
		cell.isInvisible() && 'hidden',
		cell.isStrikethrough() && 'struck',
		cell.isOverline() && 'over',
		line > 0 && `underline ${line}`,
	];
	return {
		text: cell.getChars() || ' ',
		width: cell.getWidth(),
		fg: cell.isFgRGB() ? rgb(cell.getFgColor()) : cell.isFgPalette() ? `p${cell.getFgColor()}` : 'default',
		bg: cell.isBgRGB() ? rgb(cell.getBgColor()) : cell.isBgPalette() ? `p${cell.getBgColor()}` : 'default',
		attributes: attributes.filter(Boolean).join(' '),
	};
};

export interface Seen {
	rows: Cell[][];
	cursor: { x: number; y: number };
	modes: {
		showCursor: boolean;
		applicationCursorKeys: boolean;
		applicationKeypad: boolean;
		bracketedPaste: boolean;
		mouse: string;
		focus: boolean;
		insert: boolean;
		origin: boolean;
		wraparound: boolean;
		synchronized: boolean;
		/** tmux clients draw on the other screen: the page's own has nothing */
		buffer: string;
	};
}

/** What a terminal shows now. */
export const seenOn = (terminal: Terminal): Seen => {
	const { active } = terminal.buffer;
	const rows = Array.from({ length: terminal.rows }, (_, y) => {
		const line = active.getLine(active.viewportY + y);
		return Array.from({ length: terminal.cols }, (_, x) => {
			const cell = line?.getCell(x);
			return cell ? cellOf(cell) : blank;
		});
	});
	const { modes } = terminal;
	return {
		rows,
		// After a letter in the last column it stands behind the row until the next one comes.
		cursor: { x: Math.min(active.cursorX, terminal.cols - 1), y: active.cursorY },
		modes: {
			showCursor: modes.showCursor,
			applicationCursorKeys: modes.applicationCursorKeysMode,
			applicationKeypad: modes.applicationKeypadMode,
			bracketedPaste: modes.bracketedPasteMode,
			mouse: modes.mouseTrackingMode,
			focus: modes.sendFocusMode,
			insert: modes.insertMode,
			origin: modes.originMode,
			wraparound: modes.wraparoundMode,
			synchronized: modes.synchronizedOutputMode,
			buffer: active.type,
		},
	};
};

/** Only what can be seen counts: a colour of letters where there is no letter can't, unless it is shown as something else. */
const visible = ({ text, width, fg, bg, attributes }: Cell): string => {
	// What stands under a wide letter's right half is that letter's.
	if (width === 0) return 'half';
	const letterless = text === ' ' && !/inverse|underline|struck|over/.test(attributes);
	const kept = text === ' ' ? attributes.replaceAll(/\b(bold|dim|italic|blink|hidden)\b ?/g, '').trim() : attributes;
	return JSON.stringify([text, width, letterless ? '' : fg, bg, kept]);
};

export const sameCell = (a: Cell, b: Cell): boolean => visible(a) === visible(b);
