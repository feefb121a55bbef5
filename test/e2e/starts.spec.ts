/** Starts that fail, each with its own words, and the way on. Rules 8 and 10 of functions/core/SPEC.md; the words are of docs/when-it-fails.md. */
import type { Browser, Page } from '@playwright/test';
import { type Stack, startStack } from '../support/stack.ts';
import { act, connected, createSession, device, expect, expectState, item, newUser, openTerminal, test } from './fixtures.ts';

/** ms: the start's limit, and the minute in which nobody may look */
const startMs = 300_000;
test.describe.configure({ timeout: 2 * startMs });

interface Failing {
	stack: Stack;
	page: Page;
	/** another tab on the dashboard */
	tab: Page;
	/** The same ShellPod, of which nothing fails any more. */
	mend(): Promise<void>;
}

/** A stack of its own on which starts fail, and a session that is being started. */
const failing = async (browser: Browser, faults: string, choices: readonly string[] = []): Promise<Failing> => {
	const options = { choices, seed: 1 };
	const one: Failing = {
		stack: await startStack({ ...options, faults }),
		page: undefined as never,
		tab: undefined as never,
		mend: async () => {
			const { state, port } = one.stack;
			await one.stack.interrupt();
			// Nothing of `--faults` that a whole run may be under.
			one.stack = await startStack({ ...options, state, port, faults: '' });
		},
	};
	const user = newUser();
	one.page = await device(browser, one.stack, user);
	one.tab = await device(browser, one.stack, user);
	await createSession(one.page, 'demo');
	return one;
};

/** Both tabs say it, with the code by which an operator finds it. */
const expectFailed = async ({ page, tab }: Failing, words: RegExp, code: RegExp): Promise<void> => {
	for (const one of [page, tab]) {
		await expectState(one, 'demo', 'Failed', startMs);
		await expect(item(one, 'demo')).toContainText(words);
		await expect(item(one, 'demo').getByText(code)).toBeVisible();
	}
};

test('[8] [10] no capacity, and a home that AWS refuses: they say so while they try again, Cancel ends that, Retry begins it anew, and in the end they have failed', {
	tag: '@long',
}, async ({ browser }) => {
	const [demo, home] = await Promise.all([failing(browser, 'no-capacity=100%'), failing(browser, 'home-denied=100%')]);
	const words = /AWS has no capacity for it just now|The AWS account may not run more at once/;
	for (const one of [demo.page, demo.tab]) {
		await expect(item(one, 'demo')).toContainText(words);
		await expect(item(one, 'demo')).toContainText('Trying again');
	}
	await act(demo.page, 'demo', 'Cancel');
	for (const one of [demo.page, demo.tab]) await expectState(one, 'demo', 'Stopped');
	await act(demo.tab, 'demo', 'Start');
	await expect(item(home.page, 'demo')).toContainText('AWS refused to mount its home. Trying again');
	await expectFailed(demo, words, /^(capacity|quota)$/);
	await act(demo.page, 'demo', 'Retry');
	await expectState(demo.tab, 'demo', 'Starting');
	await act(demo.tab, 'demo', 'Cancel');
	await expectState(demo.page, 'demo', 'Stopped');
	await demo.stack.dispose();

	await expectFailed(home, /AWS refused to mount its home/, /^home_denied$/);
	await home.mend();
	await act(home.tab, 'demo', 'Retry');
	await openTerminal(home.page, 'demo');
	await home.stack.dispose();
});

test('[8] an image that is missing fails at once; when it is there again, Retry from the terminal page ends in the terminal by itself', async ({
	browser,
}) => {
	const demo = await failing(browser, 'image-missing=100%');
	await expectFailed(demo, /Its image is missing, or not made for its machine/, /^image_missing$/);
	await item(demo.page, 'demo').getByRole('link', { name: 'Open terminal' }).click();
	await expect(demo.page.getByRole('heading', { name: 'demo has failed' })).toBeVisible();
	// Open terminal is a wish to have it started: the button is nobody's until that start has failed as well.
	const retry = demo.page.getByRole('button', { name: 'Retry' });
	await expect(retry).toBeEnabled();
	await demo.mend();
	await retry.click();
	await connected(demo.page);
	await demo.stack.dispose();
});

test('[8] an agent that is silent for as long as the operator lets it be', async ({ browser }) => {
	const demo = await failing(browser, 'never-connects=100%', ['agentSeconds=10']);
	await expect(item(demo.page, 'demo').getByRole('progressbar', { name: 'Start' })).toContainText(/Restore terminals\d+ s of 1\d s/);
	await expectFailed(demo, /Its machine runs, but its terminals did not answer in time/, /^agent_silent$/);
	await demo.mend();
	await act(demo.page, 'demo', 'Retry');
	for (const one of [demo.page, demo.tab]) await expectState(one, 'demo', 'Running', 60_000);
	await demo.stack.dispose();
});
