/** What others write for the agent to read. */
import { lstat, readFile } from 'node:fs/promises';

/** The text of a file of at most so many bytes; undefined when there is none. A link or a pipe might never end, and all senses with it: neither is read. */
export const readPlainFile = async (path: string, largest: number): Promise<string | undefined> => {
	const seen = await lstat(path).catch(() => undefined);
	if (!seen?.isFile() || seen.size > largest) return undefined;
	return readFile(path, 'utf8').catch(() => undefined);
};
