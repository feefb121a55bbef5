/** docs/known-attacks.md says which published attacks apply; what applies has a test by its number here, and nothing else has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docs/known-attacks.md'), 'utf8');

/** The cells of a table's rows below a heading. */
const rowsBelow = (heading: string): string[][] =>
	(text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
		.split('\n')
		.filter((line) => line.startsWith('| ') && !line.startsWith('| Number') && !line.startsWith('| ---'))
		.map((line) =>
			line
				.slice(1, -1)
				.split(' | ')
				.map((cell) => cell.trim()),
		);
const applying = rowsBelow('What applies').map(([number = '', product = '', what = '', guard = '', file = '']) => ({
	number,
	product,
	what,
	guard,
	file,
}));
const others = rowsBelow('What doesn’t apply').map(([number = '', product = '', what = '', why = '']) => ({ number, product, what, why }));
const nameOf = (cell: string): string => cell.split(' ')[0] ?? '';
const pathOf = (cell: string): string => /`([^`]+)`$/.exec(cell)?.[1] ?? '';

const tests = readdirSync(import.meta.dirname)
	.filter((name) => name.endsWith('.test.ts') && name !== 'list.test.ts')
	.flatMap((name) => {
		const source = readFileSync(join(import.meta.dirname, name), 'utf8');
		return [...source.matchAll(/'\[([A-Z]+-[\w.-]+)\] /g)].map(([, number = '']) => `${number} test/known-attacks/${name}`);
	});

describe('published attacks', () => {
	test('that apply have a test by their number where the list says, and no test is without its row', () => {
		expect(applying.map(({ number, file }) => `${nameOf(number)} ${pathOf(file)}`).sort()).toEqual([...tests].sort());
		expect(new Set(tests).size).toBe(tests.length);
	});

	test('that apply name a guard that is there', () => {
		expect(applying.filter(({ guard }) => !existsSync(join(root, pathOf(guard)))).map(({ number, guard }) => [number, guard])).toEqual([]);
	});

	test('that don’t apply say why in one sentence', () => {
		for (const { number, why } of others) expect([number, why]).toEqual([number, expect.stringMatching(/^[A-Z](?:[^.]|\.(?=[a-z])){20,}\.$/)]);
	});

	test('are each judged once, and at least 25 of them', () => {
		const numbers = [...applying, ...others].map(({ number }) => nameOf(number));
		expect(new Set(numbers).size).toBe(numbers.length);
		expect(numbers.length).toBeGreaterThanOrEqual(25);
		expect(applying.length).toBeGreaterThanOrEqual(25);
	});
});
