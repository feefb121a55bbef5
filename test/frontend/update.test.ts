/** What is planned for a session that runs, on both pages. Rule 12 of functions/core/SPEC.md. */
import { expect as see } from '@playwright/test';
import { expect } from 'vitest';
import { axe, item, phone, test } from './support/pages.ts';

/** The next 03:00 of a browser in UTC, and two weeks on. */
const night = (): string => {
	const at = new Date();
	at.setUTCHours(27, 0, 0, 0);
	return new Date(at.getTime() - (at.getTime() - Date.now() > 24 * 3_600_000 ? 24 * 3_600_000 : 0)).toISOString();
};
const update = () => ({ why: 'image', at: night(), last: new Date(Date.now() + 13 * 24 * 3_600_000).toISOString() }) as const;
const utc = { timezoneId: 'UTC', locale: 'en-GB' };

test('[12] a new image is announced with its night, and its user chooses: with their time zone', async ({ plane, device }) => {
	const session = plane.add('demo', 'Running', { update: update() });
	const page = await device({ ...utc, timezoneId: 'Europe/Berlin' });
	await page.goto(plane.origin);
	const notice = item(page, 'demo').getByRole('region', { name: 'Update of demo' });
	await see(notice).toContainText(/A new image is ready: demo restarts tonight at 0[45]:00 if nobody uses it then, or on \d+ \w+ in any case/);
	await notice.getByRole('button', { name: 'Later' }).click();
	await see(notice).toContainText('restarts on Tuesday');
	await notice.getByRole('button', { name: 'Tonight at 3' }).click();
	await see
		.poll(() => plane.updates)
		.toEqual([
			{ when: 'later', timeZone: 'Europe/Berlin' },
			{ when: 'tonight', timeZone: 'Europe/Berlin' },
		]);
	// What ends is said before it does.
	await notice.getByRole('button', { name: 'Now' }).click();
	const dialog = page.getByRole('dialog', { name: 'Restart session' });
	await see(dialog).toContainText('every program that runs in demo');
	expect(plane.updates).toHaveLength(2);
	await dialog.getByRole('button', { name: 'Restart session' }).click();
	await see(item(page, 'demo').getByText('Stopping', { exact: true })).toBeVisible();
	await see(notice).toHaveCount(0);
	expect(plane.updates.at(-1)).toEqual({ when: 'now', timeZone: 'Europe/Berlin' });
	expect(session.update).toBeNull();
});

test('[12] it stands over the terminal until it is hidden, and gives the keys back', async ({ plane, device, openTerminal }) => {
	const { id } = plane.add('demo', 'Running', { update: { ...update(), why: 'retirement' } });
	const page = await device(utc);
	await openTerminal(page, id);
	const notice = page.getByRole('region', { name: 'Update of demo' });
	await see(notice).toContainText('AWS takes its machine away soon: demo restarts tonight at 03:00');
	expect(await axe(page)).toEqual([]);
	await notice.getByRole('button', { name: 'Hide' }).click();
	await see(notice).toHaveCount(0);
	await see(
		page
			.getByRole('region', { name: /Terminal/ })
			.locator('textarea')
			.first(),
	).toBeFocused();
});

test('[12] nothing that axe knows is wrong with it on a phone in the dark, and nothing is cut off', async ({ plane, device }) => {
	plane.add('demo', 'Running', { update: update() });
	const page = await device({ ...utc, ...phone, colorScheme: 'dark' });
	await page.goto(plane.origin);
	await see(item(page, 'demo').getByRole('region', { name: 'Update of demo' })).toBeVisible();
	expect(await axe(page)).toEqual([]);
	expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});
