/** What the stream writes to, and its size. */

export interface Size {
	columns: number;
	rows: number;
}

export const isSame = (a: Size, b: Size): boolean => a.columns === b.columns && a.rows === b.rows;

/** Where the output goes. `shown` is called when the bytes are on the screen. */
export interface Screen {
	/** Forgets what was there and begins with these bytes, in one step: the old screen is visible until the new one is. */
	begin(size: Size, bytes: Uint8Array, shown: () => void): void;
	write(bytes: Uint8Array, shown: () => void): void;
}
