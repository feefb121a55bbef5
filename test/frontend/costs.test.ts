/** What a user sees of costs, and sets of a budget. */
import { type Page, expect as see } from '@playwright/test';
import type { Costs } from '@shellpod/protocol/costs.ts';
import { describe, expect } from 'vitest';
import { axe, item, phone, test } from './support/pages.ts';

const cost = (usd: number) => ({ usd, seconds: 0, units: 0 });
const sizes = { laptop: {}, iPad: { viewport: { width: 820, height: 1180 }, hasTouch: true }, phone } as const;

/** Two sessions, one of which runs at 4.5 cents an hour, told just now. */
const used = (ids: readonly string[], changes: Partial<Costs> = {}): Partial<Costs> => ({
	at: new Date().toISOString(),
	perHour: 0.0445,
	today: cost(0.5),
	month: cost(16.4),
	sessions: ids.map((id, index) =>
		index === 0
			? { id, name: 'demo', perHour: 0.0445, today: cost(0.5), month: cost(12.1) }
			: { id, name: 'site', perHour: 0, today: cost(0), month: cost(4.1) },
	),
	gone: { today: cost(0), month: cost(0.2) },
	...changes,
});
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Costs' });

describe('costs', () => {
	test('stand on the dashboard in one line, and at each session; the line opens them', async ({ plane, device }) => {
		const [demo, site] = [plane.add('demo', 'Running'), plane.add('site', 'Stopped')];
		plane.costs = { ...plane.costs, ...used([demo.id, site.id]) };
		const page = await device();
		await page.goto(plane.origin);
		const line = page.getByRole('button', { name: /^Costs: / });
		await see(line).toHaveText('Costs: $0.50 today$16.40 in Novembernow $0.045 an hour');
		await see(item(page, 'demo').getByText('$0.50 today, $12.10 in November')).toBeVisible();
		await see(item(page, 'site').getByText('$0 today, $4.10 in November')).toBeVisible();
		await line.click();
		await see(dialog(page).getByText('If left overnight')).toBeVisible();
		await see(dialog(page).getByText('$0.44 for 10 h')).toBeVisible();
		await see(dialog(page).getByText(/list prices of us-east-1, as of .*2026/)).toBeVisible();
		expect(await dialog(page).getByRole('row').allTextContents()).toEqual([
			'SessionTodayNovember',
			'demo$0.50$12.10',
			'site$0$4.10',
			'Deleted for good$0$0.20',
		]);
	});

	test('go on while the page is open', async ({ plane, device }) => {
		const demo = plane.add('demo', 'Running');
		// As if it had been told two hours ago.
		const at = new Date(Date.now() - 2 * 3_600_000).toISOString();
		plane.costs = { ...plane.costs, ...used([demo.id], { at }) };
		const page = await device();
		await page.goto(plane.origin);
		await see(page.getByRole('button', { name: /^Costs: / })).toContainText('$0.59 today');
	});

	test('that are nothing take no room, and are found in the account’s menu', async ({ plane, device }) => {
		plane.add('demo', 'Stopped');
		const page = await device();
		await page.goto(plane.origin);
		await see(item(page, 'demo')).toBeVisible();
		await see(page.getByRole('button', { name: /^Costs: / })).toHaveCount(0);
		await page.getByRole('button', { name: 'Account' }).click();
		await page.getByRole('menuitem', { name: 'Costs' }).click();
		await see(dialog(page).getByText('Nothing runs')).toBeVisible();
		await page.keyboard.press('Escape');
		await see(page.getByRole('button', { name: 'Account' })).toBeFocused();
	});

	test('are in the terminal’s menu', async ({ plane, device, openTerminal }) => {
		const demo = plane.add('demo', 'Running');
		plane.costs = { ...plane.costs, ...used([demo.id]) };
		const page = await device();
		await openTerminal(page, demo.id);
		await page.getByRole('button', { name: 'Menu' }).click();
		await page.getByRole('menuitem', { name: 'Costs' }).click();
		await see(dialog(page).getByText('$0.045 an hour')).toBeVisible();
	});

	test('of many sessions leave in view what saves the budget, and what is wrong with it', async ({ plane, device }) => {
		const many = Array.from({ length: 12 }, (_, n) => ({
			id: plane.add(`s${n}`, 'Stopped').id,
			name: `s${n}`,
			perHour: 0,
			today: cost(0),
			month: cost(1),
		}));
		plane.costs = { ...plane.costs, ...used([], { sessions: many }) };
		const page = await device();
		await page.goto(plane.origin);
		await page.getByRole('button', { name: /^Costs: / }).click();
		const save = dialog(page).getByRole('button', { name: 'Save budget' });
		await see(dialog(page).getByRole('row', { name: 's11' })).toBeAttached();
		await see(save).toBeInViewport({ ratio: 1 });
		await dialog(page).getByRole('textbox').fill('twenty');
		await dialog(page).evaluate((one) => one.scrollTo(0, 0));
		await save.click();
		await see(dialog(page).getByText(/^A budget is a sum in US dollars/)).toBeInViewport({ ratio: 1 });
		// The last line can be read all the same.
		await dialog(page).evaluate((one) => one.scrollTo(0, one.scrollHeight));
		const [last, foot] = await Promise.all([
			dialog(page)
				.getByText(/list prices of/)
				.boundingBox(),
			dialog(page)
				.getByText(/^A budget is a sum/)
				.boundingBox(),
		]);
		expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(foot?.y ?? 0);
	});

	test('say what is wrong when they don’t come', async ({ plane, device }) => {
		plane.refuse.set('GET /api/costs', 'unavailable');
		const page = await device();
		await page.goto(plane.origin);
		await page.getByRole('button', { name: 'Account' }).click();
		await page.getByRole('menuitem', { name: 'Costs' }).click();
		await see(dialog(page).getByRole('alert')).toContainText('What your sessions cost is counted all the same');
		await see(dialog(page).getByText('Loading…')).toHaveCount(0);
		await see(dialog(page).getByRole('button', { name: 'Save budget' })).toBeDisabled();
	});
});

