import { expect, test } from 'vitest';
import { type Emulator, screenOf } from '../../../frontend/src/terminal/emulator.ts';

test('[P8] what is large is written in slices, between which the page does other things; it is shown when the last of them is', () => {
	const written: { bytes: Uint8Array; done: (() => void) | undefined }[] = [];
	const emulator = { write: (bytes: Uint8Array, done?: () => void) => written.push({ bytes, done }) } as Partial<Emulator> as Emulator;
	const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
	const shown = () => undefined;
	screenOf(emulator).write(bytes, shown);
	expect(Buffer.concat(written.map((one) => one.bytes)).equals(bytes)).toBe(true);
	expect(Math.max(...written.map((one) => one.bytes.length))).toBeLessThanOrEqual(8 * 1024);
	expect(written.map(({ done }) => done)).toEqual([...written.slice(1).map(() => undefined), shown]);
});

test('[P8] a slice ends before a sequence, so that no character is cut', () => {
	const written: string[] = [];
	const emulator = { write: (bytes: Uint8Array) => written.push(Buffer.from(bytes).toString()) } as Partial<Emulator> as Emulator;
	const line = `\x1b[1m${'👩‍🚀'.repeat(30)}\x1b[m\n`;
	screenOf(emulator).write(Buffer.from(line.repeat(200)), () => undefined);
	expect(written.length).toBeGreaterThan(1);
	expect(written.slice(1).filter((text) => !text.startsWith('\x1b'))).toEqual([]);
	expect(written.join('')).toBe(line.repeat(200));
});
