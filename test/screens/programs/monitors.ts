/** A program that shows the machine: it draws something else whenever it looks, here every 10 s and at most keys. `top` isn't there: it throws keys away while it draws. */
import { type Deed, type Program, times } from './program.ts';

const down = '\x1b[B';
const typed = (keys: readonly string[]): Deed[] => keys.map((type) => ({ type }));

export const monitors: readonly Program[] = [
	{
		name: 'htop',
		package: 'htop',
		columns: 61,
		start: { command: 'htop -d 100', shows: 'F1Help' },
		bout: (dice) =>
			typed([
				'\r',
				...times(3 + dice.upTo(6), () => dice.pick([down, down, 't', 'H', 'K', 'p', 'P', 'M', 'T', 'I', '\x1b[6~', '\x1b[F', '\x1b[H', ' ', '\x0c'])),
			]),
		// Its search; Enter leaves that.
		say: (word) => typed([`\r/${word}`]),
	},
];
