/** How many cells fit, and how small the letters must be for another device's grid to fit. Pure. */
import { grid } from '@shellpod/protocol/limits.ts';
import type { Size } from '../stream/screen.ts';

export interface Box {
	width: number;
	height: number;
}

/** CSS pixels; with smaller letters there is nothing to see, so a larger grid is moved under the view instead */
export const minFontSize = 6;

const between = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

export const cellsIn = (box: Box, cell: Box): Size => ({
	columns: between(Math.floor(box.width / cell.width), grid.minColumns, grid.maxColumns),
	rows: between(Math.floor(box.height / cell.height), grid.minRows, grid.maxRows),
});

/** The largest font size in half pixels, at most `fontSize`, at which `size` cells fit into the box; `cell` is a cell at `fontSize`. */
export const fontSizeFor = (size: Size, box: Box, cell: Box, fontSize: number): number => {
	const scale = Math.min(1, box.width / (size.columns * cell.width), box.height / (size.rows * cell.height));
	return scale === 1 ? fontSize : Math.max(Math.min(minFontSize, fontSize), Math.floor(fontSize * scale * 2) / 2);
};
