/** A large paste: it arrives whole, shows how far it is, and can be cancelled. */
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import { createSession, expect, expectScreen, newUser, openTerminal, run, signIn, type } from './fixtures.ts';
import { test } from './link.ts';

const bytes = 300 * 1024;
/** Lines that differ, so that one that is lost, doubled or out of its order is seen. */
const text = Array.from({ length: bytes / 64 }, (_, line) => `${String(line).padStart(6, '0')} ${'x'.repeat(56)}\n`).join('');
const sum = createHash('sha256').update(text).digest('hex');

/** As slow as a phone's: what is sent can be looked at on its way. */
const slow = { bitsPerSecond: 2_000_000, delayMs: 40 };

const progress = (page: Page) => page.getByRole('region', { name: 'Paste' });
const done = (page: Page) => progress(page).getByRole('progressbar', { name: 'Pasted' });

/** As the browser's own menu does it. */
const paste = async (page: Page): Promise<void> => {
	await page.evaluate((text) => {
		const data = new DataTransfer();
		data.setData('text/plain', text);
		const textarea = document.querySelector<HTMLElement>('[data-testid=terminal] textarea');
		textarea?.focus();
		textarea?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	}, text);
	// The program knows nothing of pastes: each line would be an Enter.
	await page
		.getByRole('dialog', { name: `Paste ${bytes / 64} lines?` })
		.getByRole('button', { name: 'Paste' })
		.click();
};

test('[I3] [I8] a paste of 300 KB arrives whole through a cut, and shows how far it is; one that is cancelled ends', async ({
	page,
	stack,
	link,
}) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	await run(page, 'stty -echo');
	link.setSpeed(slow);
	await type(page, `echo ready-$((1+1)); head -c ${bytes} | sha256sum\n`);
	await expectScreen(page, 'ready-2');
	await paste(page);
	// A little more while what was typed before is on its way.
	await expect(progress(page)).toContainText(/^Pasting: \d+ of 30[01] KB/);
	await expect.poll(async () => Number(await done(page).getAttribute('value'))).toBeGreaterThan(0);
	link.drop('cut');
	await expect(page.getByText(/Reconnecting \d+ s/)).toBeVisible();
	await expect(progress(page)).toBeVisible();
	link.restore();
	await expectScreen(page, sum, 30_000);
	await expect(progress(page)).toHaveCount(0);

	await run(page, `PROMPT_COMMAND='echo prompt-$((++prompts))'`);
	await type(page, 'echo ready-$((2+2)); cat > ~/some\n');
	await expectScreen(page, 'ready-4');
	await paste(page);
	await expect.poll(async () => Number(await done(page).getAttribute('value'))).toBeGreaterThan(0);
	await progress(page).getByRole('button', { name: 'Cancel' }).click();
	await expect(progress(page)).toHaveCount(0);
	await page.keyboard.press('Control+c');
	// Bash throws away what is typed between a Ctrl-C and its next prompt, with or without us.
	await expectScreen(page, 'prompt-2');
	await run(page, `n=$(wc -c < ~/some); test $n -gt 0 -a $n -lt ${bytes} && head -c $n ~/some > /dev/null && echo some-$((3+3))`);
	await expectScreen(page, 'some-6');
});
