/** What a user sees and can say of how long a session runs. */
import { type Page, expect as see } from '@playwright/test';
import type { Idle } from '@shellpod/protocol/activity.ts';
import { describe, expect } from 'vitest';
import { idleView } from '../support/idle-view.ts';
import { axe, item, phone, test } from './support/pages.ts';

const minute = 60_000;
const from = (ms: number): string => new Date(Date.now() + ms).toISOString();
const stopsIn = (ms: number, changes: Partial<Idle> = {}): Idle =>
	idleView({ stopsAt: from(ms), last: { kind: 'input', name: '', at: from(ms - 60 * minute) }, ...changes });
const server = { kind: 'server', name: 'npm run dev', counts: false, since: '2026-11-22T08:00:00.000Z', until: null } as const;
const warning = (page: Page) => page.getByRole('region', { name: 'demo stops' });

const sizes = { laptop: {}, iPad: { viewport: { width: 820, height: 1180 }, hasTouch: true }, phone } as const;

describe('a session that is about to be stopped', () => {
	test('is told of from 10 min on, once more from 2 min on, and not before', async ({ plane, device }) => {
		const session = plane.add('demo', 'Running', { idle: stopsIn(11 * minute) });
		const page = await device();
		await page.goto(plane.origin);
		await see(item(page, 'demo').getByText(/^Running, idle for 49 min \(last: you typed .*\)\. Stops .* unless something happens\.$/)).toBeVisible();
		await see(warning(page)).toHaveCount(0);
		session.idle = stopsIn(9.5 * minute);
		await page.reload();
		await see(warning(page)).toContainText('Stops in 10 min');
		await see(warning(page).getByRole('status')).toHaveText('demo stops in less than 10 minutes.');
		session.idle = stopsIn(1.9 * minute);
		await page.reload();
		await see(warning(page)).toContainText(/Stops in 1 min \d+ s/);
		await see(warning(page).getByRole('status')).toHaveText('demo stops in less than 2 minutes.');
		session.idle = stopsIn(-1);
		await page.reload();
		await see(warning(page)).toContainText('Stops soon');
	});

	test('is kept for an hour by a press, on both pages; Stop now asks first; both say what ends', async ({ plane, device, openTerminal }) => {
		const session = plane.add('demo', 'Running', { idle: stopsIn(5 * minute, { doing: [server] }) });
		const page = await device();
		await page.goto(plane.origin);
		await see(warning(page)).toContainText('what runs in it ends: npm run dev.');
		await warning(page).getByRole('button', { name: 'Stop now' }).click();
		await see(page.getByRole('dialog', { name: 'Stop session' })).toContainText(
			'Ends: every program that runs in demo (npm run dev), its tmux windows',
		);
		await page.keyboard.press('Escape');
		await warning(page).getByRole('button', { name: 'Keep for 1 h' }).click();
		await see(warning(page)).toHaveCount(0);
		expect(plane.requests.filter((request) => request === `POST /api/sessions/${session.id}/keep`)).toHaveLength(1);
		session.idle = stopsIn(5 * minute);
		await openTerminal(page, session.id);
		await warning(page).getByRole('button', { name: 'Keep for 1 h' }).click();
		await see(warning(page)).toHaveCount(0);
		await see(page.getByRole('button', { name: /^stops / })).toBeVisible();
	});

	test('over the terminal stands alone: an update that comes later waits, one that comes sooner is told instead until it is hidden', async ({
		plane,
		device,
		openTerminal,
	}) => {
		const last = from(13 * 24 * 60 * minute);
		const session = plane.add('demo', 'Running', { idle: stopsIn(5 * minute), update: { why: 'image', at: from(60 * minute), last } });
		const page = await device();
		const update = page.getByRole('region', { name: 'Update of demo' });
		await openTerminal(page, session.id);
		await see(warning(page)).toBeVisible();
		await see(update).toHaveCount(0);
		await warning(page).getByRole('button', { name: 'Keep for 1 h' }).click();
		await see(update).toBeVisible();
		session.idle = stopsIn(5 * minute);
		session.update = { why: 'image', at: from(3 * minute), last };
		await page.reload();
		await see(update).toBeVisible();
		await see(warning(page)).toHaveCount(0);
		await update.getByRole('button', { name: 'Hide' }).click();
		await see(warning(page)).toBeVisible();
	});

	test('over the terminal makes room while somebody types', async ({ plane, device, openTerminal }) => {
		const session = plane.add('demo', 'Running', { idle: stopsIn(5 * minute) });
		const page = await device();
		await openTerminal(page, session.id);
		await see(warning(page)).toBeVisible();
		await page.getByRole('textbox').first().press('l');
		const around = warning(page).locator('..');
		await see(around).toHaveCSS('opacity', '0');
		await see(around).toHaveCSS('pointer-events', 'none');
		await see(around).toHaveCSS('opacity', '1');
		await warning(page).getByRole('button', { name: 'Keep for 1 h' }).click();
		await see(warning(page)).toHaveCount(0);
	});

	test('is kept with the keyboard only, on both pages, which has its place again afterwards', async ({ plane, device, openTerminal }) => {
		const session = plane.add('demo', 'Running', { idle: stopsIn(5 * minute) });
		const page = await device();
		const keep = warning(page).getByRole('button', { name: 'Keep for 1 h' });
		const tabTo = async (found: () => Promise<boolean>) => {
			for (let steps = 0; steps < 12 && !(await found()); steps++) await page.keyboard.press('Tab');
		};
		const has = (one: typeof keep) => () => one.evaluate((element) => element === document.activeElement);
		await page.goto(plane.origin);
		await see(keep).toBeVisible();
		await tabTo(has(keep));
		await page.keyboard.press('Tab');
		await see(warning(page).getByRole('button', { name: 'Stop now' })).toBeFocused();
		await page.keyboard.press('Shift+Tab');
		await page.keyboard.press('Enter');
		await see(warning(page)).toHaveCount(0);
		await see(item(page, 'demo').getByRole('button', { name: 'Actions' })).toBeFocused();

		session.idle = stopsIn(5 * minute);
		await openTerminal(page, session.id);
		await see(page.getByRole('textbox').first()).toBeFocused();
		await page.keyboard.press('Control+Shift+F6');
		await tabTo(has(keep));
		await see(keep).toBeFocused();
		await page.keyboard.press('Enter');
		await see(warning(page)).toHaveCount(0);
		await see(page.getByRole('textbox').first()).toBeFocused();
	});

	test('says why when it can’t be kept', async ({ plane, device }) => {
		const session = plane.add('demo', 'Running', { idle: stopsIn(5 * minute) });
		plane.refuse.set(`POST /api/sessions/${session.id}/keep`, 'not_running');
		const page = await device();
		await page.goto(plane.origin);
		await warning(page).getByRole('button', { name: 'Keep for 1 h' }).click();
		await see(page.getByRole('alert')).toBeVisible();
	});
});

