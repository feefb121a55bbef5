// biome-ignore-all lint/suspicious/noControlCharactersInRegex: it is what must not be there
/** What an agent writes into the page's own terminal, with no tmux in between: a tenant can replace theirs. */
import { type Page, expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { calm, hostileSequences } from '../support/hostile-sequences.ts';
import { bait, traces } from '../support/hostile-text.ts';
import { watchPage } from '../support/page-witness.ts';
import type { ControlPlane } from './support/in-memory-control-plane.ts';
import { lines, test } from './support/pages.ts';

/** control characters, tabs and line ends apart */
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;
/** Whether it has the focus is all that a page tells by itself, and only when a program asked for it. */
const isFocusOnly = (typed: string): boolean => typed.replaceAll('\x1b[I', '').replaceAll('\x1b[O', '') === '';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const print = async (plane: ControlPlane, id: string, bytes: Uint8Array): Promise<void> => {
	plane.agentOf(id).print(bytes);
	await see.poll(() => plane.agentOf(id).unshown, { intervals: [2, 5, 10, 20, 50], timeout: 60_000 }).toBe(0);
};

const focus = (page: Page) =>
	page
		.getByRole('region', { name: /Terminal/ })
		.locator('textarea')
		.first()
		.focus();

describe('[security 5] what an agent prints', () => {
	const families = [...Map.groupBy(hostileSequences, ({ family }) => family)];
	test('the corpus is large enough', () => expect(hostileSequences.length).toBeGreaterThanOrEqual(300));

	test.for(families)('can not act: %s', { timeout: 120_000 }, async ([, hostile], { plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		const witness = await watchPage(page, plane.origin);
		await openTerminal(page, id);
		await focus(page);
		const said: string[] = [];
		for (const { bytes } of hostile) {
			const before = typed(id).length;
			await print(plane, id, bytes);
			await print(plane, id, encode(calm));
			const sent = typed(id).slice(before);
			if (!isFocusOnly(sent)) said.push(`${JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 80))} -> ${JSON.stringify(sent)}`);
		}
		expect(said).toEqual([]);
		expect(await witness.harm()).toEqual([]);
		const copied = await witness.copied();
		for (const text of copied) expect(text).not.toMatch(controls);
		expect(await page.title()).toBe('demo');
		expect(await page.evaluate(() => document.querySelectorAll('img[src=x], script:not([src])').length)).toBe(0);
		await print(plane, id, encode('\x1bcstill here'));
		await see.poll(async () => (await lines(page))[0]).toBe('still here');
		await page.keyboard.type('k');
		await see.poll(() => typed(id)).toMatch(/k$/);
	});

	test('can not act when all of it comes at once, cut anywhere', { timeout: 120_000 }, async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		const witness = await watchPage(page, plane.origin);
		await openTerminal(page, id);
		await focus(page);
		await print(plane, id, Buffer.concat(hostileSequences.map(({ bytes }) => bytes)));
		for (const trace of traces) expect(typed(id)).not.toContain(trace);
		expect([typed(id), isFocusOnly(typed(id))]).toEqual([typed(id), true]);
		expect(await witness.harm()).toEqual([]);
	});
});

describe('[security 5] the clipboard', () => {
	test('is written while the page has the focus, visibly, and with text only', async ({ plane, device, openTerminal }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		const witness = await watchPage(page, plane.origin);
		await openTerminal(page, id);
		await focus(page);
		await print(plane, id, encode(`\x1b]52;c;${Buffer.from('one\ttwo\n\x1b[201~\x03three').toString('base64')}\x07`));
		expect(await witness.copied()).toEqual(['one\ttwo\n[201~three']);
		await see(page.getByRole('alert').filter({ hasText: 'A program copied' })).toBeVisible();
		await page.evaluate(() => {
			document.hasFocus = () => false;
		});
		await print(plane, id, encode(`\x1b]52;c;${Buffer.from('unseen').toString('base64')}\x07`));
		expect(await witness.copied()).toHaveLength(1);
	});
});

describe('[security 5] a paste', () => {
	const paste = (page: Page, text: string) =>
		page.evaluate((text) => {
			const data = new DataTransfer();
			data.setData('text/plain', text);
			const textarea = document.querySelector('[data-testid=terminal] textarea');
			textarea?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		}, text);
	const hostile = [
		`a\x1b[201~touch ${bait}\r`,
		`a\x9b201~touch ${bait}\r`,
		`\x1b\x1b[201~[201~touch ${bait}\n`,
		`a\x1b[\x00201~${bait}`,
		`\x03\x04\x15\x1a\x7f${bait}`,
		`\x1b]52;c;?\x07${bait}`,
	];

	test.for(hostile)('%j stays between its brackets, and has no control characters', async (text, { plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await print(plane, id, encode('\x1b[?2004h'));
		await paste(page, text);
		await see.poll(() => typed(id).endsWith('\x1b[201~')).toBe(true);
		expect(typed(id).startsWith('\x1b[200~')).toBe(true);
		const inside = typed(id).slice(6, -6);
		expect(inside).not.toMatch(controls);
		expect(inside).toContain(bait);
	});

	test('into a program that knows no brackets has no control characters but tabs and line ends', async ({ plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		await paste(page, `one\ttwo\x1b[A\x03\x00\x9b5n\r\nthree é 漢 👍`);
		await page.getByRole('dialog', { name: 'Paste 2 lines?' }).getByRole('button', { name: 'Paste' }).click();
		await see.poll(() => typed(id)).toBe('one\ttwo[A5n\rthree é 漢 👍');
	});
});
