// How many tests passed and failed, read from the runners' reports.

/**
 * What vitest's report says. A file that could not be loaded is a failed test, and so is a report that is not there.
 * Gives { passed, failed, skipped }.
 */
export const countVitest = (report) => {
	if (!report) return { passed: 0, failed: 1, skipped: 0 };
	const broken = (report.testResults ?? []).filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + broken,
		skipped: report.numPendingTests + report.numTodoTests,
	};
};

/** What Playwright's report says; an error outside of any test counts as a failed one. */
export const countPlaywright = (report) => {
	if (!report) return { passed: 0, failed: 1, skipped: 0 };
	const { expected, unexpected, flaky, skipped } = report.stats;
	return { passed: expected + flaky, failed: unexpected + (unexpected === 0 ? report.errors.length : 0), skipped };
};

/** The same by spec: its tests, and the titles of those that failed. */
export const countSpecs = (report) => {
	const bySpec = {};
	const walk = (suite, spec) => {
		for (const { title, ok } of suite.specs ?? []) {
			bySpec[spec] ??= { tests: 0, failed: [] };
			bySpec[spec].tests += 1;
			if (!ok) bySpec[spec].failed.push(title);
		}
		for (const inner of suite.suites ?? []) walk(inner, spec);
	};
	for (const suite of report?.suites ?? []) walk(suite, suite.title.replace(/\.spec\.ts$/, ''));
	return bySpec;
};

export const sum = (counts) =>
	counts.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed, skipped: all.skipped + one.skipped }), {
		passed: 0,
		failed: 0,
		skipped: 0,
	});

/** The last line of `npm test`. */
export const summary = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
