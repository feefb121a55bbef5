// npm run simulate -- NAME [--seeds N | --minutes N] [--from SEED] [--planted [--unit]] [--bug NAME] [--trace]: tells a scenario's story for many seeds; exit code 1 when any is broken.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap } from './lib/bootstrap.mjs';
import { node24, root, run, withNode24 } from './lib/run.mjs';
import { fail, say } from './lib/say.mjs';
import { countOf, known, runSeeds } from './lib/seeds.mjs';
import { underUnitTests } from './lib/under-unit-tests.mjs';

const usage = 'npm run simulate -- NAME [--seeds N | --minutes N] [--from SEED] [--planted [--unit]] [--bug NAME] [--trace]';
/** a bug may show in one seed of some thousand only */
const usualSeeds = { ordinary: '100', planted: '10000' };

const readArguments = () => {
	try {
		return parseArgs({
			options: {
				seeds: { type: 'string' },
				minutes: { type: 'string' },
				from: { type: 'string', default: '1' },
				planted: { type: 'boolean', default: false },
				unit: { type: 'boolean', default: false },
				bug: { type: 'string' },
				trace: { type: 'boolean', default: false },
			},
			allowPositionals: true,
		});
	} catch (error) {
		return fail(`${error.message.split('\n')[0]}\n${usage}`);
	}
};

const { values, positionals } = readArguments();
const [name, ...more] = positionals;
if (more.length) fail(`One scenario at a time.\n${usage}`);
if (values.minutes !== undefined && (values.seeds !== undefined || values.planted)) fail(`--minutes goes without --seeds and --planted.\n${usage}`);
const minutes = values.minutes && (countOf(values.minutes, 1) ?? fail(`--minutes wants a whole number from 1 upwards, not ${values.minutes}.`));
const seeds =
	countOf((values.minutes && '4294967295') ?? values.seeds ?? usualSeeds[values.planted ? 'planted' : 'ordinary'], 1) ??
	fail(`--seeds wants a whole number from 1 upwards, not ${values.seeds}.`);
if (values.unit && !values.planted) fail(`--unit goes with --planted.\n${usage}`);
const from = countOf(values.from, 0) ?? fail(`--from wants a whole number from 0 upwards, not ${values.from}.`);
await bootstrap();
const { scenarios, bugs } = await known();
const list = scenarios.map((one) => `  ${one.name.padEnd(12)}${one.about}`).join('\n');
if (name === undefined || !scenarios.some((one) => one.name === name))
	fail(`${name === undefined ? usage : `There is no scenario ${name}.`}\nScenarios:\n${list}`);
/** Of whose folder is what runs it. */
const { folder } = scenarios.find((one) => one.name === name);
const own = bugs.filter((bug) => bug.scenario === name);
if (values.bug !== undefined && !own.some((bug) => bug.name === values.bug))
	fail(`There is no bug ${values.bug} to plant for ${name}; there are: ${own.map((bug) => bug.name).join(', ') || 'none'}.`);
if (values.planted && own.length === 0) fail(`No bugs are known to plant for ${name}.`);
if (values.unit && (folder !== join(root, 'test/simulation/run') || name === 'policy'))
	fail(`--unit is for bugs that begin where the unit tests end: those of ${name} are bare, and the unit tests may see them. Leave --unit out.`);

/** with --bug that one only */
const planting = own.filter((bug) => values.bug === undefined || bug.name === values.bug);
const workers = Math.min(2, availableParallelism());

/** Prints every line of one seed's trace. */
const trace = async () => {
	const args = [join(folder, 'print-trace.ts'), name, String(from), ...(values.bug ? [values.bug] : [])];
	const { code } = await run(node24, args, { show: true, env: withNode24() });
	return code;
};

const ordinary = async () => {
	const options = { ...(values.bug !== undefined && { bug: values.bug }), ...(minutes && { ms: minutes * 60_000 }) };
	const { done, ms, steps, tally, broken } = await runSeeds({ folder, name, from, seeds, workers, ...options });
	for (const [fault, count] of Object.entries(tally).sort(([a], [b]) => (a < b ? -1 : 1))) say(`  ${fault}: ${count}`);
	const seconds = (ms / 1000).toFixed(1);
	const speed = (done / (ms / 1000)).toFixed(1);
	if (broken) {
		const { seed, violation } = broken;
		for (const line of violation.lines) console.log(line);
		console.log(`\nseed ${seed}: ${violation.message}`);
		console.log(`again: npm run simulate -- ${name} --seeds 1 --from ${seed}${values.bug ? ` --bug ${values.bug}` : ''}`);
	}
	const programs = Object.keys(tally).filter((key) => key.startsWith('program '));
	if (programs.length) say(`  ${done} schedules of ${programs.length} programs: ${tally.comparisons} comparisons, ${tally.cuts} cuts`);
	const { faults = [] } = scenarios.find((one) => one.name === name);
	const [rarest] = faults.toSorted((a, b) => (tally[a] ?? 0) - (tally[b] ?? 0));
	if (rarest) console.log(`each of ${faults.length} faults happened at least ${tally[rarest] ?? 0} times (${rarest})`);
	console.log(`${done} seeds of ${name} in ${seconds} s, ${speed} a second, ${steps} steps: ${broken ? 'BROKEN' : 'nothing broken'}`);
	return broken ? 1 : 0;
};

const unit = async () => {
	const green = await underUnitTests(planting);
	console.log(`${green}/${planting.length} planted bugs pass the unit tests`);
	return green === planting.length ? 0 : 1;
};

const planted = async () => {
	let found = 0;
	for (const bug of planting) {
		const { done, ms, broken } = await runSeeds({ folder, name, from, seeds, workers, bug: bug.name });
		// Only what is whole without the bug is broken by it.
		const whole = broken && (await runSeeds({ folder, name, from: broken.seed, seeds: 1, workers }));
		if (whole?.broken) fail(`seed ${broken.seed} is broken without any bug: ${whole.broken.violation.message}`);
		if (broken) found += 1;
		const words = broken ? `found in seed ${broken.seed}, after ${done} (${broken.violation.message.slice(0, 100)})` : `NOT FOUND in ${done} seeds`;
		console.log(`${bug.name}: ${words}, ${(ms / 1000).toFixed(1)} s`);
	}
	console.log(`${found}/${planting.length} planted bugs found`);
	return found === planting.length ? 0 : 1;
};

process.exitCode = await (values.trace ? trace() : values.unit ? unit() : values.planted ? planted() : ordinary());
