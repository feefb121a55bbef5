/** What runs in the terminal while the relay is measured, and how its screen tells how far it has come. */
import { type Key, typeFor } from './keys.ts';

export interface Workload {
	name: 'typing' | 'editor' | 'spinner' | 'install' | 'flood';
	/** What is typed while it is measured; none: it is only watched. */
	keys(ms: number): Key[];
	/** A number that rises with what is printed, out of the screen's lines; -1 where nothing says so. */
	progress(lines: readonly string[]): number;
	/** times fewer metered messages than the naive way, at the least */
	fewer?: number;
}

const watched = (): Key[] => [];
const largest = (lines: readonly string[], sign: RegExp): number =>
	Math.max(-1, ...lines.flatMap((line) => [...line.matchAll(sign)].map((found) => Number(found[1]))));
const ended = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith(theEnd));

/** what each prints at last */
export const theEnd = 'the end of it';
/** of the file that `flood` shows */
export const numberedLine = (number: number): string =>
	`${String(number).padStart(9, '0')} ${'the quick brown fox jumps over the lazy dog '.repeat(2).slice(0, 89)}\n`;

const numbered =
	(sign: RegExp): Workload['progress'] =>
	(lines) =>
		ended(lines) ? Number.POSITIVE_INFINITY : largest(lines, sign);

export const workloads: readonly Workload[] = [
	{
		name: 'typing',
		keys: typeFor,
		progress: (lines) => {
			if (ended(lines)) return Number.POSITIVE_INFINITY;
			const last = lines.findLast((line) => line.startsWith('> ')) ?? '> ';
			return largest(lines, /^#(\d+)$/g) + last.length;
		},
	},
	{ name: 'editor', keys: typeFor, progress: numbered(/-- INSERT -- #(\d+)/g) },
	{ name: 'spinner', keys: watched, progress: numbered(/frame #(\d+)/g), fewer: 3.5 },
	{ name: 'install', keys: watched, progress: numbered(/\(#(\d+)\)/g), fewer: 10 },
	{
		name: 'flood',
		keys: watched,
		fewer: 100,
		progress: (lines) => {
			if (ended(lines)) return Number.POSITIVE_INFINITY;
			return lines.some((line) => line.startsWith('after the file')) ? Number.MAX_SAFE_INTEGER : largest(lines, /^(\d{9}) /g);
		},
	},
];
