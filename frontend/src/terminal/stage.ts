/**
 * Where the terminal stands on the page: how many cells fit, how the agent's grid is shown when another device set it, and what
 * moves when a touch keyboard covers the lower part.
 */
import { type Clock, createTimer } from '../stream/clock.ts';
import type { Screen, Size } from '../stream/screen.ts';
import { type Box, cellsIn, fontSizeFor } from './fit.ts';
import { createXterm, type Xterm, type XtermOptions } from './xterm.ts';

export interface StageOptions extends Omit<XtermOptions, 'onMove' | 'onCell'> {
	clock: Clock;
	/** the box that the terminal may fill; its parent is what is visible of it */
	frame: HTMLElement;
	/** `wish` is another one, and has been for a moment */
	onSize: () => void;
	/** whether the grid is another device's */
	onForeign: (foreign: boolean) => void;
	/** CSS pixels by which the rows must be moved up for the cursor's row to be visible */
	onShift: (pixels: number) => void;
}

export interface Stage extends Pick<Xterm, 'textLines' | 'focus' | 'paste' | 'key' | 'setScreenReader'> {
	screen: Screen;
	/** as many cells as fit on this device at the user's own font size */
	wish(): Size;
	setFontSize(pixels: number): void;
	/** a keyboard covers so many CSS pixels at the lower edge */
	cover(pixels: number): void;
	dispose(): void;
}

/** ms that the window must keep its size before the agent hears of it */
const settleMs = 150;
/** ms that the agent's grid may differ from what fits before the letters shrink: it takes a moment to follow a resize of ours */
const followMs = 1_000;

const innerBox = (frame: HTMLElement): Box => {
	const style = getComputedStyle(frame);
	const inner = (whole: number, ...paddings: string[]) => paddings.reduce((rest, padding) => rest - Number.parseFloat(padding), whole);
	return {
		width: inner(frame.clientWidth, style.paddingLeft, style.paddingRight),
		height: inner(frame.clientHeight, style.paddingTop, style.paddingBottom),
	};
};

export const createStage = (options: StageOptions): Stage => {
	const { frame, clock } = options;
	const settle = createTimer(clock);
	const scale = createTimer(clock);
	let grid: Size | undefined;
	let wish: Size = { columns: 80, rows: 24 };
	let fontSize = options.fontSize;
	/** what `fontSize` had to become for the agent's grid to fit */
	let shownFontSize = fontSize;
	/** a cell at the user's own font size; measured, since cells don't grow evenly with their letters */
	let own: (Box & { pixelRatio: number }) | undefined;
	let covered = 0;

	const follow = () => {
		const lowest = frame.clientHeight - covered;
		const cursor = options.host.offsetTop + xterm.cursorBottom();
		options.onShift(covered === 0 ? 0 : Math.max(0, Math.min(covered, Math.ceil(cursor - lowest))));
	};
	const xterm = createXterm({ ...options, onMove: () => follow(), onCell: () => layout() });

	const setShownFontSize = (pixels: number) => {
		if (pixels === shownFontSize) return;
		shownFontSize = pixels;
		xterm.setFontSize(pixels);
	};
	const measure = (): { box: Box; cell: Box } | undefined => {
		const shown = xterm.cell();
		const box = innerBox(frame);
		if (!shown || box.width <= 0 || box.height <= 0) return undefined;
		const pixelRatio = window.devicePixelRatio;
		if (shownFontSize === fontSize) own = { ...shown, pixelRatio };
		const toOwn = fontSize / shownFontSize;
		return { box, cell: own?.pixelRatio === pixelRatio ? own : { width: shown.width * toOwn, height: shown.height * toOwn } };
	};
	const scaleToGrid = () => {
		const space = measure();
		if (!space) return;
		setShownFontSize(fontSizeFor(grid ?? wish, space.box, space.cell, fontSize));
		options.onForeign(grid !== undefined && (grid.columns !== wish.columns || grid.rows !== wish.rows));
		follow();
	};
	const layout = () => {
		const space = measure();
		if (!space) return;
		const next = cellsIn(space.box, space.cell);
		if (next.columns !== wish.columns || next.rows !== wish.rows) {
			wish = next;
			settle.set(settleMs, options.onSize);
		}
		if (grid) scale.set(followMs, scaleToGrid);
		else xterm.resize(wish);
		follow();
	};
	const setGrid = (size: Size) => {
		grid = size;
		scale.clear();
		scaleToGrid();
	};

	layout();
	const observer = new ResizeObserver(layout);
	observer.observe(frame);

	return {
		...xterm,
		screen: {
			begin: (size, bytes, shown) => {
				xterm.screen.begin(size, bytes, shown);
				setGrid(size);
			},
			write: xterm.screen.write,
		},
		wish: () => wish,
		setFontSize: (pixels) => {
			fontSize = pixels;
			shownFontSize = pixels;
			own = undefined;
			xterm.setFontSize(pixels);
		},
		cover: (pixels) => {
			covered = pixels;
			follow();
		},
		dispose: () => {
			settle.clear();
			scale.clear();
			observer.disconnect();
			xterm.dispose();
		},
	};
};
