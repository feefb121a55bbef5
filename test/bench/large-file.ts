/** A large file of text whose lines tell their number. */
import { closeSync, openSync, writeSync } from 'node:fs';

const words = 'lib module function error return value stream index buffer signal config render parse token socket thread kernel memory'.split(' ');

/** 100 bytes; no two alike */
const numberedLine = (number: number): string => {
	let state = (number + 1) * 48_271;
	const text: string[] = [];
	for (let length = 0; length < 89; length += (text.at(-1) ?? '').length + 1) {
		state = (state * 48_271) % 2_147_483_647;
		text.push(state % 3 === 0 ? state.toString(36) : (words[state % words.length] as string));
	}
	return `${String(number).padStart(9, '0')} ${text.join(' ').slice(0, 89)}\n`;
};

const block = 10_000;

/** @param bytes at least */
export const writeLargeFile = (path: string, bytes: number): void => {
	const file = openSync(path, 'w', 0o644);
	for (let line = 0, written = 0; written < bytes; line += block)
		written += writeSync(file, Buffer.from(Array.from({ length: block }, (_, at) => numberedLine(line + at)).join('')));
	closeSync(file);
};
