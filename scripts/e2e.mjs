// npm run e2e [-- SPEC ...] [--faults SETTING [--seeds N] [--from SEED]]: the end-to-end tests, once as they are, or for each seed while AWS does all
// that it may. Exit code 1 when one failed.
import { parseArgs } from 'node:util';
import { bootstrap } from './lib/bootstrap.mjs';
import { sum, summary } from './lib/counts.mjs';
import { apart, leftOut, settings } from './lib/faults.mjs';
import { runEndToEnd, specNames } from './lib/runners.mjs';
import { fail, say } from './lib/say.mjs';
import { seedTable } from './lib/seed-table.mjs';
import { countOf } from './lib/seeds.mjs';
import { testing } from './lib/tools.mjs';

const usage = 'npm run e2e [-- SPEC ...] [--faults SETTING [--seeds N] [--from SEED]]';

const readArguments = () => {
	try {
		return parseArgs({
			options: { faults: { type: 'string' }, seeds: { type: 'string', default: '3' }, from: { type: 'string', default: '1' } },
			allowPositionals: true,
		});
	} catch (error) {
		return fail(`${error.message.split('\n')[0]}\n${usage}`);
	}
};

const { values, positionals } = readArguments();
const known = specNames();
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) fail(`There is no spec ${unknown}; there are: ${known.join(', ')}.\n${usage}`);
const seeds = countOf(values.seeds, 1) ?? fail(`--seeds wants a whole number from 1 upwards, not ${values.seeds}.`);
const from = countOf(values.from, 0) ?? fail(`--from wants a whole number from 0 upwards, not ${values.from}.`);
const asked = positionals.length ? positionals : known;
const setting = values.faults;
if (setting !== undefined && !Object.hasOwn(settings, setting))
	fail(`There are no faults called ${setting}; there are: ${Object.keys(settings).join(', ')}.\n${usage}`);
await bootstrap(testing);

const underFaults = async () => {
	for (const { spec, tests, why } of apart.filter(({ spec }) => asked.includes(spec))) say(`left out: ${spec}: ${tests.join('; ')}: ${why}`);
	const faults = settings[setting];
	say(`${setting}: ${faults}`);
	const runs = [];
	for (let seed = from; seed < from + seeds; seed++)
		runs.push({ seed, ...(await runEndToEnd({ specs: asked, faults, seed, without: leftOut(asked) })) });
	for (const line of seedTable(setting, asked, runs)) console.log(line);
	return sum(runs);
};

const counts = await (setting === undefined ? runEndToEnd({ specs: asked }) : underFaults());
console.log(summary(counts));
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
