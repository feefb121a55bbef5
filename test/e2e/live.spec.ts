/** Two devices of one user see what becomes of a session as it happens, without asking. Rule 18 of functions/core/SPEC.md. How soon, `npm run bench -- live` measures. */
import type { Page } from '@playwright/test';
import { confirm, createSession, device, expect, expectState, newUser, test } from './fixtures.ts';

/** Lists that a page has asked for since. */
const countLists = (page: Page): (() => number) => {
	let count = 0;
	page.on('request', (request) => {
		if (new URL(request.url()).pathname === '/api/sessions' && request.method() === 'GET') count++;
	});
	return () => count;
};

test('[18] two devices see each change without asking', async ({ browser, stack }) => {
	const user = newUser();
	const [one, two] = [await device(browser, stack, user), await device(browser, stack, user)];
	await createSession(one, 'demo');
	for (const page of [one, two]) await expectState(page, 'demo', 'Running', 60_000);
	const lists = countLists(two);
	await confirm(one, 'demo', 'Stop');
	for (const page of [one, two]) await expectState(page, 'demo', 'Stopped', 60_000);
	// What is told is not asked for: but for the safety look each 15 s while it stops.
	expect(lists()).toBeLessThan(3);
});
