import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellsIn, fontSizeFor, minFontSize } from '../../../frontend/src/terminal/fit.ts';

test('whole cells only, within what a terminal may have', () => {
	expect(cellsIn({ width: 809, height: 480 }, { width: 8, height: 16 })).toEqual({ columns: 101, rows: 30 });
	expect(cellsIn({ width: 3, height: 3 }, { width: 8, height: 16 })).toEqual({ columns: 2, rows: 1 });
	expect(cellsIn({ width: 99_999, height: 99_999 }, { width: 8, height: 16 })).toEqual({ columns: 500, rows: 300 });
});

test('the letters shrink until another device’s grid fits, and no further than can be read', () => {
	const side = fc.integer({ min: 100, max: 3_000 });
	fc.assert(
		fc.property(
			fc.record({ width: side, height: side }),
			fc.record({ columns: fc.integer({ min: 2, max: 500 }), rows: fc.integer({ min: 1, max: 300 }) }),
			fc.integer({ min: 8, max: 32 }),
			(box, size, fontSize) => {
				const cell = { width: fontSize * 0.6, height: fontSize * 1.2 };
				const shown = fontSizeFor(size, box, cell, fontSize);
				expect(shown).toBeLessThanOrEqual(fontSize);
				expect(shown).toBeGreaterThanOrEqual(minFontSize);
				if (shown === minFontSize) return;
				expect(size.columns * shown * 0.6).toBeLessThanOrEqual(box.width + 0.001);
				expect(size.rows * shown * 1.2).toBeLessThanOrEqual(box.height + 0.001);
			},
		),
	);
});
