/** The page as it is built, in Debian's Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from '@playwright/test';
import { build } from 'vite';

const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Builds the page into a folder of its own, and starts a browser. */
export const buildAndLaunch = async (): Promise<{ folder: string; browser: Browser; close: () => Promise<void> }> => {
	const folder = await mkdtemp(join(tmpdir(), 'shellpod-page-'));
	const root = fileURLToPath(new URL('../../../frontend', import.meta.url));
	await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });
	return {
		folder,
		browser,
		close: async () => {
			await browser.close();
			await rm(folder, { recursive: true });
		},
	};
};
