import { expect, it } from 'vitest';
import { misses, table, withRatios } from '../../scripts/lib/bench-table.mjs';
import { rowOf } from '../bench/row.ts';

const rows = withRatios([
	rowOf('echo, bare', 'ms', [2, 2, 2]),
	rowOf('echo, whole', 'ms', [4, 5, 6], { against: 'echo, bare', bound: 4.5 }),
	rowOf('size', 'KB', [1234], { bound: 2000 }),
]).map((row: object) => ({ bench: 'echo', ...row }));

it('has a line per row, with its ratio to the row that it is compared with', () => {
	const lines = table(rows).split('\n');
	expect(lines).toHaveLength(4);
	expect(lines[2]).toMatch(/^echo +echo, whole +5\.0 ms +6\.0 ms +3 +2\.5 +echo, bare +4\.5 ms$/);
});

it('names each bound that is missed, and each row without a figure', () => {
	expect(misses(rows)).toEqual(['echo, whole: 5.0 ms is over its bound of 4.5 ms']);
	expect(misses([rowOf('fewer', 'times', [9], { least: 10 }), rowOf('few', 'times', [11], { least: 10 })])).toEqual([
		'fewer: 9.0 times is under its bound of 10 times',
	]);
	expect(misses([rowOf('nothing', 'ms', [])])).toEqual(['nothing: no figure']);
});
