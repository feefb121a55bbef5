/** One running ShellPod for all specs, and the moves of a user. */
import { type Browser, type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test';
import { type Stack, startStack } from '../support/stack.ts';
import { readTrail, refusedIn } from '../support/trail.ts';

declare global {
	interface HTMLElement {
		textLines?(): string[];
	}
}

export const test = base.extend<{ violations: string[] }, { stack: Stack; watched: { violations: string[] } }>({
	/** What content security policies forbade in this test, on whatever page: none, or the test fails. */
	violations: [
		async ({ watched }, use) => {
			watched.violations = [];
			await use(watched.violations);
			expect(watched.violations).toEqual([]);
		},
		{ auto: true },
	],
	watched: [
		async ({ browser }, use) => {
			const watched = { violations: [] as string[] };
			const newContext = browser.newContext.bind(browser);
			browser.newContext = async (options) => {
				const context = await newContext(options);
				context.on('console', (message) => {
					if (/Content Security Policy|Trusted ?Type/i.test(message.text())) watched.violations.push(message.text());
				});
				return context;
			};
			await use(watched);
		},
		{ scope: 'worker', auto: true },
	],
	stack: [
		// biome-ignore lint/correctness/noEmptyPattern: the runner reads a fixture's needs from this pattern
		async ({}, use) => {
			const stack = await startStack();
			await use(stack);
			const refused = refusedIn(await readTrail(stack));
			await stack.dispose();
			expect(refused, 'rights that roles lack').toEqual([]);
		},
		{ scope: 'worker', timeout: 120_000 },
	],
});

export { expect };

/** What AWS may do wrong is done: messages are lost, connections cut. What must be true in the end is, but not each thing on the way there. */
export const underFaults = process.env.SHELLPOD_FAULTS !== undefined;

let users = 0;
/** A user name that no other test of this run has. */
export const newUser = (): string => `user-${process.pid}-${users++}`;

/** Through the gate with the printed link, then "Sign in" and the identity provider's page, to the dashboard. */
export const signIn = async (page: Page, stack: Stack, user: string): Promise<void> => {
	await page.goto(stack.link);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('textbox', { name: 'User name' }).fill(user);
	await page.getByRole('textbox', { name: 'User name' }).press('Enter');
	await expect(page.getByRole('button', { name: 'New session' }).first()).toBeVisible();
};

/** A device of its own: another browser profile, signed in as the user. */
export const device = async (browser: Browser, stack: Stack, user: string, options: BrowserContextOptions = {}): Promise<Page> => {
	const page = await (await browser.newContext(options)).newPage();
	await signIn(page, stack, user);
	return page;
};

/**
 * ms that a session may take under faults until it is in a state: what the design's bounds of liveness give it. An event or an answer that is
 * lost costs until the next sweep looks, and that one may lose its own.
 */
const bounds: Record<string, number> = { Running: 3 * 60_000, Stopped: 4 * 60_000 };
const within = (state: string, timeout: number): number => (underFaults ? bounds[state] : undefined) ?? timeout;

export const item = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

export const expectState = async (page: Page, name: string, state: string, timeout = 20_000): Promise<void> => {
	await expect(item(page, name).getByText(state, { exact: true })).toBeVisible({ timeout: within(state, timeout) });
};

/** ms: when all slots are taken, the dialog waits for the slot maker, which comes every minute */
const slotMs = 80_000;

/** Makes a session; it is there as a list item afterwards. */
export const createSession = async (page: Page, name: string): Promise<void> => {
	await page.getByRole('button', { name: 'New session' }).first().click();
	const dialog = page.getByRole('dialog', { name: 'New session' });
	await dialog.getByLabel('Name').fill(name);
	await dialog.getByRole('button', { name: 'Create' }).click();
	await expect(item(page, name)).toBeVisible({ timeout: slotMs });
};

/** A button of the session, or the menu item behind "Actions". */
export const act = async (page: Page, name: string, action: string): Promise<void> => {
	const button = item(page, name).getByRole('button', { name: action, exact: true });
	if (await button.isVisible()) return button.click();
	await item(page, name).getByRole('button', { name: 'Actions' }).click();
	await page.getByRole('menuitem', { name: action, exact: true }).click();
};

/** `act`, then the dialog's button of the same name. */
export const confirm = async (page: Page, name: string, action: string): Promise<void> => {
	await act(page, name, action);
	await page
		.getByRole('dialog')
		.getByRole('button', { name: `${action} session`, exact: true })
		.click();
};

export const openTerminal = async (page: Page, name: string): Promise<void> => {
	await item(page, name).getByRole('link', { name: 'Open terminal' }).click();
	await connected(page, within('Running', 30_000));
};

export const connected = async (page: Page, timeout = 30_000): Promise<void> => {
	await expect(page.getByRole('status').filter({ hasText: /^Connected$/ })).toBeVisible({ timeout });
	await expect.poll(async () => (await lines(page)).some((line) => line.includes('$'))).toBe(true);
};

/** The rows of the terminal on this page. */
export const lines = (page: Page): Promise<string[]> =>
	page.evaluate(() => document.querySelector<HTMLElement>('[data-testid=terminal]')?.textLines?.() ?? []);

export const expectScreen = async (page: Page, text: string | RegExp, timeout = 15_000): Promise<void> => {
	await expect
		.poll(async () => (await lines(page)).join('\n'), { timeout, message: `the screen shows ${text}` })
		.toMatch(typeof text === 'string' ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : text);
};

/** Types into the terminal as a keyboard does. */
export const type = async (page: Page, text: string): Promise<void> => {
	// Focus without a click: a click belongs to tmux, which would choose the pane under it.
	await page
		.getByRole('region', { name: /Terminal/ })
		.locator('textarea')
		.first()
		.focus();
	await page.keyboard.type(text);
};

let marks = 0;
/** Runs a command line and waits until its end shows, so that the next one meets a prompt. The mark that is awaited stands nowhere in what is typed. */
export const run = async (page: Page, command: string, timeout = 15_000): Promise<void> => {
	const mark = ++marks;
	await type(page, `${command}${command.endsWith('&') ? '' : ';'} echo done-$((${mark}+0))-\n`);
	await expectScreen(page, `done-${mark}-`, timeout);
};

/** A tmux key: the prefix, then the key. */
export const tmuxKey = async (page: Page, key: string): Promise<void> => {
	await page.keyboard.press('Control+b');
	await page.keyboard.press(key);
};
