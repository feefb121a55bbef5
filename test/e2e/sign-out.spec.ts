/** What the end of a right does to pages that are open. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page, WebSocket } from '@playwright/test';
import { signInByHttp } from '../support/user.ts';
import { openViewer } from '../support/viewer.ts';
import { confirm, connected, createSession, device, expect, item, newUser, openTerminal, run, signIn, test, underFaults } from './fixtures.ts';

/** ms; the promise */
const aMinute = 60_000;

/** The terminals' WebSockets that a page has opened, from now on. Beside them it has one that tells of its sessions, which is spoken to otherwise. */
const watch = (page: Page): WebSocket[] => {
	const sockets: WebSocket[] = [];
	page.on('websocket', (socket) => {
		socket.on('framereceived', ({ payload }) => {
			if (String(payload).startsWith('c') && !sockets.includes(socket)) sockets.push(socket);
		});
	});
	return sockets;
};

const signOut = async (page: Page): Promise<void> => {
	await page.getByRole('button', { name: 'Account' }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
};

const isSignedOut = (page: Page) => expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible({ timeout: aMinute });

test('[security 8] signing out closes the terminals of that browser, in its other tabs too, and no other device’s', async ({
	page,
	browser,
	stack,
}) => {
	const user = newUser();
	await signIn(page, stack, user);
	await createSession(page, 'work');
	const phone = await device(browser, stack, user);
	const phones = watch(phone);
	await openTerminal(phone, 'work');
	const tab = await page.context().newPage();
	const tabs = watch(tab);
	await tab.goto(stack.origin);
	await openTerminal(tab, 'work');
	if (!underFaults) expect(tabs).toHaveLength(1);

	await signOut(page);
	await expect.poll(() => tabs.every((socket) => socket.isClosed()), { timeout: aMinute }).toBe(true);
	await isSignedOut(tab);
	// Signed out means that: nothing tries to come back.
	await expect(tab.getByText('Reconnecting')).toHaveCount(0);
	const before = tabs.length;

	await run(phone, 'echo still here');
	await connected(phone);
	// A fault may cut it; it has come back then.
	if (!underFaults) expect(phones.map((socket) => socket.isClosed())).toEqual([false]);
	expect(tabs).toHaveLength(before);

	// The same browser may come back, by a sign-in of its own.
	await signIn(page, stack, user);
	await openTerminal(page, 'work');
});

test('[security 8] a stop on one device is said at once on the others', async ({ page, browser, stack }) => {
	const user = newUser();
	await signIn(page, stack, user);
	await createSession(page, 'work');
	const phone = await device(browser, stack, user);
	const heard: string[] = [];
	phone.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
	await openTerminal(phone, 'work');
	await confirm(page, 'work', 'Stop');
	await expect(phone.getByRole('status').filter({ hasText: /^Connected$/ })).toHaveCount(0);
	// A fault may lose the word; the page hears it at its next look then.
	const told = heard.some((text) => text.includes('"code":"not_running"') || /"told":"session".*"state":"Stopp/.test(text));
	expect(told || underFaults).toBe(true);
	await expect(phone.getByRole('heading', { name: /work is stopped|Stopping work/ })).toBeVisible();
});

test('[security 8] a session that is deleted on one device is gone on the others', async ({ page, browser, stack }) => {
	const user = newUser();
	await signIn(page, stack, user);
	await createSession(page, 'work');
	const phone = await device(browser, stack, user);
	const sockets = watch(phone);
	await openTerminal(phone, 'work');
	await confirm(page, 'work', 'Delete');
	await expect(phone.getByRole('alert')).toContainText('This session is in the trash', { timeout: aMinute });
	const closed = expect.poll(() => sockets.every((socket) => socket.isClosed()), underFaults ? { timeout: aMinute } : {});
	await closed.toBe(true);
});

test('[security 8] who is switched off sees why, and nothing else any more', async ({ page, stack }) => {
	const user = newUser();
	await signIn(page, stack, user);
	await createSession(page, 'work');
	const sockets = watch(page);
	await openTerminal(page, 'work');
	const disable = () =>
		promisify(execFile)('node', ['scripts/shellpod-admin.mjs', '--local', 'disable', user], {
			cwd: fileURLToPath(new URL('../..', import.meta.url)),
			env: { PATH: process.env.PATH, HOME: stack.state, SHELLPOD_STATE: stack.state },
		});
	// An operator whose command met a table that does not answer runs it again.
	if (underFaults) await expect(disable).toPass({ timeout: aMinute });
	else await disable();
	await expect(page.getByRole('alert')).toContainText('The operator has switched your account off.', { timeout: aMinute });
	await isSignedOut(page);
	await expect(page.getByTestId('terminal')).toHaveCount(0);
	expect(sockets.every((socket) => socket.isClosed())).toBe(true);
});

test('[security 13] the ninth terminal is told that eight are open, and opens when one is closed', async ({ page, stack }) => {
	const user = newUser();
	await signIn(page, stack, user);
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const { pathname } = new URL(page.url());
	await page.goto(stack.origin);
	const other = await signInByHttp(stack, user);
	const [id = ''] = pathname.split('/').slice(-1);
	const viewers = [];
	for (let count = 0; count < 8; count++)
		viewers.push(await openViewer(await other.ticket(id), { origin: stack.origin, cookie: other.cookie() }, 80, 24));

	await item(page, 'work').getByRole('link', { name: 'Open terminal' }).click();
	await expect(page.getByRole('alert')).toContainText('You have 8 terminals open. Close one.');
	viewers[3]?.close();
	await expect(async () => {
		await page.getByRole('button', { name: 'Try again' }).click();
		await connected(page);
	}).toPass();
	for (const viewer of viewers) viewer.close();
});
