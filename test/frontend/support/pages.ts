/** Tests of the built page in Chromium, each with a control plane of its own. */
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContextOptions, type Page, expect as see } from '@playwright/test';
import { test as base, expect } from 'vitest';
import { buildAndLaunch } from './browser.ts';
import { type ControlPlane, startControlPlane } from './in-memory-control-plane.ts';

interface Pages {
	built: Awaited<ReturnType<typeof buildAndLaunch>>;
	plane: ControlPlane;
	/** a page in a browser profile of its own */
	device: (options?: BrowserContextOptions) => Promise<Page>;
	/** goes to the terminal of the session with this id, and waits until it is connected */
	openTerminal: (page: Page, id: string) => Promise<void>;
	/** what the agent of the session with this id was sent */
	typed: (id: string) => string;
}

export const test = base.extend<Pages>({
	built: [
		// biome-ignore lint/correctness/noEmptyPattern: the runner reads a fixture's needs from this pattern
		async ({}, use) => {
			const built = await buildAndLaunch();
			await use(built);
			await built.close();
		},
		{ scope: 'file' },
	],
	plane: async ({ built }, use) => {
		const plane = await startControlPlane(built.folder);
		await use(plane);
		await plane.close();
	},
	device: async ({ built, plane: _ }, use) => {
		const pages: Page[] = [];
		const complaints: string[] = [];
		await use(async (options = {}) => {
			const page = await (await built.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })).newPage();
			page.on('pageerror', (error) => complaints.push(String(error)));
			page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()));
			pages.push(page);
			return page;
		});
		await Promise.all(pages.map((page) => page.context().close()));
		// Broken promises, and what the content security policy forbids.
		expect(complaints).toEqual([]);
	},
	openTerminal: async ({ plane }, use) =>
		use(async (page, id) => {
			await page.goto(`${plane.origin}/sessions/${id}`);
			await see(status(page, 'Connected')).toBeVisible();
		}),
	typed: async ({ plane }, use) => use((id) => new TextDecoder().decode(plane.agentOf(id).typed)),
});

// Building takes longer than a test may.
test.beforeAll(({ built: _ }) => {}, 120_000);

export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export const item = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
export const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: new RegExp(`^${text}$`) });
/** The rows of the terminal on this page. */
export const lines = (page: Page) => page.evaluate(() => document.querySelector<HTMLElement>('[data-testid=terminal]')?.textLines?.() ?? []);
/** What axe finds wrong. */
export const axe = async (page: Page) =>
	(await new AxeBuilder({ page }).analyze()).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(', ')}`);
