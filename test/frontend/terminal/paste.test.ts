import { expect, test } from 'vitest';
import { pressesEnter, previewOf } from '../../../frontend/src/terminal/paste.ts';

test.each(['ls\n', 'ls\r', 'a\r\nb', '\n'])('%j presses Enter', (text) => expect(pressesEnter(text)).toBe(true));
test.each(['', 'ls', 'a\tb'])('%j presses nothing', (text) => expect(pressesEnter(text)).toBe(false));

test.each([
	['one', 1],
	['one\n', 1],
	['one\r', 1],
	['one\n\n', 2],
	['one\r\ntwo\rthree\nfour', 4],
])('counts the lines of %j', (text, lines) => expect(previewOf(text)).toMatchObject({ lines, cut: false }));

test('what is not seen, or turns the order round, is shown by its code', () => {
	expect(previewOf('rm \u202egnp.exe\u2066\u200b\ufeff\u{e0041}\u2028 é 漢').text).toBe(
		'rm <U+202E>gnp.exe<U+2066><U+200B><U+FEFF><U+E0041><U+2028> é 漢',
	);
});

test('shows the beginning of a long one, and says so', () => {
	const long = previewOf('line\n'.repeat(1_000));
	expect([long.lines, long.cut, long.text.split('\n').length]).toEqual([1_000, true, 200]);
	const wide = previewOf(`${'x'.repeat(50_000)}\n`);
	expect([wide.lines, wide.cut, wide.text.length]).toEqual([1, true, 10_000]);
});
