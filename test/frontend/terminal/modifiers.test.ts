import { expect, test } from 'vitest';
import { withModifiers } from '../../../frontend/src/terminal/modifiers.ts';

const ctrl = { ctrl: true, alt: false };
const alt = { ctrl: false, alt: true };

test.each([
	['c', ctrl, '\x03'],
	['C', ctrl, '\x03'],
	['[', ctrl, '\x1b'],
	[' ', ctrl, '\x00'],
	['?', ctrl, '\x7f'],
	['/', ctrl, '\x1f'],
	['é', ctrl, 'é'],
	['c', alt, '\x1bc'],
	['c', { ctrl: true, alt: true }, '\x1b\x03'],
	['\x1b[A', ctrl, '\x1b[1;5A'],
	['\x1bOA', { ctrl: true, alt: true }, '\x1b[1;7A'],
	['\x1b[5~', ctrl, '\x1b[5~'],
	['pasted text', ctrl, 'pasted text'],
	['c', { ctrl: false, alt: false }, 'c'],
])('%j with %j is %j', (data, modifiers, result) => {
	expect(withModifiers(data, modifiers)).toBe(result);
});
