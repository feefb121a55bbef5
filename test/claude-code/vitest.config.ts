import { defineConfig } from 'vitest/config';

/** Beside the tests of `npm test`: this needs a program of 370 MB. */
export default defineConfig({
	test: {
		dir: import.meta.dirname,
		include: ['*.test.ts'],
		environment: 'node',
		pool: 'forks',
		maxWorkers: 1,
		testTimeout: 120_000,
		hookTimeout: 30_000,
		allowOnly: false,
	},
});
