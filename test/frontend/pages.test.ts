import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { expect as see } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildAndLaunch } from './support/browser.ts';
import { type ControlPlane, startControlPlane } from './support/in-memory-control-plane.ts';

let built: Awaited<ReturnType<typeof buildAndLaunch>>;
let plane: ControlPlane;
let pages: Page[] = [];
let complaints: string[] = [];

beforeAll(async () => {
	built = await buildAndLaunch();
}, 120_000);
afterAll(() => built?.close());
beforeEach(async () => {
	plane = await startControlPlane(built.folder);
	pages = [];
	complaints = [];
});
afterEach(async () => {
	await Promise.all(pages.map((page) => page.context().close()));
	await plane.close();
	// Broken promises, and what the content security policy forbids.
	expect(complaints).toEqual([]);
});

const device = async (options: BrowserContextOptions = {}, browser: Browser = built.browser): Promise<Page> => {
	const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })).newPage();
	page.on('pageerror', (error) => complaints.push(String(error)));
	page.on('console', (message) => /Content Security Policy/.test(message.text()) && complaints.push(message.text()));
	pages.push(page);
	return page;
};
const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const item = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: new RegExp(`^${text}$`) });
const lines = (page: Page) => page.evaluate(() => document.querySelector<HTMLElement>('[data-testid=terminal]')?.textLines?.() ?? []);
const typed = (id: string) => new TextDecoder().decode(plane.agentOf(id).typed);
const openTerminal = async (page: Page, id: string) => {
	await page.goto(`${plane.origin}/sessions/${id}`);
	await see(status(page, 'Connected')).toBeVisible();
};
const axe = async (page: Page) =>
	(await new AxeBuilder({ page }).analyze()).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(', ')}`);

describe('dashboard', () => {
	test('signed out there is a button and no text field, and the way back is kept', async () => {
		plane.signedIn = false;
		const page = await device();
		await page.goto(`${plane.origin}/sessions/abcdefghijaa`);
		await see(page.getByRole('textbox')).toHaveCount(0);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.waitForURL(`${plane.origin}/api/auth/login?return=%2Fsessions%2Fabcdefghijaa`);
	});

	test('from nothing to a session, with the keyboard only', async () => {
		const page = await device();
		await page.goto(plane.origin);
		await see(page.getByRole('heading', { name: 'Your first session' })).toBeVisible();
		await see(page.getByRole('button', { name: 'New session' })).toHaveCount(1);
		await page.getByRole('button', { name: 'New session' }).focus();
		await page.keyboard.press('Enter');
		const dialog = page.getByRole('dialog', { name: 'New session' });
		await see(dialog.getByLabel('Name')).toBeFocused();
		await page.keyboard.type('demo');
		await page.keyboard.press('Enter');
		await see(dialog).toHaveCount(0);
		await see(item(page, 'demo').getByText('Starting', { exact: true })).toBeVisible();
		await see(item(page, 'demo').getByRole('link', { name: 'Open terminal' })).toBeVisible();
	});

	test('a name that is not allowed or taken is said in the dialog, which stays', async () => {
		plane.add('demo', 'Stopped');
		const page = await device();
		await page.goto(plane.origin);
		await page.getByRole('button', { name: 'New session' }).click();
		const dialog = page.getByRole('dialog', { name: 'New session' });
		await dialog.getByLabel('Name').fill('-no');
		await dialog.getByRole('button', { name: 'Create' }).click();
		await see(dialog.getByText(/beginning and ending with a letter or digit/)).toBeVisible();
		await dialog.getByLabel('Name').fill('demo');
		await dialog.getByRole('button', { name: 'Create' }).click();
		await see(dialog.getByText(/has this name/)).toBeVisible();
		await dialog.getByRole('button', { name: 'Close' }).click();
		await see(dialog).toHaveCount(0);
		expect(plane.sessions).toHaveLength(1);
	});

	test('no home free: it waits and tries again by itself', async () => {
		const page = await device();
		plane.refuse.set('POST /api/sessions', 'no_slot');
		await page.goto(plane.origin);
		await page.getByRole('button', { name: 'New session' }).click();
		await page.getByRole('button', { name: 'Create' }).click();
		await see(page.getByText(/A home is being made/)).toBeVisible();
		plane.refuse.clear();
		await see(page.getByRole('dialog')).toHaveCount(0);
		expect(plane.sessions).toHaveLength(1);
	});

	test('each state has its actions under their names; states change without reloading', async () => {
		const session = plane.add('demo', 'Running');
		const page = await device();
		await page.goto(plane.origin);
		const actions = item(page, 'demo').getByRole('button', { name: 'Actions' });
		await see(item(page, 'demo').getByRole('button').last()).toHaveAccessibleName('Actions');
		await actions.click();
		expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Stop', 'Restart', 'Rename', 'Delete']);
		await page.getByRole('menuitem', { name: 'Stop' }).click();
		const dialog = page.getByRole('dialog', { name: 'Stop session' });
		await dialog.getByRole('button', { name: 'Stop session' }).click();
		await see(item(page, 'demo').getByText('Stopping', { exact: true })).toBeVisible();
		session.state = 'Stopped';
		await see(item(page, 'demo').getByText('Stopped', { exact: true })).toBeVisible();
		await item(page, 'demo').getByRole('button', { name: 'Start' }).click();
		await see(item(page, 'demo').getByText('Starting', { exact: true })).toBeVisible();
		await see(item(page, 'demo').getByRole('progressbar', { name: 'Start' })).toContainText('Reserve a machine');
		await item(page, 'demo').getByRole('button', { name: 'Cancel' }).click();
		await see(item(page, 'demo').getByText('Stopping', { exact: true })).toBeVisible();
		Object.assign(session, { state: 'Failed', reason: 'No machine is free in this region.' });
		await see(item(page, 'demo').getByRole('button', { name: 'Retry' })).toBeVisible();
		await see(item(page, 'demo').getByText('No machine is free in this region.')).toBeVisible();
	});

	test('a dialog gives the focus back, and delete wants the name', async () => {
		plane.add('demo', 'Stopped');
		const page = await device();
		await page.goto(plane.origin);
		const actions = item(page, 'demo').getByRole('button', { name: 'Actions' });
		await actions.focus();
		await page.keyboard.press('Enter');
		await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
		const dialog = page.getByRole('dialog', { name: 'Delete session' });
		await see(dialog.getByRole('button', { name: 'Delete session' })).toBeDisabled();
		await page.keyboard.press('Escape');
		await see(dialog).toHaveCount(0);
		await see(actions).toBeFocused();
		await page.keyboard.press('Enter');
		await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
		await dialog.getByLabel('Session name').fill('demo');
		await dialog.getByRole('button', { name: 'Delete session' }).click();
		await see(page.getByRole('heading', { name: 'Your first session' })).toBeVisible();
	});

	test('a failed look keeps the list and says what happened', async () => {
		plane.add('demo', 'Starting');
		const page = await device();
		await page.goto(plane.origin);
		await see(item(page, 'demo')).toBeVisible();
		plane.refuse.set('GET /api/sessions', 'unavailable');
		await see(page.getByRole('alert')).toContainText('unavailable');
		await see(item(page, 'demo')).toBeVisible();
		plane.refuse.clear();
		await page.getByRole('button', { name: 'Try again' }).click();
		await see(page.getByRole('alert')).toHaveCount(0);
	});

	test('no violation that axe knows, light and dark, laptop and phone', async () => {
		plane.add('demo', 'Running');
		plane.add('second', 'Starting', { step: 'home' });
		plane.add('third', 'Failed', { reason: 'Why.' });
		plane.add('fourth', 'Stopped');
		for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', ...phone }] as const) {
			const page = await device(options);
			await page.goto(plane.origin);
			await see(item(page, 'demo')).toBeVisible();
			expect(await axe(page)).toEqual([]);
			await page.getByRole('button', { name: 'New session' }).click();
			await see(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
			await page.getByRole('dialog').evaluate((dialog) => Promise.all(dialog.getAnimations().map((animation) => animation.finished)));
			expect(await axe(page)).toEqual([]);
		}
	});

	test('nothing is cut off at 320 px, which is 200 % zoom on a small screen', async () => {
		plane.add('a-name-of-forty-characters-with-no-spaces', 'Stopped', { reason: 'A reason that is long enough to need several lines here.' });
		const page = await device({ viewport: { width: 320, height: 480 } });
		await page.goto(plane.origin);
		await see(page.getByRole('link', { name: 'Open terminal' })).toBeVisible();
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
	});
});

describe('terminal page', () => {
	test('types and shows; the title is the session’s name; the names are the contract’s', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await see(page).toHaveTitle('demo');
		await see(page.getByRole('region', { name: /Terminal/ })).toHaveCount(1);
		await page.keyboard.type('hello');
		await see.poll(async () => (await lines(page))[0]).toBe('$ hello');
		expect(typed(id)).toBe('hello');
	});

	test('[O2] a cut keeps the last screen under a badge, and what was typed meanwhile arrives once', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await page.keyboard.type('before');
		await see.poll(async () => (await lines(page))[0]).toBe('$ before');
		plane.cut(true);
		await see(status(page, 'Reconnecting')).toBeVisible();
		await see(page.getByRole('button', { name: 'Try now' })).toBeVisible();
		expect((await lines(page))[0]).toBe('$ before');
		await page.keyboard.type(' while');
		plane.restore();
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		await see(status(page, 'Connected')).toBeVisible();
		await see.poll(async () => (await lines(page))[0]).toBe('$ before while');
		expect(typed(id)).toBe('before while');
	});

	test('[I4] a new agent gets nothing old, and the user is told how many keystrokes', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		plane.cut(true);
		await see(status(page, 'Reconnecting')).toBeVisible();
		await page.keyboard.type('abc');
		plane.replaceAgent(id);
		plane.restore();
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		await see(page.getByRole('alert')).toContainText('3 keystrokes were lost');
		expect(typed(id)).toBe('');
	});

	test('[E2] detached says so, and Enter comes back', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		plane.agentOf(id).end('detached');
		await see(page.getByText('Detached')).toBeVisible();
		await page.keyboard.type('x');
		await page.keyboard.press('Enter');
		await see(status(page, 'Connected')).toBeVisible();
		await see(page.getByText('Detached')).toHaveCount(0);
		expect(typed(id)).toBe('');
	});

	test('“Open terminal” starts a stopped session and ends in the terminal; a reload and an old tab start nothing', async () => {
		const session = plane.add('demo', 'Stopped');
		const page = await device();
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('link', { name: 'Open terminal' }).click();
		await see(page.getByText('Starting demo')).toBeVisible();
		await see(page).toHaveURL(`${plane.origin}/sessions/${session.id}`);
		session.state = 'Running';
		await see(status(page, 'Connected')).toBeVisible();
		Object.assign(session, { state: 'Stopped', reason: 'Stopped by you.' });
		await see(page.getByText('demo is stopped')).toBeVisible({ timeout: 8_000 });
		expect((await lines(page))[0]).toBe('$');
		await page.reload();
		await see(page.getByText('demo is stopped')).toBeVisible();
		expect(plane.requests.filter((request) => request.endsWith('/start'))).toHaveLength(1);
		expect(session.state).toBe('Stopped');
		await page.getByRole('button', { name: 'Start' }).click();
		await see(page.getByText('Starting demo')).toBeVisible();
	});

	test('somebody else’s session is not found, and no screen is shown', async () => {
		const page = await device();
		await page.goto(`${plane.origin}/sessions/zzzzzzzzzzzz`);
		await see(page.getByText('Not found').first()).toBeVisible();
		expect(await lines(page)).toEqual([]);
	});

	test('what the terminal answers to a program goes back to it, and is no keystroke', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		plane.agentOf(id).print(new TextEncoder().encode('\x1b[c'));
		await see.poll(() => typed(id)).toMatch(/\[\?[\d;]+c/);
	});

	test('keys of the key bar on a phone: modifiers go into the next character, arrows follow the program’s mode', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device(phone);
		await openTerminal(page, id);
		const keys = page.getByRole('toolbar', { name: 'Keys' });
		await keys.getByRole('button', { name: 'Control C' }).tap();
		await keys.getByRole('button', { name: 'Ctrl' }).tap();
		await see(keys.getByRole('button', { name: 'Ctrl' })).toHaveAttribute('aria-pressed', 'true');
		await page
			.getByRole('region', { name: /Terminal/ })
			.locator('textarea')
			.focus();
		await page.keyboard.type('bc');
		await keys.getByRole('button', { name: 'Alt' }).tap();
		await keys.getByRole('button', { name: 'Arrow left' }).tap();
		await keys.getByRole('button', { name: 'Arrow up' }).tap();
		await keys.getByRole('button', { name: 'Esc' }).tap();
		await see.poll(() => typed(id)).toBe('\x03\x02c\x1b[1;3D\x1b[A\x1b');
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
	});

	test('a tap takes the focus, a swipe scrolls with the wheel where the program wants the mouse, and the keyboard corrects nothing', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device(phone);
		await openTerminal(page, id);
		const textarea = page.getByRole('region', { name: /Terminal/ }).locator('textarea');
		await see(textarea).not.toBeFocused();
		await page.touchscreen.tap(200, 300);
		await see(textarea).toBeFocused();
		for (const [name, value] of Object.entries({ autocorrect: 'off', autocapitalize: 'none', autocomplete: 'off', spellcheck: 'false' }))
			await see(textarea).toHaveAttribute(name, value);

		plane.agentOf(id).print(new TextEncoder().encode('\x1b[?1049h\x1b[?1000h\x1b[?1006h'));
		await see.poll(() => plane.agentOf(id).unshown).toBe(0);
		await page.touchscreen.tap(200, 300);
		await see.poll(() => typed(id)).toMatch(/\[<0;\d+;\d+M.\[<0;\d+;\d+m/);
		const before = typed(id);
		const touch = await page.context().newCDPSession(page);
		const at = (y: number) => [{ x: 200, y }];
		await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(500) });
		for (let y = 480; y >= 300; y -= 20) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(y) });
		await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
		await see.poll(() => typed(id).slice(before.length)).toMatch(/\[<65;\d+;\d+M/);
	});

	test('the keyboard of a phone covers no cursor and resizes nothing', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device(phone);
		await page.addInitScript(() => {
			const viewport = Object.assign(new EventTarget(), { height: 844, width: 390, offsetTop: 0, offsetLeft: 0, scale: 1 });
			Object.defineProperty(window, 'visualViewport', { value: viewport });
		});
		await openTerminal(page, id);
		const rows = (await lines(page)).length;
		plane.agentOf(id).print(new TextEncoder().encode('line\r\n'.repeat(rows - 2)));
		await see.poll(async () => (await lines(page))[rows - 3]).toBe('line');
		const keyboard = (height: number) =>
			page.evaluate((covered) => {
				Object.assign(window.visualViewport ?? {}, { height: 844 - covered });
				window.visualViewport?.dispatchEvent(new Event('resize'));
			}, height);
		await keyboard(336);
		const keys = await page.getByRole('toolbar', { name: 'Keys' }).boundingBox();
		const screen = await page.locator('.xterm-screen').boundingBox();
		if (!keys || !screen) throw new Error('nothing to see');
		expect(keys.y + keys.height).toBeLessThanOrEqual(844 - 336 + 1);
		const cursorBottom = screen.y + (screen.height * (rows - 1)) / rows;
		expect(cursorBottom).toBeLessThanOrEqual(keys.y);
		expect(cursorBottom).toBeGreaterThan(keys.y - 60);
		await keyboard(0);
		expect((await page.locator('.xterm-screen').boundingBox())?.y).toBeLessThan(60);
		expect((await lines(page)).length).toBe(rows);
		expect(plane.agentOf(id).sizes).toEqual([]);
	});

	test('where the processor would draw WebGL, the DOM does', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await see(page.locator('.xterm-rows')).toContainText('$');
		await see(page.locator('.xterm-screen > canvas')).toHaveCount(0);
	});

	test('a lost WebGL context is rebuilt, and after the third the DOM draws: never a black terminal', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		// This machine draws WebGL by its processor, which the page would not use.
		await page.addInitScript(() => {
			const { getParameter } = WebGL2RenderingContext.prototype;
			const UNMASKED_RENDERER_WEBGL = 0x9246;
			WebGL2RenderingContext.prototype.getParameter = function (name) {
				return name === UNMASKED_RENDERER_WEBGL ? 'a graphics card' : getParameter.call(this, name);
			};
		});
		await openTerminal(page, id);
		const canvases = page.locator('.xterm-screen > canvas');
		const lose = () =>
			canvases.evaluateAll((all) => {
				for (const canvas of all as HTMLCanvasElement[]) canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
			});
		for (let loss = 0; loss < 3; loss++) {
			await see(canvases).not.toHaveCount(0);
			await lose();
			await see(canvases).toHaveCount(0, { timeout: 10_000 });
		}
		await see(page.locator('.xterm-rows')).toContainText('$');
		await page.keyboard.type('still');
		await see(page.locator('.xterm-rows')).toContainText('$ still');
	});

	test('another device’s grid is shown whole; typing or a button takes this device’s size', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device(phone);
		await openTerminal(page, id);
		const own = (await lines(page)).length;
		plane.agentOf(id).regrid({ columns: 160, rows: 50 });
		await see.poll(async () => (await lines(page)).length).toBe(50);
		const terminal = page.locator('.xterm-screen');
		await see.poll(async () => (await terminal.boundingBox())?.height).toBeLessThanOrEqual(760);
		await page.getByRole('button', { name: 'Use my size' }).tap();
		await see.poll(async () => (await lines(page)).length).toBe(own);
		await see(page.getByRole('button', { name: 'Use my size' })).toHaveCount(0);
		expect(plane.agentOf(id).sizes.at(-1)?.reason).toBe('type');
	});

	test('a window of another size asks for it, and shows what the agent makes of it', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		const before = (await lines(page)).length;
		await page.setViewportSize({ width: 900, height: 500 });
		await see.poll(() => plane.agentOf(id).sizes.at(-1)?.reason).toBe('resize');
		await see.poll(async () => (await lines(page)).length).toBe(plane.agentOf(id).sizes.at(-1)?.rows);
		expect((await lines(page)).length).toBeLessThan(before);
	});

	test('the keyboard gets out of the terminal, and no other key does', async () => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await page.keyboard.press('Tab');
		await see.poll(() => typed(id)).toBe('\t');
		await page.keyboard.press('Control+Shift+F6');
		await see(page.getByRole('link', { name: 'Sessions' })).toBeFocused();
	});

	test('no violation that axe knows, on a laptop and a phone, connected, stopped and cut off', async () => {
		const session = plane.add('demo', 'Running');
		for (const options of [{}, phone]) {
			const page = await device(options);
			await openTerminal(page, session.id);
			expect(await axe(page)).toEqual([]);
		}
		session.state = 'Stopped';
		const page = await device();
		await page.goto(`${plane.origin}/sessions/${session.id}`);
		await see(page.getByText('demo is stopped')).toBeVisible();
		expect(await axe(page)).toEqual([]);
	});
});
