/** Two devices of one user see what becomes of a session as it happens, without asking. Rule 18 of functions/core/SPEC.md. */
import type { Page } from '@playwright/test';
import { confirm, createSession, device, expect, expectState, item, newUser, test } from './fixtures.ts';

/** Lists that a page has asked for since. */
const countLists = (page: Page): (() => number) => {
	let count = 0;
	page.on('request', (request) => {
		if (new URL(request.url()).pathname === '/api/sessions' && request.method() === 'GET') count++;
	});
	return () => count;
};

/** ms since 1970 at which each state of the session was first on this page. */
const noteStates = async (page: Page, name: string): Promise<() => Promise<Record<string, number>>> => {
	await item(page, name).evaluate((element) => {
		const seen: Record<string, number> = {};
		const note = () => {
			const [state] = /Running|Stopping|Stopped/.exec(element.textContent ?? '') ?? [];
			if (state) seen[state] ??= Date.now();
		};
		note();
		new MutationObserver(note).observe(element, { subtree: true, childList: true, characterData: true });
		Object.assign(element, { seen });
	});
	return () => item(page, name).evaluate((element) => (element as unknown as { seen: Record<string, number> }).seen);
};

test('[18] two devices see each change at once', async ({ browser, stack }, info) => {
	const user = newUser();
	const [one, two] = [await device(browser, stack, user), await device(browser, stack, user)];
	await createSession(one, 'demo');
	for (const page of [one, two]) await expectState(page, 'demo', 'Running', 60_000);
	const lists = countLists(two);
	const [here, there] = [await noteStates(one, 'demo'), await noteStates(two, 'demo')];
	await confirm(one, 'demo', 'Stop');
	for (const page of [one, two]) await expectState(page, 'demo', 'Stopped', 60_000);
	const [first, second] = [await here(), await there()];
	for (const state of ['Stopping', 'Stopped']) {
		const apart = Math.abs((second[state] ?? Number.NaN) - (first[state] ?? Number.NaN));
		info.annotations.push({ type: state, description: `${apart} ms apart` });
		expect(apart, `${state} on both`).toBeLessThan(1_000);
	}
	// What is told is not asked for: but for the safety look each 15 s while it stops.
	expect(lists()).toBeLessThan(3);
});
