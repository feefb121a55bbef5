/** A tool that talks, as those for coding do: a prompt in a box, a spinner over it, an answer that grows; `tool.mjs` is the program. */
import { readFileSync } from 'node:fs';
import { type Deed, type Program, times } from './program.ts';

const source = readFileSync(new URL('tool.mjs', import.meta.url));

export const tools: readonly Program[] = [
	{
		name: 'a tool with a spinner',
		files: () => ({ 'tool.mjs': source }),
		start: { command: `${process.execPath} tool.mjs`, shows: 'Ask me' },
		bout: (dice) =>
			times(
				1 + dice.upTo(4),
				(): Deed =>
					dice.chance(0.25)
						? { resize: dice.size() }
						: { type: `${dice.pick(['write', 'think', 'list'])} ${3 + dice.upTo(40)} ${dice.pick(['世界', 'plain', 'été 🙂'])}\r` },
			),
		say: (word) => [{ type: `say ${word.slice(0, 2)} ${word.slice(2)}\r` }],
	},
];
