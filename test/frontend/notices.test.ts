/** What a program tells its user by `shellpod notify`, on both pages. Rule N8 of functions/core/SPEC.md. */
import { type Page, expect as see } from '@playwright/test';
import { expect } from 'vitest';
import { item, test } from './support/pages.ts';

const notice = (text: string) => ({ text, at: new Date().toISOString() });

/** Keeps what the browser would show by itself, which a test can't see, and puts the page behind another. */
const behind = async (page: Page): Promise<() => Promise<unknown>> => {
	await page.addInitScript(() => {
		const shown: unknown[] = [];
		class Shown {
			static permission = 'granted';
			constructor(title: string, { body }: { body: string }) {
				if (body.startsWith('no ')) throw new TypeError('Illegal constructor');
				shown.push([title, body]);
			}
		}
		Object.assign(window, { Notification: Shown, shown });
	});
	return () => page.evaluate(() => (window as unknown as { shown: unknown[] }).shown);
};

test('[N8] it stands on the dashboard, is shown over the terminal once, and by the browser itself while nobody looks', async ({
	plane,
	device,
	openTerminal,
}) => {
	plane.tells = true;
	const session = plane.add('demo', 'Running', { notice: notice('an old one') });
	const page = await device();
	await page.clock.install();
	const shown = await behind(page);
	const says = (text: string) => {
		Object.assign(session, { notice: notice(text), rev: session.rev + 1 });
		plane.tell(session);
	};
	await openTerminal(page, session.id);
	// What was told before the page came up is no news.
	await see(page.getByText('an old one')).toHaveCount(0);
	says('the <b>tests</b> are done');
	await see(page.getByText('A program says: the <b>tests</b> are done')).toBeVisible();
	expect(await shown()).toEqual([]);
	await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }));
	says('and the build');
	await see(page.getByText('A program says: and the build')).toBeVisible();
	expect(await shown()).toEqual([['demo', 'and the build']]);
	await see(page).toHaveTitle('● demo');
	// A browser that has notifications and lets no page make one.
	says('no less than that');
	await see(page.getByText('A program says: no less than that')).toBeVisible();
	await page.clock.fastForward('01:00');
	await see(page.getByText('A program says: no less than that')).toBeVisible();
	await page.evaluate(() => {
		Object.defineProperty(document, 'visibilityState', { value: 'visible' });
		document.dispatchEvent(new Event('visibilitychange'));
	});
	await see(page).toHaveTitle('demo');
	await page.clock.fastForward('01:00');
	await see(page.getByText('A program says: no less than that')).toHaveCount(0);
	const other = await device();
	await other.goto(plane.origin);
	await see(item(other, 'demo').getByText('A program says: no less than that (just now)')).toBeVisible();
});
