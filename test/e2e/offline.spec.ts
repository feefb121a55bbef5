/** A page whose network goes away, or that is put away itself: its last screen stays, what was typed runs once, and the screen is right afterwards. */
import type { Page } from '@playwright/test';
import type { SlowLink } from '../support/slow-link.ts';
import { connected, createSession, expect, newUser, openTerminal, signIn, type } from './fixtures.ts';
import { expectTheScreenOfAnother, expectTyped, keepInView, leaves } from './in-view.ts';
import { test } from './link.ts';

const badge = (page: Page) =>
	page.getByText(/^(Reconnecting|This device is offline; the session goes on\.|The session goes on; only the connection is lost\.) \d+ s$/);
const oldTyping = (page: Page) => page.getByRole('region', { name: 'Old typing' });

const goOffline = async (page: Page, link: SlowLink): Promise<void> => {
	link.drop('cut');
	await page.context().setOffline(true);
};
const goOnline = async (page: Page, link: SlowLink): Promise<void> => {
	link.restore();
	await page.context().setOffline(false);
};

test('[P1] [P3] a second without a network', async ({ page, stack, link }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const outOfView = await keepInView(page);
	// On its way when the cut comes.
	await type(page, leaves('before'));
	link.drop('cut');
	await type(page, leaves('meanwhile'));
	await expect(badge(page)).toContainText('1 s');
	link.restore();
	await connected(page);
	await type(page, leaves('after'));
	await expectTyped(page, ['before', 'meanwhile', 'after']);
	expect(await outOfView()).toEqual([]);
	await expectTheScreenOfAnother(page);
});

test('[P1] [P3] ten seconds offline', async ({ page, stack, link }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const outOfView = await keepInView(page);
	await goOffline(page, link);
	await type(page, leaves('meanwhile'));
	await expect(badge(page)).toContainText(/offline.* 1\d s/, { timeout: 20_000 });
	await expect(page.getByText(/\d keystrokes waiting/)).toBeVisible();
	await type(page, leaves('later'));
	await goOnline(page, link);
	await connected(page);
	await type(page, leaves('after'));
	await expectTyped(page, ['meanwhile', 'later', 'after']);
	expect(await outOfView()).toEqual([]);
	await expectTheScreenOfAnother(page);
});

test('[P1] ten seconds in which everything that is sent is lost, and nobody is told', async ({ page, stack, link }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const outOfView = await keepInView(page);
	link.drop('silent');
	await type(page, leaves('meanwhile'));
	// Noticed by the silence alone.
	await expect(badge(page)).toBeVisible({ timeout: 20_000 });
	await type(page, leaves('later'));
	link.restore();
	await connected(page);
	await type(page, leaves('after'));
	await expectTyped(page, ['meanwhile', 'later', 'after']);
	expect(await outOfView()).toEqual([]);
});

test('[P10] [I7] five minutes offline: the last words go by themselves, older ones by a click, and what is discarded never', async ({
	page,
	stack,
	link,
}) => {
	await page.clock.install();
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const outOfView = await keepInView(page);
	await goOffline(page, link);
	await expect(badge(page)).toBeVisible();
	await type(page, leaves('old'));
	await page.clock.fastForward(5 * 60_000);
	await expect(badge(page)).toContainText(/ 30\d s/);
	await type(page, leaves('new'));
	await goOnline(page, link);
	await connected(page);
	await expect(oldTyping(page)).toContainText('echo old >> ~/typed⏎');
	await expectTyped(page, ['new']);
	await oldTyping(page).getByRole('button', { name: 'Send' }).click();
	await expect(oldTyping(page)).toHaveCount(0);
	await expectTyped(page, ['new', 'old']);

	await goOffline(page, link);
	await expect(badge(page)).toBeVisible();
	await type(page, leaves('unwanted'));
	await page.clock.fastForward(31_000);
	await goOnline(page, link);
	await connected(page);
	await oldTyping(page).getByRole('button', { name: 'Discard' }).click();
	await expect(oldTyping(page)).toHaveCount(0);
	await expectTyped(page, ['new', 'old']);
	expect(await outOfView()).toEqual([]);
});

/** Goes back as a user does. A page out of the cache is not loaded, and nobody says that it is. */
const goBack = (page: Page) => page.goBack({ waitUntil: 'commit' });

/** How a document that was left is here again: out of the cache, or read anew. */
const cameBack = (page: Page): Promise<string> => page.evaluate(() => window.cameBack ?? 'read anew');

test('[T10] out of the back-forward cache: the same page, at once with its last screen, and what was typed as it left', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const outOfView = await keepInView(page);
	await page.evaluate(() =>
		window.addEventListener('pageshow', ({ persisted }) => {
			window.cameBack = persisted ? 'from the cache' : 'by its history';
		}),
	);
	await type(page, leaves('before'));
	await page.goto('about:blank');
	await goBack(page);
	expect(await cameBack(page)).toBe('from the cache');
	await connected(page);
	await type(page, leaves('after'));
	await expectTyped(page, ['before', 'after']);
	expect(await outOfView()).toEqual([]);
});

test('[security 8] whoever goes back after a sign-out finds no screen of a terminal in the cache', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	const terminal = new URL(page.url()).pathname;
	await page.evaluate(() =>
		window.addEventListener('pageshow', ({ persisted }) =>
			sessionStorage.setItem(
				'came back',
				`${persisted ? 'from the cache' : ''}: ${document.querySelector('[data-testid=terminal]')?.textContent ?? 'no terminal'}`,
			),
		),
	);
	await page.goto(stack.origin);
	await page.getByRole('button', { name: 'Account' }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	const isOut = () => expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	await isOut();
	while (new URL(page.url()).pathname !== terminal) {
		await goBack(page);
		await isOut();
	}
	await expect(page.getByTestId('terminal')).toHaveCount(0);
	expect(await page.evaluate(() => sessionStorage.getItem('came back'))).toBe('from the cache: no terminal');
});
