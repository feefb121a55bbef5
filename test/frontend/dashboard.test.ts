import { expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { axe, item, phone, test } from './support/pages.ts';

describe('dashboard', () => {
	test('signed out there is a button and no text field, and the way back is kept', async ({ plane, device }) => {
		plane.signedIn = false;
		const page = await device();
		await page.goto(`${plane.origin}/sessions/abcdefghijaa`);
		await see(page.getByRole('textbox')).toHaveCount(0);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.waitForURL(`${plane.origin}/api/auth/login?return=%2Fsessions%2Fabcdefghijaa`);
	});

	test('from nothing to a session, with the keyboard only', async ({ plane, device }) => {
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

	test('a name that is not allowed or taken is said in the dialog, which stays', async ({ plane, device }) => {
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

	test('no home free: it waits and tries again by itself', async ({ plane, device }) => {
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

	test('each state has its actions under their names; states change without reloading', async ({ plane, device }) => {
		const session = plane.add('demo', 'Running');
		const page = await device();
		await page.goto(plane.origin);
		const actions = item(page, 'demo').getByRole('button', { name: 'Actions' });
		await see(item(page, 'demo').getByRole('button').last()).toHaveAccessibleName('Actions');
		await actions.click();
		expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Stop', 'Restart', 'Idle time', 'History', 'Rename', 'Delete']);
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

	test('a dialog gives the focus back, and a deleted session can be had back at once', async ({ plane, device }) => {
		plane.add('demo', 'Stopped');
		const page = await device();
		await page.goto(plane.origin);
		const actions = item(page, 'demo').getByRole('button', { name: 'Actions' });
		const chooseDelete = async () => {
			await page.keyboard.press('Enter');
			// A menu that opens gives its first item the focus: a key before that would be another item's.
			await see(page.getByRole('menuitem').first()).toBeFocused();
			await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
		};
		await actions.focus();
		await chooseDelete();
		const dialog = page.getByRole('dialog', { name: 'Delete session' });
		await see(dialog).toContainText('for 30 days');
		await page.keyboard.press('Escape');
		await see(dialog).toHaveCount(0);
		await see(actions).toBeFocused();
		await chooseDelete();
		await dialog.getByRole('button', { name: 'Delete session' }).click();
		await see(page.getByRole('heading', { name: 'No session' })).toBeVisible();
		const undo = page.getByRole('button', { name: 'Undo' });
		await see(undo).toBeFocused();
		await page.keyboard.press('Enter');
		await see(item(page, 'demo').getByText('Stopped', { exact: true })).toBeVisible();
		await see(undo).toHaveCount(0);
		expect(plane.trash).toEqual([]);
	});

	test('[15] what is in the trash says when it goes, is restored under another name where its own is taken, or deleted by typing its name', async ({
		plane,
		device,
	}) => {
		const page = await device();
		for (const name of ['demo', 'gone'])
			plane.trash.push({ id: `abcdefghijk${name[0]}`, name, deletedAt: '2026-11-22T12:00:00.000Z', goesAt: '2026-12-22T12:00:00.000Z' });
		plane.add('demo', 'Stopped');
		await page.goto(plane.origin);
		const trash = page.getByRole('region', { name: 'Trash' });
		const of = (name: string) => trash.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
		await see(of('demo')).toContainText(/Goes for good on .*22/);
		expect(await axe(page)).toEqual([]);
		await of('demo').getByRole('button', { name: 'Restore' }).click();
		const another = page.getByRole('dialog', { name: 'Restore session' });
		await see(another.getByLabel('Another name')).toHaveValue('demo 2');
		await another.getByRole('button', { name: 'Restore' }).click();
		await see(item(page, 'demo 2').getByText('Stopped', { exact: true })).toBeVisible();

		await of('gone').getByRole('button', { name: 'Delete for good' }).click();
		const forGood = page.getByRole('dialog', { name: 'Delete for good' });
		await see(forGood.getByRole('button', { name: 'Delete for good' })).toBeDisabled();
		await forGood.getByLabel('Session name').fill('gone');
		await forGood.getByRole('button', { name: 'Delete for good' }).click();
		await see(trash).toHaveCount(0);
		expect(plane.trash).toEqual([]);
	});

	test('a failed look keeps the list and says what happened', async ({ plane, device }) => {
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

	test('no violation that axe knows, light and dark, laptop and phone', async ({ plane, device }) => {
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

	test('nothing is cut off at 320 px, which is 200 % zoom on a small screen', async ({ plane, device }) => {
		plane.add('a-name-of-forty-characters-with-no-spaces', 'Stopped', { reason: 'A reason that is long enough to need several lines here.' });
		const page = await device({ viewport: { width: 320, height: 480 } });
		await page.goto(plane.origin);
		await see(page.getByRole('link', { name: 'Open terminal' })).toBeVisible();
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
	});
});
