/** What runs in the terminal while the relay is measured, and how its screen tells how far it has come. */
import { type Key, typeFor } from './keys.ts';

export interface Workload {
	name: 'typing' | 'editor' | 'spinner' | 'install' | 'flood';
	/** What is typed while it is measured; none: it is only watched. */
	keys(ms: number): Key[];
	/** how often it goes on for a moment after a rest, so that there are ends to be right after */
	ends: number;
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

const numbered =
	(sign: RegExp): Workload['progress'] =>
	(lines) =>
		ended(lines) ? Number.POSITIVE_INFINITY : largest(lines, sign);

/** parts of `flood`: yes, the file, yes */
const part = 1e12;
const turn = 1e9;

export const workloads: readonly Workload[] = [
	{
		name: 'typing',
		keys: typeFor,
		ends: 0,
		progress: (lines) => {
			if (ended(lines)) return Number.POSITIVE_INFINITY;
			const last = lines.findLast((line) => line.startsWith('> ')) ?? '> ';
			return largest(lines, /^#(\d+)$/g) + last.length;
		},
	},
	{ name: 'editor', keys: typeFor, ends: 0, progress: numbered(/-- INSERT -- #(\d+)/g) },
	{ name: 'spinner', keys: watched, ends: 5, progress: numbered(/frame #(\d+)/g), fewer: 3.5 },
	{ name: 'install', keys: watched, ends: 5, progress: numbered(/\(#(\d+)\)/g), fewer: 10 },
	{
		name: 'flood',
		keys: watched,
		ends: 5,
		fewer: 100,
		progress: (lines) => {
			if (ended(lines)) return Number.POSITIVE_INFINITY;
			const again = lines
				.map((line) => /^again (\d)\.(\d+)\.(\d+) /.exec(line))
				.map((found) => (found ? Number(found[1]) * part + Number(found[2]) * turn + Number(found[3]) : -1));
			const number = largest(lines, /^(\d{9}) /g);
			return Math.max(...again, number < 0 ? -1 : part + number);
		},
	},
];
