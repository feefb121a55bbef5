import AxeBuilder from '@axe-core/playwright';
import { createSession, expect, expectState, newUser, openTerminal, signIn, test } from './fixtures.ts';

test('without the key there is only the gate, on every path', async ({ page, request, stack }) => {
	for (const path of ['/', '/sessions/abcdefghijkl', '/api/me', '/api/openapi.json', '/assets/x.js', '/_sign-in/x/oauth2/authorize']) {
		await page.goto(`${stack.origin}${path}`);
		await expect(page.getByLabel('Key')).toBeVisible();
		await expect(page.getByRole('button', { name: 'Sign in' })).toHaveCount(0);
	}
	expect((await request.get(`${stack.origin}/api/me`, { headers: { authorization: 'Bearer x' } })).ok()).toBe(false);
	expect((await request.get(`http://127.0.0.1:${stack.port}/`, { headers: { host: 'evil.example' } })).ok()).toBe(false);
	await page.goto(stack.origin);
	await page.getByLabel('Key').fill('wrong');
	await page.getByLabel('Key').press('Enter');
	await expect(page.getByLabel('Key')).toBeVisible();
	await page.getByLabel('Key').fill(stack.key);
	await page.getByLabel('Key').press('Enter');
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
	expect(await page.evaluate(() => document.cookie)).toBe('');
	expect(page.url()).not.toContain(stack.key);
});

test('the link opens the gate too when it is opened over the gate’s own page', async ({ page, stack }) => {
	await page.goto(stack.origin);
	await expect(page.getByLabel('Key')).toBeVisible();
	// Only the fragment changes: the browser loads nothing.
	await page.goto(stack.link);
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
	expect(page.url()).not.toContain(stack.key);
});

test('no page has an accessibility violation that axe knows, light and dark, laptop and phone', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	const violations = async () => {
		const { violations: found } = await new AxeBuilder({ page }).analyze();
		return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(', ')}`);
	};
	await createSession(page, 'clear');
	await expectState(page, 'clear', 'Running');
	for (const colorScheme of ['light', 'dark'] as const)
		for (const viewport of [
			{ width: 1280, height: 800 },
			{ width: 390, height: 844 },
		]) {
			// Between two colours are colours that nobody reads by: no motion, no between.
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			await page.setViewportSize(viewport);
			expect(await violations()).toEqual([]);
		}
	await openTerminal(page, 'clear');
	expect(await violations()).toEqual([]);
});
