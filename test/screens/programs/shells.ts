/** The shell, and what is printed into it. */
import { marks, wide } from './letters.ts';
import { type Deed, type Dice, type Program, saidByShell, times } from './program.ts';

const typed = (lines: readonly string[]): Deed[] => lines.map((type) => ({ type }));

/** A program that prints files of a kind, one after the other. */
const printer = (name: string, piece: (dice: Dice) => string, more: (dice: Dice) => Deed[] = () => []): Program => ({
	name,
	files: (dice) => Object.fromEntries(times(8, (index) => [`part-${index}`, times(4 + dice.upTo(12), () => piece(dice)).join('')])),
	bout: (dice) => times(1 + dice.upTo(4), () => (dice.chance(0.3) ? more(dice) : [{ type: `cat part-${dice.upTo(8)}\r` }])).flat(),
	say: (word) => [{ type: "\x15printf '\\033[!p\\033[r\\033[0m\\033[?1049l\\n'\r" }, ...saidByShell(word)],
});

const colour = (dice: Dice): string =>
	dice.pick([
		`${dice.pick([38, 48])};2;${dice.upTo(256)};${dice.upTo(256)};${dice.upTo(256)}`,
		`${dice.pick([38, 48])};5;${dice.upTo(256)}`,
		`${dice.pick([30, 40, 90, 100]) + dice.upTo(8)}`,
	]);
const attribute = (dice: Dice): string =>
	dice.pick(['1', '2', '3', '4', '4:3', '4:2', '5', '7', '8', '9', '53', '22', '23', '24', '27', '29', '39', '49', '0']);

const scroll = (dice: Dice): string => {
	const [row, column, count] = [1 + dice.upTo(30), 1 + dice.upTo(90), 1 + dice.upTo(6)];
	return dice.pick([
		`\x1b[${row};${row + count + 2}r`,
		'\x1b[r',
		`\x1b[${row};${column}H`,
		`\x1b[${count}L`,
		`\x1b[${count}M`,
		`\x1b[${count}S`,
		`\x1b[${count}T`,
		`\x1b[${count}@`,
		`\x1b[${count}P`,
		`\x1b[${count}X`,
		'\x1bM',
		'\x1bD',
		'\x1b[K',
		'\x1b[1K',
		'\x1b[J',
		'\x1b[1J',
		'\x1b7',
		'\x1b8',
		'\t',
		'\x1b[Z',
		'\n\n',
		`\x1b[4${dice.upTo(8)}m`,
		'\x1b[0m',
		`text-${dice.word()}`,
		'世界',
		'x'.repeat(30),
		`\x1b[${count}b`,
		'\x1b[?6h',
		'\x1b[?6l',
		'\x1b[4h',
		'\x1b[4l',
		'\x1b(0lqqk\x1b(B',
		'\x1b[?7l',
		'\x1b[?7h',
	]);
};

const toggles = [
	'\x1b[?1049h',
	'\x1b[?1049l',
	'\x1b[?1000h',
	'\x1b[?1002h',
	'\x1b[?1003h',
	'\x1b[?1003l',
	'\x1b[?1006h',
	'\x1b[?2004h',
	'\x1b[?2004l',
	'\x1b[?1h',
	'\x1b[?1l',
	'\x1b=',
	'\x1b>',
	'\x1b[?25l',
	'\x1b[?25h',
	'\x1b[?1004h',
	'\x1b[?2026h',
	'\x1b[?2026l',
	'\x1b[2 q',
	'\x1bc',
	'\x1b[H\x1b[2J',
	'\x1b[3J',
];

export const shells: readonly Program[] = [
	{
		name: 'shell',
		bout: (dice) =>
			typed(
				times(2 + dice.upTo(6), () =>
					dice.pick([
						'ls -la --color=always /etc | head -40\r',
						`seq ${1 + dice.upTo(400)}\r`,
						'echo hello\r',
						'\x1b[A\r',
						'ec\tho x\r',
						'\x15',
						'clear\r',
						'\x0c',
						'false; true\r',
						'for i in 1 2 3; do echo $i; done\r',
						'sleep 5 &\r',
						'printf "no end"\r',
						'stty -a\r',
						'env | sort\r',
					]),
				),
			),
		say: saidByShell,
	},
	printer(
		'wide characters and emoji',
		(dice) => `${times(1 + dice.upTo(40), () => dice.pick([...wide, 'ab', ' '])).join('')}${dice.chance(0.6) ? '\n' : `\x1b[${1 + dice.upTo(60)}G|`}`,
	),
	printer(
		'combining marks',
		(dice) =>
			`${times(1 + dice.upTo(40), () => dice.pick([...marks, 'ab', ' ', '世'])).join('')}${dice.chance(0.6) ? '\n' : `\x1b[${1 + dice.upTo(60)}G|`}`,
	),
	printer(
		'true colour',
		(dice) =>
			`\x1b[${dice.pick([colour, attribute])(dice)}m${dice.pick(['word ', '   ', '世界', '\x1b[K\n', '\n', 'x'.repeat(50), '\x1b[5X', '▀▄'])}`,
	),
	printer('scroll regions', scroll),
	printer('alternate screen', (dice) => `${dice.pick(toggles)}${dice.chance(0.5) ? `line ${dice.word()}\n` : scroll(dice)}`),
	printer(
		'long lines',
		(dice) => `${dice.pick(['word ', '世界', 'x', '0123456789'])}`.repeat(1 + dice.upTo(150)) + dice.pick(['\n', '', '\r']),
		(dice) => [{ type: dice.pick(['clear\r', '\x0c', `echo ${'typed '.repeat(40)}\r`, `${'y'.repeat(200)}\x15`]) }],
	),
	{
		name: 'paste',
		bout: (dice) =>
			typed(
				times(1 + dice.upTo(3), () => {
					const pasted = times(1 + dice.upTo(30), () => `# ${dice.word()} ${dice.pick(['世界', 'plain', 'é'])} ${'-'.repeat(dice.upTo(120))}`).join(
						'\r',
					);
					return `\x1b[200~${pasted}\x1b[201~${dice.pick(['\r', '\x15', ''])}`;
				}),
			),
		say: saidByShell,
	},
	{
		name: 'flood',
		bout: (dice) => {
			// Its own: the screen may still be full of an earlier flood, and Ctrl+C would go before this one has begun.
			const word = dice.word();
			return [
				...typed(
					times(1 + dice.upTo(2), () =>
						dice.pick([`seq ${1_000 + dice.upTo(40_000)}\r`, 'yes | head -20000\r', 'yes 世界-0123456789 | head -5000\r']),
					),
				),
				// The kernel throws away what is on its way when it says ^C, maybe the half of an end of line: then that stands over the last word.
				...(dice.chance(0.5) ? [{ type: `clear; yes ${word}\r` }, { shows: `${word}\n${word}\n${word}` }, { type: '\x03' }, { shows: '\n$' }] : []),
			];
		},
		say: saidByShell,
	},
];
