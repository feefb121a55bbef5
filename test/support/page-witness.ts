/** Sees what a page does that its user did not ask for. */
import type { Page } from '@playwright/test';

declare global {
	interface Window {
		/** what the page's own script did so far */
		deeds?: { kind: string; text: string }[];
	}
}

export interface Witness {
	/** clipboard reads, windows, dialogs, notifications, navigations, requests to other hosts, exceptions and forbidden loads, in order */
	harm(): Promise<string[]>;
	/** texts that the page put into the clipboard */
	copied(): Promise<string[]>;
}

/** To be called before the page goes anywhere. `origin`: where it may go to. */
export const watchPage = async (page: Page, origin: string): Promise<Witness> => {
	const seen: string[] = [];
	await page.addInitScript(() => {
		const deeds: { kind: string; text: string }[] = [];
		window.deeds = deeds;
		const note = (kind: string, text: unknown) => void deeds.push({ kind, text: String(text) });
		for (const name of ['readText', 'read', 'write'] as const)
			Clipboard.prototype[name] = async () => {
				note('clipboard', name);
				throw new DOMException('', 'NotAllowedError');
			};
		Clipboard.prototype.writeText = async (text) => note('copied', text);
		document.execCommand = (command) => {
			note('command', command);
			return false;
		};
		window.open = (address) => {
			note('window', address);
			return null;
		};
		for (const name of ['alert', 'confirm', 'prompt', 'print'] as const)
			Object.defineProperty(window, name, { value: (text: unknown) => note('dialog', `${name} ${text}`) });
		window.Notification = class extends EventTarget {
			constructor(title: string) {
				super();
				note('notification', title);
			}
		} as typeof Notification;
		document.addEventListener('securitypolicyviolation', (event) => note('policy', `${event.effectiveDirective} ${event.blockedURI}`));
		window.addEventListener('error', (event) => note('error', event.message));
		window.addEventListener('unhandledrejection', (event) => note('rejection', event.reason));
	});
	page.on('pageerror', (error) => void seen.push(`exception ${error}`));
	page.on('dialog', (dialog) => {
		seen.push(`dialog ${dialog.message()}`);
		void dialog.dismiss();
	});
	page.on('popup', (popup) => void seen.push(`popup ${popup.url()}`));
	page.on('download', (download) => void seen.push(`download ${download.url()}`));
	page.on('crash', () => void seen.push('crash'));
	page.on('framenavigated', (frame) => {
		if (!frame.url().startsWith(`${origin}/`) && frame.url() !== 'about:blank') seen.push(`navigation ${frame.url()}`);
	});
	page.on('request', (request) => {
		const { protocol, host } = new URL(request.url());
		if (host !== new URL(origin).host && protocol !== 'data:') seen.push(`request ${request.url()}`);
	});
	const deeds = () => page.evaluate(() => window.deeds ?? []);
	return {
		harm: async () => [...seen, ...(await deeds()).filter(({ kind }) => kind !== 'copied').map(({ kind, text }) => `${kind} ${text}`)],
		copied: async () => (await deeds()).filter(({ kind }) => kind === 'copied').map(({ text }) => text),
	};
};
