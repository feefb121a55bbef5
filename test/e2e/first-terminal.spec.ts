import { devices } from '@playwright/test';
import {
	act,
	connected,
	createSession,
	device,
	expect,
	expectScreen,
	expectState,
	item,
	lines,
	newUser,
	openTerminal,
	run,
	signIn,
	test,
	tmuxKey,
	type,
} from './fixtures.ts';

test('a user signs in, makes a session, types in it', async ({ page, stack }) => {
	await page.goto(stack.link);
	await expect(page.getByRole('textbox')).toHaveCount(0);
	await signIn(page, stack, newUser());
	await createSession(page, 'demo');
	await openTerminal(page, 'demo');
	await type(page, 'echo hello-$((6*7))\n');
	await expectScreen(page, 'hello-42');
	await run(page, 'echo "$USER $HOME $(id -u)"');
	await expectScreen(page, /^dev \/home\/dev 1\d{5}$/m);
});

test('every tmux key of the specification works', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'keys');
	await openTerminal(page, 'keys');
	const tmux = (format: string) => `tmux display -p '${format}'`;

	await run(page, 'echo window-$((0+0)); clear');
	await tmuxKey(page, 'c');
	await expect.poll(async () => (await lines(page)).at(-1)).toMatch(/1:\S+\*/);
	await tmuxKey(page, 'n');
	await expect.poll(async () => (await lines(page)).at(-1)).toMatch(/0:\S+\*/);
	await tmuxKey(page, 'p');
	await expect.poll(async () => (await lines(page)).at(-1)).toMatch(/1:\S+\*/);

	await tmuxKey(page, '%');
	await expect.poll(async () => (await lines(page)).some((line) => line.includes('│'))).toBe(true);
	await tmuxKey(page, '"');
	await expect.poll(async () => (await lines(page)).some((line) => line.includes('─'))).toBe(true);
	await run(page, tmux('pane-at-#{pane_at_top}#{pane_at_left}'));
	await expectScreen(page, 'pane-at-00');
	await tmuxKey(page, 'ArrowUp');
	await run(page, tmux('pane-at-#{pane_at_top}#{pane_at_left}'));
	await expectScreen(page, 'pane-at-10');
	await tmuxKey(page, 'ArrowLeft');
	await run(page, tmux('pane-at-#{pane_at_top}#{pane_at_left}'));
	await expectScreen(page, 'pane-at-11');

	await tmuxKey(page, 'd');
	await expect(page.getByText('Detached')).toBeVisible();
	await page.keyboard.press('Enter');
	await connected(page);
	await expectScreen(page, 'pane-at-11');
});

test('close the tab; another device shows the same screen, and typing in one shows in both', async ({ browser, stack }) => {
	const user = newUser();
	const laptop = await device(browser, stack, user);
	await createSession(laptop, 'two');
	await openTerminal(laptop, 'two');
	await run(laptop, 'echo left-on-the-laptop; cd /usr/share');
	const address = laptop.url();
	await laptop.close();

	const { defaultBrowserType: _, ...profile } = devices['iPad (gen 11)'];
	const ipad = await device(browser, stack, user, profile);
	await openTerminal(ipad, 'two');
	await expectScreen(ipad, 'left-on-the-laptop');
	await run(ipad, 'pwd');
	await expectScreen(ipad, '/usr/share');

	const desktop = await device(browser, stack, user);
	await desktop.goto(address);
	await connected(desktop);
	await expectScreen(desktop, 'left-on-the-laptop');
	await type(desktop, 'echo from-the-$((1))-desktop\n');
	await expectScreen(ipad, 'from-the-1-desktop');
	await expectScreen(desktop, 'from-the-1-desktop');
	await type(ipad, 'echo from-the-$((2))-ipad\n');
	await expectScreen(desktop, 'from-the-2-ipad');
	await expectScreen(ipad, 'from-the-2-ipad');
});

test('a reload keeps the terminal; another user does not get in', async ({ browser, stack }) => {
	const mine = await device(browser, stack, newUser());
	await createSession(mine, 'mine');
	await openTerminal(mine, 'mine');
	await run(mine, 'echo still-$((20+2))');
	await mine.reload();
	await connected(mine);
	await expectScreen(mine, 'still-22');

	const other = await device(browser, stack, newUser());
	await other.goto(mine.url());
	await expect(other.getByText(/not found/i).first()).toBeVisible();
	expect(await lines(other)).toEqual([]);
});

test('[15] rename, delete, undo, delete for good', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'before');
	await act(page, 'before', 'Rename');
	const rename = page.getByRole('dialog', { name: 'Rename session' });
	await rename.getByLabel('Name').fill('after');
	await rename.getByRole('button', { name: 'Save' }).click();
	await expect(item(page, 'after')).toBeVisible();
	await expect(item(page, 'before')).toHaveCount(0);

	await act(page, 'after', 'Delete');
	const remove = page.getByRole('dialog', { name: 'Delete session' });
	await remove.getByRole('button', { name: 'Close' }).click();
	await expectState(page, 'after', 'Running');
	await act(page, 'after', 'Delete');
	await remove.getByRole('button', { name: 'Delete session' }).click();
	const trash = page.getByRole('region', { name: 'Trash' });
	await expect(trash.getByRole('heading', { name: 'after' })).toBeVisible();
	await page.getByRole('button', { name: 'Undo' }).click();
	await expectState(page, 'after', 'Stopped', 30_000);
	await expect(trash).toHaveCount(0);

	await act(page, 'after', 'Delete');
	await remove.getByRole('button', { name: 'Delete session' }).click();
	await trash.getByRole('button', { name: 'Delete for good' }).click();
	const forGood = page.getByRole('dialog', { name: 'Delete for good' });
	await forGood.getByLabel('Session name').fill('wrong');
	await expect(forGood.getByRole('button', { name: 'Delete for good' })).toBeDisabled();
	await forGood.getByLabel('Session name').fill('after');
	await forGood.getByRole('button', { name: 'Delete for good' }).click();
	await expect(item(page, 'after')).toHaveCount(0);
});
