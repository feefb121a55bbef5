import { expect, test } from 'vitest';
import { createOutputGate } from '../../../frontend/src/stream/output-gate.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('[O3] drops what it has, slices what overlaps, ignores what leaves a gap', () => {
	const gate = createOutputGate();
	expect(gate.begin(1)).toBe(true);
	expect(gate.judge(1, 0, bytes(1, 2, 3))).toEqual({ kind: 'take', bytes: bytes(1, 2, 3), end: 3 });
	expect(gate.judge(1, 0, bytes(1, 2, 3))).toEqual({ kind: 'have' });
	expect(gate.judge(1, 1, bytes(2, 3, 4))).toEqual({ kind: 'take', bytes: bytes(4), end: 4 });
	expect(gate.judge(1, 5, bytes(6))).toEqual({ kind: 'ignore' });
	expect(gate.judge(1, 4, bytes(5))).toEqual({ kind: 'take', bytes: bytes(5), end: 5 });
});

test('[O2] output of an old screen is dropped, of a screen that has not begun it is told', () => {
	const gate = createOutputGate();
	gate.begin(2);
	expect(gate.begin(2)).toBe(false);
	expect(gate.begin(1)).toBe(false);
	expect(gate.judge(1, 0, bytes(1))).toEqual({ kind: 'ignore' });
	expect(gate.judge(3, 0, bytes(1))).toEqual({ kind: 'unknown screen' });
	expect(gate.begin(3)).toBe(true);
	gate.restart();
	expect(gate.begin(1)).toBe(true);
});
