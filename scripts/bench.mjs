// npm run bench [-- NAME ...] [--json FILE] [--seconds N] [--only PART,...]: measures, prints a table, and ends with code 1 when a stated bound is missed.
import { fork } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { misses, table, withRatios } from './lib/bench-table.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { node24, root, withNode24 } from './lib/run.mjs';
import { fail, say } from './lib/say.mjs';
import { measuring, testing } from './lib/tools.mjs';

const folder = join(root, 'test/bench');
const ending = '.bench.ts';

const { values, positionals } = parseArgs({
	options: { json: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } },
	allowPositionals: true,
});
if (values.seconds !== undefined && !(Number(values.seconds) > 0)) fail(`--seconds ${values.seconds} is no number above 0.`);
const known = readdirSync(folder)
	.filter((name) => name.endsWith(ending))
	.map((name) => name.slice(0, -ending.length))
	.sort();
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length) fail(`There is no bench ${unknown.join(', ')}; there are: ${known.join(', ')}.`);
const options = {
	...(values.seconds !== undefined && { seconds: Number(values.seconds) }),
	...(values.only !== undefined && { only: values.only.split(',') }),
};
const wanted = positionals.length ? positionals : known;
await bootstrap(...(wanted.includes('link') ? [testing, measuring] : wanted.includes('live') ? [testing] : []));

/** One bench in a process of its own, so that none leaves anything behind for the next. */
const measure = (name) =>
	new Promise((resolve) => {
		const child = fork(fileURLToPath(new URL('lib/bench-child.mjs', import.meta.url)), [join(folder, `${name}${ending}`), JSON.stringify(options)], {
			execPath: node24,
			env: withNode24(),
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
			// A figure that isn't finite is one that is wrong, not one that is missing.
			serialization: 'advanced',
		});
		let rows = [];
		let figures = {};
		let ended = false;
		child.once('message', (message) => {
			({ rows, figures } = message);
			ended = true;
		});
		child.once('close', (code) => resolve({ name, rows, figures, failed: !ended || code !== 0 }));
	});

const results = [];
for (const name of wanted) {
	say(`${name} ...`);
	results.push(await measure(name));
}
const rows = results.flatMap(({ name, rows }) => withRatios(rows).map((row) => ({ bench: name, ...row })));
const figures = Object.assign({}, ...results.map(({ figures }) => figures));
console.log(table(rows));
if (values.json) writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), ...figures, rows }, null, '\t')}\n`);

const wrong = [...results.filter(({ failed }) => failed).map(({ name }) => `${name} failed`), ...misses(rows)];
for (const line of wrong) say(line);
process.exitCode = wrong.length || rows.length === 0 ? 1 : 0;
