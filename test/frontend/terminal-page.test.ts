import { expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { axe, item, lines, phone, status, test } from './support/pages.ts';

describe('terminal page', () => {
	test('types and shows; the title is the session’s name; the names are the contract’s', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await see(page).toHaveTitle('demo');
		await see(page.getByRole('region', { name: /Terminal/ })).toHaveCount(1);
		await page.keyboard.type('hello');
		await see.poll(async () => (await lines(page))[0]).toBe('$ hello');
		expect(typed(id)).toBe('hello');
	});

	test('[O2] a cut keeps the last screen under a badge, and what was typed meanwhile arrives once', async ({
		plane,
		device,
		openTerminal,
		typed,
	}) => {
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

	test('a first connection that does not come is said, in words that stay, with its seconds', async ({ plane, device, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		const words: string[] = [];
		await page.exposeFunction('heard', (word: string) => words.push(word));
		await page.addInitScript(() => {
			new MutationObserver(() => {
				const word = document.querySelector('header [role=status]')?.textContent;
				if (word !== undefined) Reflect.get(window, 'heard')(word);
			}).observe(document, { subtree: true, childList: true, characterData: true });
		});
		plane.cut(true);
		await page.goto(`${plane.origin}/sessions/${id}`);
		await see(status(page, 'Connecting')).toBeVisible();
		await see(page.getByText(/^Connecting \d+ s$/)).toBeVisible();
		// The next two tries fail as well. Each is asked for: by itself the page may wait half a minute.
		const tries = () => plane.requests.filter((request) => request.endsWith('/tickets')).length;
		const before = tries();
		await page.getByRole('button', { name: 'Try now' }).click();
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		await see.poll(tries).toBeGreaterThan(before + 1);
		plane.restore();
		// Not by the button: the page's own next try may have taken it away.
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		await see(status(page, 'Connected')).toBeVisible();
		expect([...new Set(words)]).toEqual(['Connecting', 'Connected']);
		expect(typed(id)).toBe('');
	});

	test('[I4] a new agent gets nothing old, and the user is told how many keystrokes', async ({ plane, device, openTerminal, typed }) => {
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

	test('[E2] detached says so, and Enter comes back', async ({ plane, device, openTerminal, typed }) => {
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

	test('“Open terminal” starts a stopped session and ends in the terminal; a reload and an old tab start nothing', async ({ plane, device }) => {
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

	test('somebody else’s session is not found, and no screen is shown', async ({ plane, device }) => {
		const page = await device();
		await page.goto(`${plane.origin}/sessions/zzzzzzzzzzzz`);
		await see(page.getByText('Not found').first()).toBeVisible();
		expect(await lines(page)).toEqual([]);
	});

	test('a program that asks learns whether the terminal has the focus, and nothing else', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		plane.agentOf(id).print(new TextEncoder().encode('\x1b[c\x1b[6n\x1b[?1004h'));
		await see.poll(() => typed(id)).toBe('\x1b[I');
	});

	test('keys of the key bar on a phone: modifiers go into the next character, arrows follow the program’s mode', async ({
		plane,
		device,
		openTerminal,
		typed,
	}) => {
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

	test('a tap takes the focus, a swipe scrolls with the wheel where the program wants the mouse, and the keyboard corrects nothing', async ({
		plane,
		device,
		openTerminal,
		typed,
	}) => {
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

	test('the keyboard of a phone covers no cursor and resizes nothing', async ({ plane, device, openTerminal }) => {
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

	test('where the processor would draw WebGL, the DOM does', async ({ plane, device, openTerminal }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await see(page.locator('.xterm-rows')).toContainText('$');
		await see(page.locator('.xterm-screen > canvas')).toHaveCount(0);
	});

	test('a lost WebGL context is rebuilt, and after the third the DOM draws: never a black terminal', async ({ plane, device, openTerminal }) => {
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

	test('the keyboard gets out of the terminal, and no other key does', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await page.keyboard.press('Tab');
		await see.poll(() => typed(id)).toBe('\t');
		await page.keyboard.press('Control+Shift+F6');
		await see(page.getByRole('link', { name: 'Sessions' })).toBeFocused();
	});

	test('no violation that axe knows, on a laptop and a phone, connected, stopped and cut off', async ({ plane, device, openTerminal }) => {
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
