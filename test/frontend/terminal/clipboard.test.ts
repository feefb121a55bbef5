import { expect, test } from 'vitest';
import { clipboardText } from '../../../frontend/src/terminal/clipboard.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each(['', 'c', 'p', 's', 'cs0'])('selector %j is the clipboard', (selector) => {
	expect(clipboardText(`${selector};${base64('grüße\n')}`)).toBe('grüße\n');
});

test.each([
	['a question about what is there', 'c;?'],
	['nothing', 'c;'],
	['no base64', 'c;***'],
	['no text', `c;${Buffer.from([0xff, 0xfe]).toString('base64')}`],
	['an unknown selector', `x;${base64('a')}`],
	['more than 100 KB', `c;${base64('x'.repeat(103_000))}`],
])('refuses %s', (_, data) => {
	expect(clipboardText(data)).toBeUndefined();
});
