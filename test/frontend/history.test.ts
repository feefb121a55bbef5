/** The dialog with what happened to a session. */
import { expect as see } from '@playwright/test';
import type { SessionEvent } from '@shellpod/protocol/http.ts';
import { describe, expect } from 'vitest';
import { axe, item, phone, test } from './support/pages.ts';

const event = (nth: number): SessionEvent => ({
	id: `place-${nth}`,
	kind: 'moved',
	at: new Date(Date.UTC(2026, 10, 22, 12) - nth * 60_000).toISOString(),
	generation: 1,
	by: 'user',
	why: `You did thing ${nth}`,
	device: 'Firefox on Linux',
	from: 'Stopped',
	to: 'Starting',
	count: 1,
	ended: [],
});

describe('the history of a session', () => {
	test('[17] is read page by page, with the keyboard, and gives the focus back', async ({ plane, device }) => {
		plane.add('demo', 'Stopped');
		plane.events.push(...Array.from({ length: 5 }, (_, nth) => event(nth)));
		const page = await device(phone);
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('button', { name: 'Actions' }).focus();
		await page.keyboard.press('Enter');
		await page.getByRole('menuitem', { name: 'History' }).press('Enter');
		const dialog = page.getByRole('dialog', { name: 'History of demo' });
		await see(dialog.getByRole('listitem')).toHaveCount(3);
		await see(dialog.getByText('You did thing 0, with Firefox on Linux.')).toBeVisible();
		await dialog.getByRole('button', { name: 'Earlier' }).press('Enter');
		await see(dialog.getByRole('listitem')).toHaveCount(5);
		await see(dialog.getByRole('button', { name: 'Earlier' })).toHaveCount(0);
		await dialog.evaluate((element) => Promise.all(element.getAnimations().map((animation) => animation.finished)));
		expect(await axe(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await see(dialog).toHaveCount(0);
		await see(item(page, 'demo').getByRole('button', { name: 'Actions' })).toBeFocused();
	});

	test('[17] says that there is nothing, and what went wrong', async ({ plane, device }) => {
		const { id } = plane.add('demo', 'Stopped');
		plane.refuse.set(`GET /api/sessions/${id}/events`, 'unavailable');
		const page = await device();
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('button', { name: 'Actions' }).click();
		await page.getByRole('menuitem', { name: 'History' }).click();
		const dialog = page.getByRole('dialog', { name: 'History of demo' });
		await see(dialog.getByRole('alert')).toContainText('unavailable');
		plane.refuse.clear();
		await dialog.getByRole('button', { name: 'Try again' }).click();
		await see(dialog.getByText('Nothing has happened in the last 90 days.')).toBeVisible();
	});
});
