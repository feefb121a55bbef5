/** What happened, line by line: all of it in a hash, the last of it to be read. */
import { createHash } from 'node:crypto';

export interface Trace {
	add(line: string): void;
	/** sha256 of every line so far, hexadecimal; nothing can be added afterwards */
	hash(): string;
	/** the last lines, the oldest first */
	last(): string[];
}

/** characters that are hashed at once */
const block = 1 << 16;

/** @param onLine gets every line */
export const createTrace = (onLine?: (line: string) => void, kept = 400): Trace => {
	const digest = createHash('sha256');
	const ring: string[] = [];
	let next = 0;
	let unhashed = '';
	return {
		add: (line) => {
			onLine?.(line);
			ring[next] = line;
			next = (next + 1) % kept;
			unhashed += `${line}\n`;
			if (unhashed.length < block) return;
			digest.update(unhashed);
			unhashed = '';
		},
		hash: () => digest.update(unhashed).digest('hex'),
		last: () => [...ring.slice(next), ...ring.slice(0, next)],
	};
};
