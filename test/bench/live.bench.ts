/** How soon two tabs of one user show what becomes of a session: from when the control plane decided it until it stands in each tab. */
import { type Browser, chromium, type Page } from '@playwright/test';
import { EventPage } from '@shellpod/protocol/http.ts';
import { chromium as flags } from '../e2e/playwright.config.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';
import { type Bench, rowOf } from './row.ts';

/** stops and starts; each moves the session four times */
const rounds = 10;
/** ms, by the issue: two tabs see each change within 1 s */
const bound = 1_000;
const user = 'bench';

interface Seen {
	state: string;
	/** ms since 1970 */
	at: number;
}

declare global {
	interface Window {
		seen?: Seen[];
	}
}

/** A tab on the dashboard, which notes each state of the one session when it stands there. */
const openTab = async (browser: Browser, stack: Stack): Promise<Page> => {
	const page = await (await browser.newContext()).newPage();
	await page.goto(stack.link);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('textbox', { name: 'User name' }).fill(user);
	const live = page.waitForEvent('websocket');
	await page.getByRole('textbox', { name: 'User name' }).press('Enter');
	await live;
	const words = page.getByRole('listitem').locator('h2 + div');
	await words.getByText('Running', { exact: true }).waitFor();
	await words.evaluate((element) => {
		const seen: Seen[] = [];
		const note = () => {
			const [state] = /Starting|Running|Stopping|Stopped/.exec(element.textContent ?? '') ?? [];
			if (state && seen.at(-1)?.state !== state) seen.push({ state, at: Date.now() });
		};
		new MutationObserver(note).observe(element, { subtree: true, childList: true, characterData: true });
		window.seen = seen;
	});
	return page;
};

/** Each state that the session came to, and when, the first first. */
const statesOf = async (http: HttpUser, id: string, since: number): Promise<Seen[]> => {
	const states: Seen[] = [];
	let before: string | null = null;
	do {
		const asked: string = before === null ? '' : `?before=${encodeURIComponent(before)}`;
		const page: EventPage = EventPage.parse(await http.api('GET', `/api/sessions/${id}/events${asked}`));
		for (const { kind, from, to, at } of page.events)
			if (kind === 'moved' && to !== null && to !== from && Date.parse(at) >= since) states.unshift({ state: to, at: Date.parse(at) });
		({ before } = page);
	} while (before !== null);
	return states.sort((a, b) => a.at - b.at);
};

/** ms that a tab was behind each state. A tab that left one out saw something else. */
const delays = (happened: readonly Seen[], seen: readonly Seen[]): number[] => {
	const states = (list: readonly Seen[]) => list.map(({ state }) => state).join(' ');
	if (states(happened) !== states(seen)) throw new Error(`a tab showed ${states(seen)}, not ${states(happened)}`);
	return seen.map(({ at }, index) => at - (happened[index]?.at ?? Number.NaN));
};

export const run: Bench = async () => {
	const stack = await startStack();
	const browser = await chromium.launch(flags);
	try {
		const http = await signInByHttp(stack, user);
		const { id } = await http.createSession('bench');
		await http.reaches(id, 'Running');
		const tabs = [await openTab(browser, stack), await openTab(browser, stack)];
		const begun = Date.now();
		for (let round = 0; round < rounds; round++) {
			await http.api('POST', `/api/sessions/${id}/stop`);
			await http.reaches(id, 'Stopped');
			await http.api('POST', `/api/sessions/${id}/start`);
			await http.reaches(id, 'Running');
		}
		const happened = await statesOf(http, id, begun);
		const shown: number[][] = [];
		for (const tab of tabs) {
			await tab.waitForFunction((count) => (window.seen?.length ?? 0) >= count, happened.length);
			shown.push(delays(happened, (await tab.evaluate(() => window.seen)) ?? []));
		}
		const [one = [], two = []] = shown;
		const slowest = Math.max(...one, ...two);
		return [
			rowOf('a change to a tab', 'ms', one, { bound }),
			rowOf('a change to another tab', 'ms', two, { bound }),
			{ name: 'the slowest of all changes', unit: 'ms', median: slowest, samples: one.length + two.length, bound },
		];
	} finally {
		await browser.close();
		await stack.dispose();
	}
};