describe('when it stops', () => {
	test('stands over the terminal only where nothing moves it away; else what keeps it, whose tap says more', async ({
		plane,
		device,
		openTerminal,
	}) => {
		plane.tells = true;
		const job = { kind: 'job', name: 'make test', counts: true, since: from(-minute), until: null } as const;
		const session = plane.add('demo', 'Running', { idle: stopsIn(60 * minute, { doing: [server, job] }) });
		const page = await device();
		const bar = page.locator('header');
		await openTerminal(page, session.id);
		await see(bar.getByRole('button', { name: 'kept: make test' })).toBeVisible();
		await see(bar.getByText('stops')).toHaveCount(0);
		Object.assign(session, { idle: stopsIn(60 * minute, { doing: [server] }), rev: session.rev + 1 });
		plane.tell(session);
		await see(bar.getByRole('button', { name: /^stops \d/ })).toBeVisible();
		Object.assign(session, { idle: stopsIn(60 * minute, { doing: [{ ...job, kind: 'turn', name: '' }] }), rev: session.rev + 1 });
		plane.tell(session);
		await bar.getByRole('button', { name: 'kept: Claude works' }).click();
		await see(page.getByRole('dialog', { name: 'Idle time' })).toContainText('Claude has been working for 1 min. Would stop 1 h after it ends.');
	});

	test('another time and another word on a program are chosen, with the keyboard only', async ({ plane, device }) => {
		const session = plane.add('demo', 'Running', { idle: stopsIn(30 * minute, { doing: [server] }) });
		const page = await device();
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('button', { name: 'Actions' }).press('Enter');
		await page.getByRole('menuitem', { name: 'Idle time' }).press('Enter');
		const dialog = page.getByRole('dialog', { name: 'Idle time' });
		await see(dialog).toContainText("npm run dev listens, which doesn't keep it.");
		expect(await dialog.getByRole('radio').count()).toBe(6);
		await see(dialog.getByRole('radio', { name: '1 h', exact: true })).toBeChecked();
		await dialog.getByRole('radio', { name: '1 h', exact: true }).press('ArrowDown');
		await see(dialog.getByRole('radio', { name: '3 h' })).toBeChecked();
		await dialog.getByRole('checkbox', { name: 'npm run dev' }).press('Space');
		await dialog.getByRole('button', { name: 'Save' }).press('Enter');
		await see(dialog).toHaveCount(0);
		expect(session.idle).toMatchObject({ limitMinutes: 180, doing: [{ name: 'npm run dev', counts: true }] });
	});

	test('what stopped it stands instead of a bare reason, on both pages', async ({ plane, device }) => {
		const stopped = { why: 'idle', at: from(-minute) } as const;
		const why = { at: stopped.at, by: 'platform', why: 'Nobody used it' } as const;
		const told = { reason: why.why, stopped: why, ended: ['npm run dev'], idle: idleView({ stopsAt: null, doing: [server], stopped }) };
		const session = plane.add('demo', 'Stopped', told);
		const page = await device();
		await page.goto(plane.origin);
		await see(item(page, 'demo').getByText(/^Stopped .* after 1 h idle\. Last activity: you typed .*\. Ended: npm run dev\.$/)).toBeVisible();
		await see(page.getByText('Nobody used it')).toHaveCount(0);
		await page.goto(`${plane.origin}/sessions/${session.id}`);
		await see(page.getByText(/after 1 h idle/)).toBeVisible();
	});
});

