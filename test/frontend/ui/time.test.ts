import { expect, test } from 'vitest';
import { agoWords, createServerClock, spanWords } from '../../../frontend/src/ui/time.ts';

test('a device whose clock is wrong counts seconds by the control plane’s', () => {
	const clock = createServerClock(() => Date.parse('2026-11-22T08:00:00Z'));
	clock.heard(null);
	clock.heard('nonsense');
	expect(new Date(clock.now()).toISOString()).toBe('2026-11-22T08:00:00.000Z');
	clock.heard('Sun, 22 Nov 2026 08:05:00 GMT');
	expect(new Date(clock.now()).toISOString()).toBe('2026-11-22T08:05:00.000Z');
	clock.heard('Sun, 22 Nov 2026 08:00:01 GMT');
	expect(new Date(clock.now()).toISOString()).toBe('2026-11-22T08:00:00.000Z');
});

test.each([
	[-5, 'less than a minute'],
	[59_999, 'less than a minute'],
	[60_000, '1 min'],
	[3_600_000, '1 h'],
	[47.9 * 3_600_000, '47 h'],
	[72 * 3_600_000, '3 days'],
])('%i ms is %s', (ms, words) => {
	expect(spanWords(ms)).toBe(words);
});

test.each([
	[-5, 'just now'],
	[59_999, 'just now'],
	[120_000, '2 min ago'],
])('%i ms before now is %s', (ms, words) => {
	expect(agoWords(ms)).toBe(words);
});
