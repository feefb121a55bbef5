/** What `npm run simulate` says to what it can't do; what it does is tested where the simulation is. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../scripts/lib/seeds.mjs';
import { plantedTogether } from '../../scripts/lib/under-unit-tests.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const simulate = (...args: string[]) => {
	const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/simulate.mjs'), ...args], { cwd: root, encoding: 'utf8' });
	return { status, said: stderr };
};

describe('npm run simulate', () => {
	it('reads whole numbers only', () => {
		expect(['1', '2000', '0', '-1', '1.5', 'x', '', '4294967296'].map((text) => countOf(text, 1))).toEqual([1, 2_000, ...Array(6).fill(undefined)]);
		expect(countOf('0', 0)).toBe(0);
	});

	it('plants at once what is not in one line', () => {
		const [a, b, c] = [
			{ file: 'a.ts', source: 'x' },
			{ file: 'a.ts', source: 'y' },
			{ file: 'b.ts', source: 'x' },
		];
		expect(plantedTogether([a, b, c])).toEqual([[a, b, c]]);
		expect(plantedTogether([a, b, a, c])).toEqual([[a, b, c], [a]]);
	});

	it.each([
		[['relay', '--seeds', 'many'], '--seeds wants a whole number from 1 upwards, not many.'],
		[['relay', '--from=-1'], '--from wants a whole number from 0 upwards, not -1.'],
		[['relay', 'lifecycle'], 'One scenario at a time.'],
		[['relay', '--loud'], "Unknown option '--loud'"],
	])('%j is refused in words', (args, words) => {
		const { status, said } = simulate(...args);
		expect(status).toBe(1);
		expect(said).toContain(words);
		expect(said).not.toContain('    at ');
	});
});
