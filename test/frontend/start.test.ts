/** A start on the dashboard and the terminal page. Rule 8 of functions/core/SPEC.md. */

import { expect as see } from '@playwright/test';
import type { Session } from '@shellpod/protocol/http.ts';
import { describe, expect } from 'vitest';
import { axe, item, phone, status, test } from './support/pages.ts';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

/** At its second step for 9 s, which may take 150. */
const atImage = (): Partial<Session> => ({
	step: 'image',
	since: ago(14),
	start: {
		steps: [
			{ step: 'reserve', at: ago(14) },
			{ step: 'image', at: ago(9) },
		],
		until: ago(-141),
		tries: 0,
		again: null,
		lastTookMs: 22_000,
	},
});

const failure: Partial<Session> = {
	reason: 'Its image is missing, or not made for its machine',
	code: 'image_missing',
	advice: 'Tell your operator the code: trying again won’t help before it is mended.',
};

describe('the steps of a start', () => {
	test('[8] have seconds, the present one its limit, and all of them the last start’s', async ({ plane, device }) => {
		plane.add('demo', 'Starting', atImage());
		const page = await device();
		await page.goto(plane.origin);
		const steps = item(page, 'demo').getByRole('progressbar', { name: 'Start' });
		await see(steps).toContainText(/Reserve a machine5 sDownload the image(9|1\d) s of 2\.5 min/);
		await see(item(page, 'demo')).toContainText(/1\d s in all, the last time 22 s/);
		await see(steps).toHaveAttribute('aria-valuenow', '2');
	});

	test('[8] are spoken when they change, and seconds never', async ({ plane, device }) => {
		plane.tells = true;
		const session = plane.add('demo', 'Starting', atImage());
		const page = await device();
		await page.goto(plane.origin);
		const spoken = item(page, 'demo').getByRole('status');
		await see(spoken).toHaveText('Download the image, step 2 of 5');
		await spoken.evaluate((element) => {
			const said: string[] = [];
			new MutationObserver(() => said.push(element.textContent ?? '')).observe(element, { subtree: true, childList: true, characterData: true });
			Object.assign(window, { said });
		});
		const seconds = await item(page, 'demo').getByRole('progressbar').textContent();
		await see(item(page, 'demo').getByRole('progressbar')).not.toHaveText(seconds ?? '');
		plane.tell(Object.assign(session, { step: 'home', rev: 2 }));
		await see(spoken).toHaveText('Attach your home, step 3 of 5');
		expect(await page.evaluate(() => (window as unknown as { said: string[] }).said)).toEqual(['Attach your home, step 3 of 5']);
	});

	test('[10] say when the next try comes, and why', async ({ plane, device }) => {
		const reason = 'AWS has no capacity for it just now. Trying again';
		const start = { steps: [], until: ago(-100), tries: 2, again: ago(-30), lastTookMs: null };
		plane.add('demo', 'Starting', { reason, code: 'capacity', start, since: ago(70) });
		const page = await device();
		await page.goto(plane.origin);
		await see(item(page, 'demo')).toContainText(reason);
		await see(item(page, 'demo')).toContainText(/Trying again in (30|2\d) s\. 7\d s in all: slower than usual/);
		await see(item(page, 'demo').getByRole('progressbar')).toHaveAttribute('aria-valuetext', 'Waiting for the next try');
	});

	test('[8] a start that was asked for by Open terminal ends in the terminal by itself', async ({ plane, device }) => {
		plane.tells = true;
		const session = plane.add('demo', 'Stopped');
		const page = await device();
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('link', { name: 'Open terminal' }).click();
		await see(page.getByRole('heading', { name: 'Starting demo' })).toBeVisible();
		plane.tell(Object.assign(session, { ...atImage(), rev: 2 }));
		await see(page.getByRole('progressbar', { name: 'Start' })).toContainText('Download the image');
		plane.tell(Object.assign(session, { state: 'Running', step: null, start: null, rev: 3 }));
		plane.cut();
		await see(status(page, 'Connected')).toBeVisible();
		await see(page.getByRole('heading', { name: 'Starting demo' })).toHaveCount(0);
	});

	test('[8] Cancel is there on both pages, and the start is not asked for again', async ({ plane, device }) => {
		const session = plane.add('demo', 'Starting', atImage());
		const page = await device();
		await page.goto(`${plane.origin}/sessions/${session.id}#open`);
		await page.getByRole('button', { name: 'Cancel' }).click();
		await see(page.getByRole('heading', { name: 'Stopping demo' })).toBeVisible();
		session.state = 'Stopped';
		await see(page.getByRole('heading', { name: 'demo is stopped' })).toBeVisible();
		expect(plane.requests.filter((one) => one.endsWith('/start'))).toEqual([]);
		Object.assign(session, { state: 'Starting', ...atImage() });
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('button', { name: 'Cancel' }).click();
		await see(item(page, 'demo').getByText('Stopping', { exact: true })).toBeVisible();
	});
});

describe('a start that failed', () => {
	test('[8] says why, what to do, and its code; Retry goes on from there, on both pages', async ({ plane, device }) => {
		const session = plane.add('demo', 'Failed', failure);
		const page = await device();
		await page.goto(plane.origin);
		for (const words of [failure.reason, failure.advice, failure.code]) await see(item(page, 'demo')).toContainText(words ?? '');
		await item(page, 'demo').getByRole('button', { name: 'Retry' }).click();
		await see(item(page, 'demo').getByText('Starting', { exact: true })).toBeVisible();
		await see(item(page, 'demo')).not.toContainText('image_missing');
		Object.assign(session, { state: 'Failed', ...failure });
		await page.goto(`${plane.origin}/sessions/${session.id}`);
		await see(page.getByRole('heading', { name: 'demo has failed' })).toBeVisible();
		await see(page.getByText('image_missing', { exact: true })).toBeVisible();
		await page.getByRole('button', { name: 'Retry' }).click();
		await see(page.getByRole('heading', { name: 'Starting demo' })).toBeVisible();
	});
});

test.for([
	['a laptop, light', { colorScheme: 'light' }],
	['a phone, dark', { colorScheme: 'dark', ...phone }],
	['320 px', { viewport: { width: 320, height: 480 } }],
] as const)('[8] nothing that axe knows is wrong with either on %s, and nothing is cut off', async ([, options], { plane, device }) => {
	plane.add('coming', 'Starting', atImage());
	plane.add('broken', 'Failed', failure);
	const page = await device(options);
	for (const path of ['/', ...plane.sessions.map(({ id }) => `/sessions/${id}`)]) {
		await page.goto(`${plane.origin}${path}`);
		await see(page.getByText(/Download the image|image_missing/).first()).toBeVisible();
		expect(await axe(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
	}
});
