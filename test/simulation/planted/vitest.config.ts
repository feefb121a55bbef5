/** The unit tests with a bug planted, by the name that SHELLPOD_PLANTED gives: what they find needs no simulation. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import usual from '../../../vitest.config.ts';
import { bugs } from './bugs.ts';
import { readPlanted } from './plant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const name = process.env.SHELLPOD_PLANTED;
const bug = bugs.find((one) => one.name === name);
if (!bug) throw new Error(`There is no planted bug ${name}.`);
const file = join(root, bug.file);

export default defineConfig({
	...usual,
	root,
	test: {
		...usual.test,
		include: ['protocol', 'functions', 'frontend', 'task-image', 'contract'].map((part) => `test/${part}/**/*.test.ts`),
		// It would keep the bug for the next run, or keep it out of this one.
		fsModuleCache: false,
	},
	plugins: [{ name: 'planted', enforce: 'pre', load: (id) => (id.split('?')[0] === file ? readPlanted(bug) : undefined) }],
});
