/** A browser whose way to the stack is a link that can be cut, and which keeps the pages that it left. */
import { type SlowLink, startSlowLink } from '../support/slow-link.ts';
import { test as withStack } from './fixtures.ts';
import { chromium } from './playwright.config.ts';

declare global {
	interface Window {
		/** how this document was come back to */
		cameBack?: 'from the cache' | 'by its history';
	}
}

export const test = withStack.extend<{ mended: undefined }, { link: SlowLink }>({
	link: [
		async ({ stack }, use) => {
			const link = await startSlowLink(stack.port);
			await use(link);
			link.close();
		},
		{ scope: 'worker' },
	],
	launchOptions: [
		async ({ stack, link }, use) =>
			use({
				...chromium,
				args: [...chromium.args, `--host-resolver-rules=MAP localhost:${stack.port} 127.0.0.1:${link.port}`],
				// The back-forward cache, which tests of other things are run without.
				ignoreDefaultArgs: ['--disable-back-forward-cache'],
			}),
		{ scope: 'worker' },
	],
	mended: [
		async ({ link }, use) => {
			await use(undefined);
			link.setSpeed(undefined);
			link.restore();
		},
		{ auto: true },
	],
});
