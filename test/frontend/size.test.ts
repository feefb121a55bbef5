/** The page's part in whose size a terminal has. */
import { expect as see } from '@playwright/test';
import { expect } from 'vitest';
import { lines, phone, test } from './support/pages.ts';

test('[O7] another device’s grid is shown whole; typing or a button takes this device’s size', async ({ plane, device, openTerminal }) => {
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
	expect(plane.agentOf(id).sizes.at(-1)?.reason).toBe('use');
	plane.agentOf(id).regrid({ columns: 160, rows: 50 });
	await see.poll(async () => (await lines(page)).length).toBe(50);
	await page.locator('.xterm-helper-textarea').press('x');
	await see.poll(async () => (await lines(page)).length).toBe(own);
});

test('a window of another size asks for it, and shows what the agent makes of it', async ({ plane, device, openTerminal }) => {
	const { id } = plane.add('demo', 'Running');
	const page = await device();
	await openTerminal(page, id);
	const before = (await lines(page)).length;
	await page.setViewportSize({ width: 900, height: 500 });
	await see.poll(() => plane.agentOf(id).sizes.at(-1)?.reason).toBe('resize');
	await see.poll(async () => (await lines(page)).length).toBe(plane.agentOf(id).sizes.at(-1)?.rows);
	expect((await lines(page)).length).toBeLessThan(before);
});
