import { defineConfig } from '@playwright/test';

/** Debian's Chromium; the flags keep it from asking the network for anything of its own. */
export const chromium = {
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: [
		'--no-sandbox',
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
	],
};

export default defineConfig({
	testDir: '.',
	testMatch: '*.spec.ts',
	// Two cores: the stack under test needs one of them.
	workers: 1,
	fullyParallel: false,
	forbidOnly: true,
	retries: 0,
	// A session may have to wait for a slot first; under faults a start or a stop may take what the design gives it.
	timeout: 90_000 + 80_000 + (process.env.SHELLPOD_FAULTS === undefined ? 0 : 4 * 60_000),
	expect: { timeout: 15_000 },
	outputDir: '../../test-results/e2e',
	use: { browserName: 'chromium', launchOptions: chromium, viewport: { width: 1280, height: 800 }, trace: 'off' },
});
