/** The dashboard hears what becomes of sessions by itself. Rule 18 of functions/core/SPEC.md. */
import { expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { item, test } from './support/pages.ts';

const lists = (requests: readonly string[]) => requests.filter((one) => one === 'GET /api/sessions').length;

describe('a page that watches', () => {
	test('[18] shows each change as it is told, step by step, and asks for nothing', async ({ plane, device }) => {
		plane.tells = true;
		const session = plane.add('demo', 'Stopped');
		const [one, two] = [await device(), await device()];
		for (const page of [one, two]) {
			const live = page.waitForEvent('websocket');
			await page.goto(plane.origin);
			await live;
			await see(item(page, 'demo').getByText('Stopped', { exact: true })).toBeVisible();
			await see.poll(() => lists(plane.requests) >= 2).toBe(true);
		}
		await see.poll(() => lists(plane.requests)).toBe(4);
		const steps = [
			['reserve', 'Reserve a machine'],
			['image', 'Download the image'],
			['home', 'Attach your home'],
			['terminals', 'Restore terminals'],
		] as const;
		for (const [step, words] of steps) {
			plane.tell(Object.assign(session, { state: 'Starting', step, rev: session.rev + 1 }));
			for (const page of [one, two])
				await see(item(page, 'demo').getByRole('progressbar', { name: 'Start' })).toHaveAttribute('aria-valuetext', new RegExp(`^${words}`));
		}
		plane.tell(Object.assign(session, { state: 'Running', step: null, rev: session.rev + 1 }));
		for (const page of [one, two]) await see(item(page, 'demo').getByText('Running', { exact: true })).toBeVisible();
		expect(lists(plane.requests)).toBe(4);
	});

	test('[18] takes only what is newer, and reads the list when something else is told', async ({ plane, device }) => {
		plane.tells = true;
		const session = plane.add('demo', 'Running', { rev: 7 });
		const page = await device();
		await page.goto(plane.origin);
		await see.poll(() => lists(plane.requests)).toBe(2);
		plane.tell({ ...session, state: 'Stopped', rev: 6 });
		plane.tell({ ...session, name: 'renamed', rev: 8 });
		await see(item(page, 'renamed').getByText('Running', { exact: true })).toBeVisible();
		const other = plane.add('other', 'Running');
		plane.tell(other);
		await see(item(page, 'other')).toBeVisible();
		plane.sessions.splice(plane.sessions.indexOf(other), 1);
		plane.tell({ told: 'look' });
		await see(item(page, 'other')).toHaveCount(0);
		// The list was read with an older view than the one that was told.
		await see(item(page, 'renamed')).toBeVisible();
	});

	test('[18] asks while it is cut off, and comes back by itself', async ({ plane, device }) => {
		plane.tells = true;
		const session = plane.add('demo', 'Running');
		const page = await device();
		await page.goto(plane.origin);
		await see.poll(() => lists(plane.requests)).toBe(2);
		plane.cut(true);
		Object.assign(session, { state: 'Stopped', rev: 2 });
		await see(item(page, 'demo').getByText('Stopped', { exact: true })).toBeVisible({ timeout: 15_000 });
		plane.restore();
		// What it wasn't told meanwhile it reads, once it is told again.
		await see.poll(() => plane.requests.join(' ').split('GET /ws')[2], { timeout: 15_000 }).toContain('GET /api/sessions');
		plane.tell(Object.assign(session, { state: 'Running', rev: 3 }));
		await see(item(page, 'demo').getByText('Running', { exact: true })).toBeVisible();
	});
});
