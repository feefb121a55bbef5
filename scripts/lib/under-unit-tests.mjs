// Planted bugs under the unit tests that load their files: what those find needs no simulation.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { countVitest } from './counts.mjs';
import { node24, root, run, withNode24 } from './run.mjs';

/** Bugs that can be planted at once: those of one line can't. */
export const plantedTogether = (bugs) => {
	const groups = [];
	for (const bug of bugs) {
		const room = groups.find((group) => !group.some(({ file, source }) => file === bug.file && source === bug.source));
		if (room) room.push(bug);
		else groups.push([bug]);
	}
	return groups;
};

/** Gives how many tests passed and failed, and the files and names of those that failed. `tests`: those files only. */
const testsOf = async (bugs, tests) => {
	const config = join(root, 'test/simulation/planted/vitest.config.ts');
	const which = tests ? ['run', ...tests] : ['related', '--run', ...new Set(bugs.map(({ file }) => file))];
	const path = join(mkdtempSync(join(tmpdir(), 'planted-')), 'report.json');
	const args = [join(root, 'node_modules/vitest/vitest.mjs'), ...which, '--config', config, '--reporter=json', '--silent', `--outputFile=${path}`];
	const { code } = await run(node24, args, { env: { ...withNode24(), SHELLPOD_PLANTED: bugs.map(({ name }) => name).join() } });
	const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
	rmSync(dirname(path), { recursive: true });
	const { passed, failed } = countVitest(report);
	const files = (report?.testResults ?? []).filter(({ status }) => status === 'failed');
	const names = files.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName));
	return { passed, failed, files: files.map(({ name }) => name), names, green: code === 0 && failed === 0 && passed > 0 };
};

/** Those of them that these tests see: each half by itself, until it passes or is one bug. */
const seenAmong = async (bugs, tests) => {
	const { green, passed, failed, names } = await testsOf(bugs, tests);
	const said = bugs.map(({ name }) => name).join(', ');
	if (green) console.log(`${said}: all ${passed} of those tests' files pass`);
	if (green) return [];
	if (bugs.length === 1) {
		console.log(`${said}: FOUND by ${failed} of ${passed + failed}: ${names.join('; ')}`);
		return bugs;
	}
	const half = Math.ceil(bugs.length / 2);
	return [...(await seenAmong(bugs.slice(0, half), tests)), ...(await seenAmong(bugs.slice(half), tests))];
};

/**
 * As many bugs at once as there can be: one that does nothing before the tests end is not in the others' way. Where tests fail then, fewer have the
 * files of those again. Gives how many bugs pass.
 */
export const underUnitTests = async (bugs) => {
	let green = 0;
	for (const group of plantedTogether(bugs)) {
		const { passed, failed, files, names, green: isGreen } = await testsOf(group);
		console.log(
			`${group.map(({ name }) => name).join(', ')}: ${passed} unit tests of their files pass, ${failed} fail${names.map((one) => `\n  ${one}`).join('')}`,
		);
		if (isGreen) green += group.length;
		// Without files nothing was tested at all.
		else if (files.length > 0) green += group.length - (await seenAmong(group, files)).length;
	}
	return green;
};