describe('a budget', () => {
	test('is set, changed and taken away in the dialog', async ({ plane, device }) => {
		const page = await device();
		await page.goto(plane.origin);
		const open = async () => {
			await page.getByRole('button', { name: 'Account' }).click();
			await page.getByRole('menuitem', { name: 'Costs' }).click();
		};
		const save = async () => dialog(page).getByRole('button', { name: 'Save budget' }).click();
		await open();
		const sum = dialog(page).getByRole('textbox');
		await sum.fill('twenty');
		await save();
		await see(dialog(page).getByText(/^A budget is a sum in US dollars/)).toBeVisible();
		await sum.fill('20,50');
		await save();
		await see(dialog(page)).toHaveCount(0);
		expect(plane.costs.budget).toMatchObject({ usd: 20.5, stop: true });
		await open();
		await see(sum).toHaveValue('20.5');
		await dialog(page).getByRole('checkbox').uncheck();
		await save();
		await see(dialog(page)).toHaveCount(0);
		expect(plane.costs.budget).toMatchObject({ usd: 20.5, stop: false });
		await open();
		await see(dialog(page).getByRole('checkbox')).not.toBeChecked();
		await sum.fill('');
		await save();
		await see(dialog(page)).toHaveCount(0);
		expect(plane.costs.budget).toBeNull();
	});

	test('above what the operator allows is refused where it is typed, and what the operator gave to begin with stands there', async ({
		plane,
		device,
	}) => {
		plane.costs = { ...plane.costs, chosenBudget: { usd: 30, stop: true }, mostBudget: 50 };
		const page = await device();
		await page.goto(plane.origin);
		await page.getByRole('button', { name: 'Account' }).click();
		await page.getByRole('menuitem', { name: 'Costs' }).click();
		const sum = dialog(page).getByRole('textbox', { name: /The operator allows at most \$50: at that your sessions are stopped/ });
		await see(sum).toHaveValue('30');
		await sum.fill('50.01');
		await dialog(page).getByRole('button', { name: 'Save budget' }).click();
		await see(dialog(page).getByText('A budget is a sum in US dollars, from 0.01 to 50. Leave it empty for none.')).toBeVisible();
		await sum.fill('50');
		await dialog(page).getByRole('button', { name: 'Save budget' }).click();
		await see(dialog(page)).toHaveCount(0);
		expect(plane.costs.chosenBudget).toEqual({ usd: 50, stop: true });
	});

	test.for([
		[
			'near',
			true,
			false,
			/^\$16\.40 of your budget of \$20\.00 for November is used\. When it is used up, sessions are stopped; their files are kept\.$/,
		],
		[
			'over',
			true,
			false,
			/^Your budget of \$20\.00 for November is used up\. Sessions are stopped, with their files kept, and none can be started until you raise it or the month ends \(.*\)\.$/,
		],
		['over', false, false, /^Your budget of \$20\.00 for November is used up\. Nothing is stopped, as you chose\.$/],
		['near', true, true, /^\$16\.40 of what the operator allows you for November \(\$20\.00\) is used\. When it is used up, sessions are stopped/],
		[
			'over',
			true,
			true,
			/^What the operator allows you for November \(\$20\.00\) is used up\. .*none can be started until the operator allows more or the month/,
		],
	] as const)('that is %s (stops: %s, the operator’s: %s) is said on the dashboard', async ([state, stop, operator, words], { plane, device }) => {
		const demo = plane.add('demo', 'Running');
		plane.costs = { ...plane.costs, ...used([demo.id], { budget: { usd: 20, stop, state, operator } }) };
		const page = await device();
		await page.goto(plane.origin);
		await see(page.getByRole('region', { name: 'Budget' }).getByRole('status')).toHaveText(words);
		await page.getByRole('button', { name: 'Costs and budget' }).click();
		await see(dialog(page).getByText(words)).toBeVisible();
	});

	test('that forbids a start is said where it was asked for', async ({ plane, device }) => {
		const demo = plane.add('demo', 'Stopped');
		plane.refuse.set(`POST /api/sessions/${demo.id}/start`, 'over_budget');
		const page = await device();
		await page.goto(plane.origin);
		await item(page, 'demo').getByRole('button', { name: 'Start' }).click();
		await see(page.getByRole('alert')).toContainText('Your budget is used up');
	});
});

for (const [size, options] of Object.entries(sizes))
	for (const colorScheme of ['light', 'dark'] as const)
		test(`on a ${size}, ${colorScheme}: nothing that axe finds, nothing beside the screen, and targets of 44 px`, async ({ plane, device }) => {
			const [demo, site] = [plane.add('demo', 'Running'), plane.add('a-session-with-a-long-name-of-forty-charac', 'Stopped')];
			plane.costs = { ...plane.costs, ...used([demo.id, site.id], { budget: { usd: 20, stop: true, state: 'near', operator: false } }) };
			const page = await device({ ...options, colorScheme });
			await page.goto(plane.origin);
			const line = page.getByRole('button', { name: /^Costs: / });
			await see(line).toBeVisible();
			expect(await axe(page)).toEqual([]);
			expect((await line.boundingBox())?.height).toBeGreaterThanOrEqual(44);
			await line.click();
			await see(dialog(page).getByRole('row')).toHaveCount(4);
			expect(await axe(page)).toEqual([]);
			expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
		});
