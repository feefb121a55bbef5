/** The unit tests with bugs planted, by the names that SHELLPOD_PLANTED gives, with commas between them: what they find needs no simulation. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import usual from '../../../vitest.config.ts';
import { bugs } from './bugs.ts';
import { readPlanted } from './plant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const planted = (process.env.SHELLPOD_PLANTED ?? '').split(',').map((name) => {
	const bug = bugs.find((one) => one.name === name);
	if (!bug) throw new Error(`There is no planted bug ${name}.`);
	return bug;
});

const load = (id: string): string | undefined => {
	const path = id.split('?')[0];
	const [bug, ...more] = planted.filter(({ file }) => join(root, file) === path);
	return bug && readPlanted(bug, ...more);
};

export default defineConfig({
	...usual,
	root,
	test: {
		...usual.test,
		include: ['protocol', 'functions', 'frontend', 'task-image', 'contract'].map((part) => `test/${part}/**/*.test.ts`),
		// A stack's functions run in processes of their own, without the bugs.
		exclude: [...(usual.test?.exclude ?? []), 'test/functions/costs-of-a-stack.test.ts'],
		// It would keep the bugs for the next run, or keep them out of this one.
		fsModuleCache: false,
	},
	plugins: [{ name: 'planted', enforce: 'pre', load }],
});
