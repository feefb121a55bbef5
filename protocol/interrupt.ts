/** Ctrl-C, Ctrl-Z and Ctrl-\: what a terminal makes signals of, and with which somebody wants a program to stop now. */
const interrupting: readonly number[] = [0x03, 0x1a, 0x1c];

export const interrupts = (bytes: Uint8Array): boolean => bytes.some((byte) => interrupting.includes(byte));
