/** Files of the state folder: written whole or not at all, and only the owner's. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Replaces the file in one step, mode 0600: a reader, or the next start after a kill, sees the old text or the new one. */
export const writeWhole = (file: string, text: string): void => {
	const next = `${file}.next`;
	writeFileSync(next, text, { mode: 0o600 });
	renameSync(next, file);
};

/** A stand-in's state in one file. What an earlier version of this software wrote in another form is refused, not guessed at. */
export interface Kept<T> {
	readonly state: T;
	save(): void;
}

/** @throws when the file is of another format */
export const keepState = <T extends { format: number }>(file: string, empty: T): Kept<T> => {
	const state: T = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : empty;
	if (state.format !== empty.format)
		throw new Error(`${file} was written by another version of ShellPod (format ${state.format}, not ${empty.format})`);
	let written = '';
	return {
		state,
		save: () => {
			const text = JSON.stringify(state);
			if (text !== written) writeWhole(file, text);
			written = text;
		},
	};
};