const looks = Object.entries(sizes).flatMap(([name, size]) => (['light', 'dark'] as const).map((colorScheme) => [name, colorScheme, size] as const));

test.for(looks)('no violation that axe knows, and nothing is cut off: %s, %s', async ([name, colorScheme, size], { plane, device, openTerminal }) => {
	const session = plane.add('demo', 'Running', { idle: stopsIn(1.5 * minute, { doing: [server] }) });
	const page = await device({ ...size, colorScheme });
	const fits = async (what: string) => {
		expect([what, await axe(page)]).toEqual([what, []]);
		const { width } = page.viewportSize() ?? { width: 0 };
		expect(await page.evaluate(() => document.documentElement.scrollWidth), what).toBeLessThanOrEqual(width);
		const folder = process.env.SHELLPOD_PICTURES;
		if (folder) await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${what}.png` });
	};
	await page.goto(plane.origin);
	await see(warning(page)).toBeVisible();
	await fits('dashboard');
	await item(page, 'demo').getByRole('button', { name: 'Actions' }).click();
	await page.getByRole('menuitem', { name: 'Idle time' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.evaluate((one) => Promise.all(one.getAnimations().map((animation) => animation.finished)));
	await fits('dialog');
	await openTerminal(page, session.id);
	await see(warning(page)).toBeVisible();
	await fits('terminal');
	for (const button of await warning(page).getByRole('button').all()) expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
});
