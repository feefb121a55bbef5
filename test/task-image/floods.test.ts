/** Much output, through a real tmux to the page's own stream. */
import { relay } from '@shellpod/protocol/limits.ts';
import { expect } from 'vitest';
import type { House } from './support/house.ts';
import { createPage } from './support/page.ts';
import { test as base, showsTheTruth } from './support/visit.ts';

const test = base.extend({ pace: 1 }).extend<{ page: ReturnType<typeof createPage> }>({
	page: async ({ house }, use) => {
		const page = createPage(house, '1');
		await page.until((lines) => lines[0] === '$');
		await use(page);
		page.dispose();
	},
});

/** nothing of it repeats, so that it is as much on the way as can be */
const noise = 'od -An -tx1 -w39 /dev/urandom\r';
const isNoise = (line: string): boolean => /^( [0-9a-f]{2}){39}$/.test(line);
const isPrompt = (lines: string[]): boolean => lines.slice(0, -1).findLast((line) => line !== '') === '$';
const flood = async (house: House, page: ReturnType<typeof createPage>): Promise<void> => {
	house.network.weather = { loss: 0, duplicate: 0, delay: 80 };
	page.type(noise);
	await page.until((lines) => isNoise(lines[0] ?? ''));
	const before = page.messages.length;
	await page.until(() => page.messages.length > before + 30);
};

test('[O11] [I6] an interrupt ends a flood, and the screen is right', async ({ house, page }) => {
	await flood(house, page);
	page.type('\x03');
	await page.until(isPrompt);
	page.type('echo after-$((6*7))\r');
	await page.until((lines) => lines.includes('after-42'));
	await showsTheTruth(house, page);
});

test('[O12] a page that was hidden in a flood is right when it is seen again', async ({ house, page }) => {
	await flood(house, page);
	page.stream.see(false);
	const before = page.messages.length;
	await page.until(() => page.messages.length > before + 3);
	page.stream.see(true);
	page.type('\x03');
	await page.until(isPrompt);
	await showsTheTruth(house, page);
});

test('[O9] [O10] a screen is small, and what tmux draws at once comes at once', async ({ house, page }) => {
	page.type("clear; for i in $(seq 38); do printf '\\033[38;2;%d;9;7m%s\\n' $i \"$(seq -s ' ' $i $((i+30)))\"; done\r");
	await page.until((lines) => lines[37]?.startsWith('38 ') === true);
	const before = page.messages.length;
	const from = page.written.length;
	const { screens } = page;
	page.stream.reopen();
	await page.until(() => page.screens > screens);
	const [message = '', ...more] = page.messages.slice(before);
	// tmux draws twice; on a slow machine the second time may come too late for the first message.
	expect(more.length).toBeLessThanOrEqual(1);
	expect(Buffer.byteLength(message)).toBeLessThan(relay.maxMessageBytes / 10);
	for (const text of page.written.slice(from)) expect(text.split('\x1b[?2026h').length).toBe(text.split('\x1b[?2026l').length);
	expect(page.written.slice(from).join('')).toContain('\x1b[?2026h');
	await showsTheTruth(house, page);
});
