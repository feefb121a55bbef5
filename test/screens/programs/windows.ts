/** tmux itself: panes, windows, copy mode; and a device that changes its size all the time. */
import { type Deed, type Dice, type Program, saidByShell, times } from './program.ts';

const prefix = '\x02';
const layouts = ['even-horizontal', 'even-vertical', 'main-horizontal', 'main-vertical', 'tiled'];

/** Most of them are refused when there is no room or no other pane, as they would be at a keyboard. */
const tmuxDeed = (dice: Dice): Deed =>
	dice.pick<Deed>([
		{ type: `${prefix}%` },
		{ type: `${prefix}"` },
		{ type: `${prefix}o` },
		{ type: `${prefix}z` },
		{ type: `${prefix}c` },
		{ type: `${prefix}n` },
		{ type: `${prefix} ` },
		{ type: `${prefix}{` },
		{ type: `${prefix}\x1b[1;5C` },
		{ type: 'ls -la --color=always /etc | head -30\r' },
		{ type: `seq ${10 + dice.upTo(300)}\r` },
		{ tmux: `select-layout -t main ${dice.pick(layouts)}` },
		{ tmux: `rename-window -t main w-${dice.word()}` },
		{ tmux: 'kill-pane -a -t main' },
		{ tmux: `set -w -t main pane-border-status ${dice.pick(['top', 'off', 'bottom'])}` },
		{ tmux: 'rotate-window -t main' },
		{ tmux: 'last-window -t main' },
	]);

export const windows: readonly Program[] = [
	{
		name: 'tmux panes and windows',
		bout: (dice) => times(4 + dice.upTo(8), () => tmuxDeed(dice)),
		// Where there is room for a word.
		say: (word) => [{ tmux: 'kill-pane -a -t main' }, ...saidByShell(word)],
	},
	{
		name: 'tmux copy mode',
		bout: (dice) => [
			{ type: `seq ${100 + dice.upTo(2_000)}\r` },
			{ type: `${prefix}[` },
			...times(
				3 + dice.upTo(6),
				(): Deed => ({
					type: dice.pick([
						'\x1b[5~',
						'\x1b[5~',
						'\x1b[6~',
						'\x1b[A',
						'\x1b[B',
						'\x1b<',
						'\x1b>',
						'\x00\x1b[A\x1b[A',
						'\x1b[<64;3;3M',
						'\x1b[<65;3;3M',
					]),
				}),
			),
			...(dice.chance(0.7) ? [{ type: 'q' }] : []),
		],
		say: (word) => [{ tmux: `if -F -t main '#{pane_in_mode}' 'send-keys -t main -X cancel'` }, ...saidByShell(word)],
	},
	{
		name: 'resize storm',
		bout: (dice) =>
			times(
				6 + dice.upTo(12),
				(): Deed =>
					dice.chance(0.65)
						? { resize: dice.size() }
						: { type: dice.pick(['ls -la --color=always /etc\r', 'seq 200\r', `echo ${'wrapped '.repeat(30)}\r`, '\x0c']) },
			),
		say: saidByShell,
	},
];
