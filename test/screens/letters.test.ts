/** Letters, one at a time: the page's terminal and this folder's oracle take each to be as wide as tmux does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../task-image/support/visit.ts';
import { marks, wide, widthOf } from './programs/letters.ts';
import { createEmulator } from './world/emulator.ts';

/** Prints each letter at the beginning of a row and asks tmux where the cursor is then. */
const program = `
import { readFileSync, writeFileSync } from 'node:fs';
const [folder] = process.argv.slice(2);
const letters = JSON.parse(readFileSync(folder + '/letters', 'utf8'));
const columns = [];
const ask = () => process.stdout.write('\\r\\x1b[K' + letters[columns.length] + '\\x1b[6n');
let heard = '';
process.stdin.setRawMode(true).on('data', (bytes) => {
	heard += bytes;
	const answer = /\\[\\d+;(\\d+)R/.exec(heard);
	if (!answer) return;
	heard = '';
	columns.push(Number(answer[1]) - 1);
	if (columns.length < letters.length) return ask();
	writeFileSync(folder + '/columns', JSON.stringify(columns));
	process.stdout.write('\\r\\nall asked\\r\\n');
	process.exit();
});
ask();
`;

const columnsOnPage = (text: string): Promise<number> =>
	new Promise((done) => {
		const { terminal, dispose } = createEmulator({ columns: 80, rows: 5 });
		terminal.write(text, () => {
			done(terminal.buffer.active.cursorX);
			dispose();
		});
	});

/** As in `capture.ts`: what follows a joiner joins. */
const columnsHere = (text: string): number => [...text].reduce((sum, letter, at, all) => sum + (all[at - 1] === '\u200d' ? 0 : widthOf(letter)), 0);

test('[P3] letters are as wide as tmux takes them to be', async ({ house, enter }) => {
	const viewer = await enter('1');
	const letters = [...wide, ...marks];
	writeFileSync(join(house.folder, 'letters'), JSON.stringify(letters));
	writeFileSync(join(house.folder, 'ask.mjs'), program);
	viewer.type(`${process.execPath} ask.mjs .\r`);
	await viewer.shows('\nall asked');
	const there: number[] = JSON.parse(readFileSync(join(house.folder, 'columns'), 'utf8'));
	const onPage = await Promise.all(letters.map(columnsOnPage));
	const columns = letters.map((letter, index) => ({ letter, tmux: there[index], page: onPage[index], here: columnsHere(letter) }));
	expect(columns.filter(({ tmux, page, here }) => tmux !== page || tmux !== here)).toEqual([]);
});
