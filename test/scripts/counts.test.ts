import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, sum, summary } from '../../scripts/lib/counts.mjs';

const unit = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1, testResults: [] };

describe('the last line of npm test', () => {
	it('sums both runners', () => {
		const e2e = countPlaywright({ stats: { expected: 5, unexpected: 1, flaky: 0, skipped: 0 }, errors: [{}] });
		expect(summary(sum([countVitest(unit), e2e]))).toBe('12 passed, 2 failed, 2 skipped');
	});

	it('leaves out what was not skipped', () => {
		expect(summary({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
	});

	it('counts a file that could not be loaded', () => {
		const broken = { ...unit, testResults: [{ status: 'failed', assertionResults: [] }] };
		expect(countVitest(broken).failed).toBe(2);
	});

	it('counts an error outside of any test', () => {
		expect(countPlaywright({ stats: { expected: 5, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{}] }).failed).toBe(1);
	});

	it('counts a runner that left no report', () => {
		for (const count of [countVitest, countPlaywright]) expect(count(undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
	});
});
