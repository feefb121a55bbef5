/**
 * How many columns a letter takes: as many as tmux takes it to have, or everything behind it in its row is in the wrong place. tmux asks the image's
 * C library (glibc 2.36, Unicode 15); xterm.js knows Unicode 11, and nothing of letters that a zero width joiner makes one of.
 */
import { Unicode11Addon } from '@xterm/addon-unicode11';
import type { IUnicodeVersionProvider, Terminal } from '@xterm/xterm';

/** Where glibc 2.36 says something else than xterm.js does of Unicode 11, by columns: first and last of each range. */
const ranges: readonly (readonly [columns: 0 | 1 | 2, bounds: readonly number[]])[] = [
	[
		0,
		[
			0x0898, 0x089f, 0x08ca, 0x08d2, 0x0b55, 0x0b55, 0x0c3c, 0x0c3c, 0x0d81, 0x0d81, 0x180f, 0x180f, 0x1abf, 0x1ace, 0x1dfa, 0x1dfa, 0xa82c, 0xa82c,
			0xd7b0, 0xd7fb, 0x10eab, 0x10eac, 0x10f82, 0x10f85, 0x11070, 0x11070, 0x11073, 0x11074, 0x110c2, 0x110c2, 0x111cf, 0x111cf, 0x1193b, 0x1193c,
			0x1193e, 0x1193e, 0x11943, 0x11943, 0x16fe4, 0x16fe4, 0x1cf00, 0x1cf46, 0x1e2ae, 0x1e2ae,
		],
	],
	[
		1,
		[
			0x0600, 0x0605, 0x06dd, 0x06dd, 0x070f, 0x070f, 0x08e2, 0x08e2, 0x1734, 0x1734, 0x110bd, 0x110bd, 0x110cd, 0x110cd, 0x1f93b, 0x1f93b, 0x1f946,
			0x1f946,
		],
	],
	[2, [0x31bb, 0x4dff, 0x16ff0, 0x1b122, 0x1f6d6, 0x1f6df, 0x1f6fb, 0x1f6fc, 0x1f7f0, 0x1f7f0, 0x1f90c, 0x1f90c, 0x1f972, 0x1f9cc, 0x1fa74, 0x1faf6]],
];

const differs = new Map<number, 0 | 1 | 2>();
for (const [columns, bounds] of ranges)
	for (let at = 0; at < bounds.length; at += 2)
		for (let letter = bounds[at] as number; letter <= (bounds[at + 1] as number); letter++) differs.set(letter, columns);

const zeroWidthJoiner = 0x200d;

/** What xterm.js keeps of the letter before: whether the next one joins it, its columns, and whether it joined the one before it. */
const properties = (joinsNext: boolean, columns: number, joined: boolean): number => (Number(joinsNext) << 3) | (columns << 1) | Number(joined);
const columnsOf = (value: number): number => (value >> 1) & 3;
const joinsNext = (value: number): boolean => value >> 3 === 1;

const unicode11 = (): IUnicodeVersionProvider => {
	let provider: IUnicodeVersionProvider | undefined;
	const register = (one: IUnicodeVersionProvider): void => {
		provider = one;
	};
	new Unicode11Addon().activate({ unicode: { register } } as unknown as Terminal);
	return provider as unknown as IUnicodeVersionProvider;
};

export const letterWidth = (): IUnicodeVersionProvider => {
	const base = unicode11();
	const wcwidth = (letter: number): 0 | 1 | 2 => (letter < 0x300 ? base.wcwidth(letter) : (differs.get(letter) ?? base.wcwidth(letter)));
	return {
		version: 'tmux',
		wcwidth,
		charProperties: (letter, preceding) => {
			const columns = wcwidth(letter);
			const before = columnsOf(preceding);
			const joins = before > 0 && (columns === 0 || joinsNext(preceding));
			return properties(joins && letter === zeroWidthJoiner, joins ? before : columns, joins);
		},
	};
};
