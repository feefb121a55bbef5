// Format, lint and types: everything that is decided without running our code.
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { bin, node24, root, run } from './run.mjs';
import { say } from './say.mjs';

/** Folders with a tsconfig of their own. */
const parts = () =>
	readdirSync(root, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'tsconfig.json')))
		.map((entry) => entry.name);

const all = () => [
	{ name: 'format and lint', command: bin('biome'), args: ['check', '--error-on-warnings', ...(process.env.CI ? ['--colors=off'] : [])] },
	...parts().map((part) => ({ name: `types of ${part}`, command: node24, args: [join(root, 'node_modules/typescript/bin/tsc'), '-p', part] })),
];

/** Runs all of them, as many at once as there are cores; says one line each, and what was found. Gives the number of those that failed. */
export const runChecks = async () => {
	const waiting = all();
	let failed = 0;
	const work = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			const begun = Date.now();
			const { code, output, error } = await run(next.command, next.args);
			const seconds = ((Date.now() - begun) / 1000).toFixed(1);
			if (code === 0) say(`ok      ${next.name} (${seconds} s)`);
			else {
				failed += 1;
				say(`FAILED  ${next.name}\n${output.trimEnd() || (error?.message ?? `code ${code}`)}`);
			}
		}
	};
	await Promise.all(Array.from({ length: availableParallelism() }, work));
	return failed;
};
