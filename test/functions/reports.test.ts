import { plain } from '@shellpod/functions/core/plain.ts';
import { excerpt, type ReportRecord, withReport } from '@shellpod/functions/core/reports.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileSequences } from '../support/hostile-sequences.ts';
import { holds } from '../support/property.ts';
import { startingSession } from '../support/sockets.ts';

describe('[14] words of a task', () => {
	test.each([
		['two\nlines\r\n\tand a tab', 'two lines and a tab'],
		['\u001b[31mred\u001b[0m and \u001b]0;a title\u0007plain', 'red and plain'],
		['\u001b]52;c;ZXZpbA==\u001b\\left', 'left'],
		['\u001bP1$qm\u001b\\left', 'left'],
		['\u001bcreset', 'reset'],
		['right\u202eto\u2066left\u200b\ufeff', 'right to left'],
		['a\u0000b\u007fc\u0085d', 'a b c d'],
		['lone \ud800 surrogate', 'lone surrogate'],
		['  grüße, 世界 🚀  ', 'grüße, 世界 🚀'],
		['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
		['\u001b', ''],
	])('%j becomes %j', (text, words) => {
		expect(plain(text)).toBe(words);
	});

	test('have no control, formatting or private character and no line end left, whatever was said', () => {
		const unwanted = /[\p{C}\p{Zl}\p{Zp}]/u;
		holds([fc.string({ unit: 'binary', maxLength: 200 })], (text) => {
			expect(plain(text)).not.toMatch(unwanted);
			expect(excerpt(plain(text))).not.toMatch(unwanted);
		});
		for (const { bytes } of hostileSequences) expect(plain(Buffer.from(bytes).toString('latin1'))).not.toMatch(unwanted);
	});

	test('are cut at 300 characters, none of them in two', () => {
		const long = '🚀'.repeat(400);
		expect([...excerpt(long)]).toHaveLength(300);
		expect(excerpt(long)).toBe(`${'🚀'.repeat(299)}…`);
		expect(excerpt('short')).toBe('short');
	});

	test('stand in quotes beside the reason, and never alone', () => {
		expect(viewOf(startingSession({ reason: 'Its container ended with exit code 1', said: 'no tmux' })).reason).toBe(
			'Its container ended with exit code 1. It said: “no tmux”',
		);
		expect(viewOf(startingSession({ said: 'no tmux' })).reason).toBeNull();
	});

	test('are forgotten for the limit after ten minutes', () => {
		const start = Date.parse('2026-11-22T08:00:00.000Z');
		const report = (minutes: number) => ({ generation: 1, kind: 'crash' as const, text: 'x', at: new Date(start + minutes * 60_000).toISOString() });
		let record: ReportRecord = { session: sessionId('abcdefgh2345'), times: [], rev: 0 };
		for (let minute = 0; minute < 6; minute++) record = withReport(record, report(minute));
		expect(() => withReport(record, report(9.9))).toThrow('A session may report 6 times in 10 minutes.');
		expect(withReport(record, report(10)).times).toHaveLength(6);
		expect(withReport(record, report(60)).times).toHaveLength(1);
	});
});
