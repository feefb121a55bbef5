/** The page's part in what is sent while nobody sees it. */
import { expect as see, type WebSocket } from '@playwright/test';
import { expect } from 'vitest';
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

test('[T10] a page that is put away closes its connections, keeps its screen, and is back when it is shown again', async ({
	plane,
	device,
	openTerminal,
	typed,
}) => {
	plane.tells = true;
	const { id } = plane.add('demo', 'Running');
	const page = await device();
	const sockets: WebSocket[] = [];
	page.on('websocket', (socket) => sockets.push(socket));
	await openTerminal(page, id);
	await see.poll(() => sockets.length).toBe(2);
	const pass = (type: 'pagehide' | 'pageshow') =>
		page.evaluate((type) => window.dispatchEvent(new PageTransitionEvent(type, { persisted: true })), type);
	await pass('pagehide');
	await see.poll(() => sockets.map((socket) => socket.isClosed())).toEqual([true, true]);
	await page.keyboard.type('x');
	expect((await lines(page))[0]).toBe('$');
	await pass('pageshow');
	await see.poll(() => typed(id)).toBe('x');
	await see.poll(() => sockets.filter((socket) => !socket.isClosed()).length).toBe(2);
});
