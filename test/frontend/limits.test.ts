/** What the page says and does when it is told that something is too much, and until when. */
import { expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { item, status, test } from './support/pages.ts';

describe('[security 13] a limit', () => {
	test('of starts is said in words with its seconds, and is tried again when it may be', async ({ device, plane }) => {
		const page = await device();
		const session = plane.add('work', 'Stopped');
		const path = `POST /api/sessions/${session.id}/start`;
		plane.refuse.set(path, 'starts_off');
		plane.retryAfter.set('starts_off', 2);
		await page.goto(plane.origin);
		await item(page, 'work').getByRole('button', { name: 'Start' }).click();
		const alert = page.getByRole('alert');
		await see(alert).toContainText('No session can be started just now');
		await see(alert).toContainText(/It can be tried again in [12] s\./);
		await see(alert.getByRole('button', { name: 'Try again' })).toBeDisabled();
		await see(alert.getByRole('button', { name: 'Try again' })).toBeEnabled();
		await see(alert).not.toContainText('It can be tried again');
	});

	test('of new sessions holds the dialog until there is room', async ({ device, plane }) => {
		const page = await device();
		plane.refuse.set('POST /api/sessions', 'too_many');
		plane.retryAfter.set('too_many', 2);
		await page.goto(plane.origin);
		await page.getByRole('button', { name: 'New session' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByRole('button', { name: 'Create' }).click();
		await see(dialog).toContainText(/It can be tried again in [12] s\./);
		await see(dialog.getByRole('button', { name: 'Create' })).toBeDisabled();
		plane.refuse.clear();
		await dialog.getByRole('button', { name: 'Create' }).click();
		await see(item(page, 'work')).toBeVisible();
	});
});

describe('[security 18] a flood', () => {
	test('of the agent: the page tells the truth, and the terminal is back by itself', async ({ device, plane, openTerminal }) => {
		const page = await device();
		const session = plane.add('work', 'Running');
		await openTerminal(page, session.id);
		plane.say(session.id, { type: 'gone', sender: `agent${session.id.slice(-4)}` });
		const message = "This session's agent sent more than terminals ever need, and was cut off. Its programs go on.";
		plane.say(session.id, { type: 'away', code: 'flooding', message, retryAfterMs: 285_000 });
		const alert = page.getByRole('alert');
		await see(alert).toContainText(message);
		await see(alert).toContainText(/It can be tried again in 4 min 4\d s\./);
		await see(alert).toContainText('It comes back by itself.');
		await see(page.getByText('Reconnecting')).toHaveCount(0);
		// Its next hello finds the agent.
		await see(status(page, 'Connected')).toBeVisible({ timeout: 10_000 });
		await see(alert).toHaveCount(0);
	});

	test('of the page: it says so, and comes back by a button when it may', async ({ device, plane, openTerminal }) => {
		const page = await device();
		const session = plane.add('work', 'Running');
		await openTerminal(page, session.id);
		const before = plane.requests.filter((request) => request.endsWith('/tickets')).length;
		plane.say(session.id, { type: 'fatal', code: 'flooding', message: 'This page sent more than a terminal ever needs.', retryAfterMs: 2_000 });
		const alert = page.getByRole('alert');
		await see(alert).toContainText('This page sent more than a terminal ever needs.');
		await see(alert.getByRole('button', { name: 'Try again' })).toBeDisabled();
		expect(plane.requests.filter((request) => request.endsWith('/tickets'))).toHaveLength(before);
		await alert.getByRole('button', { name: 'Try again' }).click();
		await see(status(page, 'Connected')).toBeVisible();
	});
});
