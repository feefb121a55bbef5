import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		exclude: ['test/e2e/**', 'test/bench/**', 'test/claude-code/**', '**/node_modules/**'],
		environment: 'node',
		// Processes, not threads: a PTY, a child that dies with its parent and `process.env` belong to a process.
		pool: 'forks',
		// More than cores: what is tested waits for a browser or a program for half of its time.
		maxWorkers: '150%',
		// Real tmux and real SDK clients on two busy cores: a limit that only what hangs reaches.
		testTimeout: 20_000,
		hookTimeout: 30_000,
		allowOnly: false,
	},
});
