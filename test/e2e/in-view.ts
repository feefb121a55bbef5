/** What a page's user has in view while it is cut off, and what has become of what was typed. */
import type { Page } from '@playwright/test';
import { expect, expectScreen, lines, run } from './fixtures.ts';

declare global {
	interface Window {
		/** of each picture that was drawn without the text that is watched, what the terminal had in its place */
		without?: string[];
	}
}

/** Prints a text, and looks at each picture from now on whether it is in view. Gives what stood in its place where it wasn't. */
export const keepInView = async (page: Page): Promise<() => Promise<string[]>> => {
	await run(page, 'echo in-$((6*7))-view');
	await expectScreen(page, 'in-42-view');
	await page.evaluate(() => {
		window.without = [];
		const look = () => {
			const terminal = document.querySelector<HTMLElement>('[data-testid=terminal]');
			const text = terminal?.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ? terminal.textLines?.().join('\n') : undefined;
			if (!text?.includes('in-42-view')) window.without?.push(text ?? 'no terminal');
			requestAnimationFrame(look);
		};
		look();
	});
	return async () => (await page.evaluate(() => window.without)) ?? ['another document'];
};

/** The screen is the one that a page shows which comes to the session now. */
export const expectTheScreenOfAnother = async (page: Page): Promise<void> => {
	const other = await page.context().newPage();
	await other.goto(page.url());
	await expect.poll(() => lines(other)).toContainEqual(expect.stringContaining('$'));
	await expect.poll(async () => JSON.stringify(await lines(page)) === JSON.stringify(await lines(other))).toBe(true);
	await other.close();
};

/** The file in the home that typed lines leave their words in, a line each: it has these, each once, in this order. */
export const expectTyped = async (page: Page, words: readonly string[]): Promise<void> => {
	await run(page, `echo "typed: $(tr '\\n' ' ' < ~/typed)."`);
	await expectScreen(page, `typed: ${words.map((word) => `${word} `).join('')}.`);
};

/** A line that leaves a word in that file. */
export const leaves = (word: string): string => `echo ${word} >> ~/typed\n`;
