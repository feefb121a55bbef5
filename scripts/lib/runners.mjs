// Vitest and Playwright: their words go to the terminal, their counts are read from their JSON reports.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countPlaywright, countSpecs, countVitest } from './counts.mjs';
import { node24, root, run, withNode24 } from './run.mjs';
import { say } from './say.mjs';

const results = join(root, 'test-results');
const ending = '.spec.ts';

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
	// It ends with us, however we end: what it started ends with it.
	const { code } = await run('setpriv', ['--pdeathsig', 'TERM', node24, ...args(file)], { show: true, env: { ...withNode24(), ...env(file) } });
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

/** Names of all specs, without their ending. */
export const specNames = () => {
	const folder = join(root, 'test/e2e');
	const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(ending)) : [];
	return names.map((name) => name.slice(0, -ending.length)).sort();
};

/**
 * All specs, or those that are named; `faults` and `seed`: what goes wrong meanwhile. Gives its counts, and by spec the titles of all tests and of those that failed.
 */
export const runEndToEnd = async ({ specs = specNames(), faults, seed, without } = {}) => {
	if (specs.length === 0) {
		say('test/e2e has no *.spec.ts: there is nothing to run end to end.');
		return { passed: 0, failed: 1, skipped: 0, bySpec: {} };
	}
	const name = faults === undefined ? 'e2e' : `e2e-seed-${seed}`;
	const counts = await counted(
		countPlaywright,
		name,
		() => [
			join(root, 'node_modules/@playwright/test/cli.js'),
			'test',
			...['--config', join(root, 'test/e2e/playwright.config.ts'), '--reporter=list,json'],
			...(without === undefined ? [] : ['--grep-invert', without]),
			...specs.map((spec) => `/${spec.replaceAll('.', '\\.')}\\.spec\\.ts$`),
		],
		(file) => ({
			PLAYWRIGHT_JSON_OUTPUT_NAME: file,
			PLAYWRIGHT_FORCE_TTY: '0',
			...(faults !== undefined && { SHELLPOD_FAULTS: faults, SHELLPOD_SEED: String(seed) }),
		}),
	);
	return { ...counts, bySpec: countSpecs(readReport(join(results, `${name}.json`))) };
};
