import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutputGate } from '../../../frontend/src/stream/output-gate.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('[O3] drops what it has, slices what overlaps', () => {
	const gate = createOutputGate();
	expect(gate.begin(1)).toBe(true);
	expect(gate.judge(1, 0, bytes(1, 2, 3))).toEqual({ kind: 'take', bytes: bytes(1, 2, 3), end: 3, mayWait: false });
	expect(gate.judge(1, 0, bytes(1, 2, 3))).toEqual({ kind: 'have' });
	expect(gate.judge(1, 1, bytes(2, 3, 4))).toEqual({ kind: 'take', bytes: bytes(4), end: 4, mayWait: false });
	expect(gate.judge(1, 4, bytes(5))).toEqual({ kind: 'take', bytes: bytes(5), end: 5, mayWait: false });
});

test('[O3] keeps what leaves a gap until that is closed, whatever the order', () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 8 })), { maxLength: 60 }), (pieces) => {
			const whole = Uint8Array.from({ length: 40 }, (_, at) => at);
			const gate = createOutputGate();
			gate.begin(1);
			const taken: number[] = [];
			const have = new Set<number>();
			for (const [offset, length] of pieces) {
				const verdict = gate.judge(1, offset, whole.subarray(offset, offset + length));
				if (verdict.kind === 'take') taken.push(...verdict.bytes);
				for (let at = offset; at < offset + length; at++) have.add(at);
				let end = 0;
				while (have.has(end)) end++;
				expect(taken).toEqual([...whole.subarray(0, end)]);
			}
		}),
		// A shorter piece took the place of a longer one that was kept.
		{
			examples: [
				[
					[
						[2, 6],
						[8, 2],
						[8, 1],
						[0, 2],
					],
				],
			],
		},
	);
});

test('[O3] says whether something is missing, and forgets what was kept with its screen', () => {
	const gate = createOutputGate();
	gate.begin(1);
	expect(gate.judge(1, 2, bytes(3))).toEqual({ kind: 'early' });
	expect(gate.waiting).toBe(true);
	gate.begin(2);
	expect(gate.waiting).toBe(false);
	expect(gate.judge(2, 0, bytes(1, 2))).toEqual({ kind: 'take', bytes: bytes(1, 2), end: 2, mayWait: false });
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
