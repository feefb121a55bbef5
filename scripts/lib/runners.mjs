// Vitest and Playwright: their words go to the terminal, their counts are read from their JSON reports.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { node24, root, run, withNode24 } from './run.mjs';
import { say } from './say.mjs';

const results = join(root, 'test-results');

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

export const sum = (counts) =>
	counts.reduce((all, one) => ({ passed: all.passed + one.passed, failed: all.failed + one.failed, skipped: all.skipped + one.skipped }), {
		passed: 0,
		failed: 0,
		skipped: 0,
	});

/** The last line of `npm test`. */
export const summary = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

const readReport = (file) => {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return undefined;
	}
};

/** Runs one of them; a runner that failed though its report names no failure counts as one. */
const counted = async (count, name, args, env) => {
	const file = join(results, `${name}.json`);
	mkdirSync(results, { recursive: true });
	rmSync(file, { force: true });
	const { code } = await run(node24, args(file), { show: true, env: { ...withNode24(), ...env(file) } });
	const counts = count(readReport(file));
	return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

export const runUnit = () =>
	counted(
		countVitest,
		'unit',
		(file) => [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
		() => ({}),
	);

export const runEndToEnd = async () => {
	const folder = join(root, 'test/e2e');
	if (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith('.spec.ts'))) {
		say('test/e2e has no *.spec.ts: there is nothing to run end to end.');
		return { passed: 0, failed: 1, skipped: 0 };
	}
	return counted(
		countPlaywright,
		'e2e',
		() => [join(root, 'node_modules/@playwright/test/cli.js'), 'test', '--config', join(folder, 'playwright.config.ts'), '--reporter=list,json'],
		(file) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: file, PLAYWRIGHT_FORCE_TTY: '0' }),
	);
};
