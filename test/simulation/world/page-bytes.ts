/** Bytes of one page before they repeat: each says by itself whose it is and which, so that none can be torn. */
const cycle = 31;
const firstByte = 0x20;
/** Ctrl-C, Ctrl-Z, Ctrl-\\: each page has its own */
const interrupts = [0x03, 0x1a, 0x1c] as const;

/** A page's byte by its number, from 0. */
export const byteOf = (index: number, number: number): number => firstByte + index * cycle + (number % cycle);

/** With which a page wants the program to stop now. */
export const interruptOf = (index: number): number => interrupts[index] ?? interrupts[0];

/** Which page typed it. */
export const indexOf = (byte: number): number =>
	byte < firstByte ? (interrupts as readonly number[]).indexOf(byte) : Math.floor((byte - firstByte) / cycle);
