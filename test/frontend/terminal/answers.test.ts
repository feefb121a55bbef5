import { expect, test } from 'vitest';
import { isAnswer } from '../../../frontend/src/terminal/answers.ts';

test.each([
	['primary device attributes', '\x1b[?1;2c'],
	['secondary device attributes', '\x1b[>0;276;0c'],
	['XTVERSION', '\x1bP>|xterm.js(6.1.0)\x1b\\'],
	['a mode report', '\x1b[?2026;2$y'],
	['a colour', '\x1b]11;rgb:1010/1414/1313\x1b\\'],
	['status', '\x1b[0n'],
	['the cursor’s place', '\x1b[12;40R'],
	['focus', '\x1b[I'],
	['a size report', '\x1b[8;24;80t'],
])('%s is an answer', (_, data) => {
	expect(isAnswer(data)).toBe(true);
});

test.each([
	'a',
	'\r',
	'\x03',
	'\x1b',
	'\x1b[A',
	'\x1bOP',
	'\x1b[15~',
	'\x1b[1;5A',
	'\x1b[1;2R',
	'\x1b[200~x\x1b[201~',
	'\x1b[<64;10;5M',
	'\x1bb',
	'\x1b[Z',
])('%j is typed', (data) => {
	expect(isAnswer(data)).toBe(false);
});
