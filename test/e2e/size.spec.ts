import { devices, type Page } from '@playwright/test';
import { connected, createSession, device, expect, expectScreen, lines, newUser, openTerminal, test, type } from './fixtures.ts';

const rows = async (page: Page): Promise<number> => (await lines(page)).length;
const claim = (page: Page) => page.getByRole('button', { name: 'Use my size' });

/** This page has the grid that fits it, tmux's status line in its last row, and the other one follows. */
const expectGridOf = async (page: Page, own: number, other: Page): Promise<void> => {
	await expect.poll(() => rows(page)).toBe(own);
	await expect.poll(() => rows(other)).toBe(own);
	await expect(claim(page)).toHaveCount(0);
	await expect(claim(other)).toBeVisible();
	await expect.poll(async () => (await lines(page)).at(-1)).toMatch(/0:bash\*/);
};

test('[O7] who types has the size: right after coming in, at the same time as another, and not because a window changes', async ({
	browser,
	stack,
}) => {
	const user = newUser();
	const laptop = await device(browser, stack, user, { viewport: { width: 1600, height: 1000 } });
	await createSession(laptop, 'sizes');
	await openTerminal(laptop, 'sizes');
	const laptopRows = await rows(laptop);
	const address = laptop.url();

	const { defaultBrowserType: _, ...profile } = devices['iPad (gen 11)'];
	const ipad = await device(browser, stack, user, profile);
	await ipad.goto(address);
	await connected(ipad);
	const ipadRows = await rows(ipad);
	expect(ipadRows).not.toBe(laptopRows);
	await expectGridOf(ipad, ipadRows, laptop);

	await type(laptop, ':\n');
	await expectGridOf(laptop, laptopRows, ipad);

	// The laptop's keys and the iPad's screen cross on the way.
	const reloaded = ipad.reload();
	await type(laptop, ': while the other comes in\n');
	await reloaded;
	await connected(ipad);
	await type(laptop, ': both ');
	await expectScreen(ipad, ': both');
	// Both at once: whose keys the agent hears last has it, and both show the same.
	await Promise.all([type(laptop, 'xxxxx'), type(ipad, 'yyyyy')]);
	await expectScreen(ipad, /: both [xy]{10}/);
	await expect
		.poll(async () => {
			const [one, other] = [await rows(laptop), await rows(ipad)];
			return one === other && [laptopRows, ipadRows].includes(one);
		})
		.toBe(true);
	// The agent has heard all of the laptop's: the iPad types last.
	await type(ipad, '\n');
	await expectGridOf(ipad, ipadRows, laptop);

	await laptop.setViewportSize({ width: 1400, height: 700 });
	await expect(claim(laptop)).toBeVisible();
	await type(ipad, ': still mine\n');
	await expectScreen(laptop, ': still mine');
	await expectGridOf(ipad, ipadRows, laptop);

	await expect(async () => {
		if (await claim(laptop).isVisible()) await claim(laptop).click();
		expect([await rows(laptop), await rows(ipad)]).not.toContain(ipadRows);
	}).toPass({ timeout: 15_000 });
	await expect(claim(ipad)).toBeVisible();
	await expect(claim(laptop)).toHaveCount(0);
});
