/** Files of the state folder: written whole or not at all, and only the owner's. */
import { renameSync, writeFileSync } from 'node:fs';

/** Replaces the file in one step, mode 0600: a reader, or the next start after a kill, sees the old text or the new one. */
export const writeWhole = (file: string, text: string): void => {
	const next = `${file}.next`;
	writeFileSync(next, text, { mode: 0o600 });
	renameSync(next, file);
};
