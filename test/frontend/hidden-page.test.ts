/** The page's part in what is sent while nobody sees it. */
import { expect as see } from '@playwright/test';
import { lines, test } from './support/pages.ts';

test('[O12] the agent hears when the page is hidden, and when it is seen again', async ({ plane, device, openTerminal }) => {
	const { id } = plane.add('demo', 'Running');
	const page = await device();
	await openTerminal(page, id);
	await see.poll(async () => (await lines(page))[0]).toBe('$');
	const show = (state: DocumentVisibilityState) =>
		page.evaluate((now) => {
			Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
			document.dispatchEvent(new Event('visibilitychange'));
		}, state);
	await show('hidden');
	await see.poll(() => plane.agentOf(id).look).toBe(1);
	await show('visible');
	await see.poll(() => plane.agentOf(id).look).toBe(2);
});
