/** Full-screen programs that wait for keys. */
import { type Deed, type Dice, type Program, times } from './program.ts';

const up = '\x1b[A';
const down = '\x1b[B';
const right = '\x1b[C';
const left = '\x1b[D';
const pageUp = '\x1b[5~';
const pageDown = '\x1b[6~';

const text = (dice: Dice, lines: number): string =>
	times(lines, (line) => {
		const words = times(dice.upTo(14), () =>
			dice.pick(['const', 'été', '世界', '\tif (x)', '→', 'lorem', 'ipsum-dolor', '{', '}', '🙂', '0xff', '─┬─']),
		);
		return `${line + 1} ${words.join(' ')}\n`;
	}).join('');

const typed = (keys: readonly string[]): Deed[] => keys.map((type) => ({ type }));

export const editors: readonly Program[] = [
	{
		name: 'vim',
		package: 'vim',
		files: (dice) => ({ 'text.c': text(dice, 400) }),
		start: { command: 'vim -u NONE -N --cmd "set number ruler noswapfile" -c "syntax on" text.c', shows: '1,1' },
		bout: (dice) =>
			typed(
				times(3 + dice.upTo(6), () =>
					dice.pick([
						'\x06',
						'\x02\x02',
						'\x04',
						'G',
						'gg',
						`${1 + dice.upTo(300)}G`,
						'10dd',
						'yy5p',
						'u',
						':vsplit\r',
						':split\r',
						'\x17w',
						'\x17o',
						':set invlist\r',
						':set invwrap\r',
						`O${dice.pick(['世界 ', 'naïve ', '\t'])}${dice.word()}\x1c\x0e`,
						'V5j>',
						':%s/lorem/LOREM/e\r\r',
						'zz',
						'zt',
						'/世界\r',
						'n',
						':set hlsearch\r',
						':set invcursorline\r',
						'\x0c',
					]),
				),
			),
		say: (word) => typed([`\x1c\x0e\x0c:let &ls=2|let &stl="${word.slice(0, 2)}"."${word.slice(2)}"\r`]),
	},
	{
		name: 'less',
		package: 'less',
		files: (dice) => ({ 'text.txt': text(dice, 900) }),
		start: { command: 'less text.txt', shows: 'text.txt' },
		bout: (dice) =>
			typed([
				'\x15\x7f',
				...times(3 + dice.upTo(8), () =>
					dice.pick([' ', 'b', 'd', 'u', 'g', 'G', '5j', '3k', '-S\r', '-N\r', right, left, `${dice.upTo(800)}g`, '\x0c']),
				),
			]),
		// Its search; the next bout takes it back.
		say: (word) => typed([`/${word}`]),
	},
	{
		name: 'nano',
		package: 'nano',
		files: (dice) => ({ 'text.txt': text(dice, 200) }),
		start: { command: 'nano -I text.txt', shows: 'text.txt' },
		bout: (dice) =>
			typed(
				times(4 + dice.upTo(8), () =>
					dice.pick([
						up,
						down,
						left,
						right,
						pageUp,
						pageDown,
						'\x0b',
						'\x15',
						'hello world ',
						'世界🙂',
						'e\u0301',
						'\r',
						'\x7f',
						'\x01',
						'\x05',
						'\x0c',
						`${'long '.repeat(30)}`,
					]),
				),
			),
		say: (word) => typed([`\x0c${word}`]),
	},
	{
		name: 'mc',
		package: 'mc',
		files: (dice) =>
			Object.fromEntries(times(40, (index) => [`file-${index}-${dice.pick(['a', '世界', 'é', 'long-name-that-is-cut'])}.txt`, 'x'.repeat(index)])),
		// Without a subshell; F-keys and arrows as xterm says them.
		start: { command: 'mc --nosubshell', shows: '1Help' },
		bout: (dice) =>
			typed(
				times(4 + dice.upTo(8), () =>
					dice.pick([down, down, up, '\t', pageDown, pageUp, '\x1b[2~', '\x1b[H', '\x1b[F', '\x15', `${dice.word()} `, '\x12']),
				),
			),
		say: (word) => typed([`\x15${word}`]),
	},
];
