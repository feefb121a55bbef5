/** What was typed while a page was cut off, as its user sees it. */
import { expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { axe, lines, phone, status, test } from './support/pages.ts';

describe('typing while cut off', () => {
	test('[I7] [P10] what is older than 30 s is shown, and goes by a click; the last words go by themselves', async ({
		plane,
		device,
		openTerminal,
		typed,
	}) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await page.clock.install();
		await openTerminal(page, id);
		plane.cut(true);
		await see(status(page, 'Reconnecting')).toBeVisible();
		await page.keyboard.type('rm old');
		await page.keyboard.press('Enter');
		await page.clock.fastForward(5 * 60_000);
		await see(page.getByText('7 keystrokes waiting')).toBeVisible();
		await see(page.getByText(/only the connection is lost/)).toBeVisible();
		expect((await lines(page))[0]).toBe('$');
		await page.keyboard.type('new');
		plane.restore();
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		await see(status(page, 'Connected')).toBeVisible();
		await see.poll(() => typed(id)).toBe('new');
		const notice = page.getByRole('region', { name: 'Old typing' });
		await see(notice).toContainText('7 keystrokes');
		await see(notice).toContainText('rm old⏎');
		await see(page.getByText(/^Back after \d+ s; the screen was drawn anew\.$/)).toBeVisible();
		expect(await axe(page)).toEqual([]);
		await notice.getByRole('button', { name: 'Send' }).click();
		await see.poll(() => typed(id)).toBe('newrm old\r');
		await see(notice).toHaveCount(0);
		await page.keyboard.type('!');
		await see.poll(() => typed(id)).toBe('newrm old\r!');
	});

	test('[I7] on a phone: it is discarded by a tap, and nothing of it goes', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device(phone);
		await page.clock.install();
		await openTerminal(page, id);
		plane.cut(true);
		await see(status(page, 'Reconnecting')).toBeVisible();
		const textarea = page.locator('[data-testid=terminal] textarea');
		await textarea.focus();
		await page.keyboard.type('a very old line that nobody wants any more');
		await page.clock.fastForward(31_000);
		plane.restore();
		await page.evaluate(() => window.dispatchEvent(new Event('online')));
		const notice = page.getByRole('region', { name: 'Old typing' });
		await see(notice).toBeVisible();
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
		await notice.getByRole('button', { name: 'Discard' }).tap();
		await see(notice).toHaveCount(0);
		await textarea.focus();
		await page.keyboard.type('k');
		await see.poll(() => typed(id)).toBe('k');
	});
});
