/** Bytes of one page before they repeat: each says by itself whose it is and which, so that none can be torn. */
export const cycle = 31;
const firstByte = 0x20;

/** A page's byte by its number, from 0. */
export const byteOf = (index: number, number: number): number => firstByte + index * cycle + (number % cycle);

export const readByte = (byte: number): { index: number; number: number } => ({
	index: Math.floor((byte - firstByte) / cycle),
	number: (byte - firstByte) % cycle,
});
