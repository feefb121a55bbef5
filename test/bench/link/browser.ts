/** The page in Chromium, signed in, at the far end of a link; and what its user does and sees there. */
import { setTimeout as pause } from 'node:timers/promises';
import { type CDPSession, chromium, type Page } from '@playwright/test';
import { decodeArrival } from '@shellpod/protocol/frame.ts';
import { decodeAgentRecords } from '@shellpod/protocol/record.ts';
import { chromium as flags } from '../../e2e/playwright.config.ts';
import type { Stack } from '../../support/stack.ts';

declare global {
	interface Window {
		/** when the last key went down, ms since 1970 */
		pressedAt?: number;
		/** ms of each task of the main thread that took long */
		longTasks?: number[];
	}
	interface HTMLElement {
		textLines?(): string[];
	}
}

export interface FarPage {
	page: Page;
	devTools: CDPSession;
	/** bytes of each message with output that came since the last call */
	takeMessages(): number[];
	type(text: string): Promise<void>;
	/** Presses a key; when, ms since 1970. */
	press(key: string): Promise<number>;
	/** Resolves when this is all that the pane shows, blanks apart; ms since 1970. */
	showsAll(lines: readonly string[]): Promise<number>;
	/** Resolves when the text of the pane, without its blank end, fits; ms since 1970. */
	shows(pattern: RegExp): Promise<number>;
	lines(): Promise<string[]>;
	close(): Promise<void>;
}

/** ms: what takes longer hangs */
const hangMs = 60_000;

/** Waits inside of the page: what is asked from here would be late by its own way. */
const inPage = (page: Page, wanted: { pattern: string; flags: string } | { all: string }): Promise<number> =>
	page.evaluate(
		([want, limit]) =>
			new Promise<number>((resolve, reject) => {
				const pattern = 'pattern' in want ? new RegExp(want.pattern, want.flags) : undefined;
				const begun = performance.now();
				const look = (): void => {
					const pane = document.querySelector<HTMLElement>('[data-testid=terminal]')?.textLines?.().slice(0, -1) ?? [];
					const now = performance.timeOrigin + performance.now();
					const text = pane.join('\n').trimEnd();
					if (pattern ? pattern.test(text) : 'all' in want && text.replace(/\s/g, '') === want.all) resolve(now);
					else if (performance.now() - begun > limit) reject(new Error(`the page does not show ${JSON.stringify(want)} but:\n${text}`));
					else return;
					clearInterval(timer);
				};
				const timer = setInterval(look, 4);
				look();
			}),
		[wanted, hangMs] as const,
	);

/** Bytes of a message that brings output; 0 for another. */
const outputIn = (text: string): number => {
	const arrival = decodeArrival(text);
	if (arrival.kind !== 'frame') return 0;
	return decodeAgentRecords(arrival.payload).some(({ type }) => type === 'output') ? Buffer.byteLength(text) : 0;
};

/** @param port of the link, which is taken for the stack's own */
export const openFarPage = async (stack: Stack, port: number, user: string, session: string): Promise<FarPage> => {
	const browser = await chromium.launch({
		...flags,
		args: [...flags.args, `--host-resolver-rules=MAP localhost:${stack.port} 127.0.0.1:${port}`],
	});
	try {
		const page = await browser.newPage({ viewport: { width: 1100, height: 800 } });
		page.setDefaultTimeout(hangMs);
		let messages: number[] = [];
		page.on('websocket', (socket) =>
			socket.on('framereceived', ({ payload }) => {
				const bytes = outputIn(payload.toString());
				if (bytes > 0) messages.push(bytes);
			}),
		);
		await page.addInitScript(() => {
			const press = () => {
				window.pressedAt = performance.timeOrigin + performance.now();
			};
			window.addEventListener('keydown', press, { capture: true });
		});
		await page.goto(stack.link);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByRole('textbox', { name: 'User name' }).fill(user);
		await page.getByRole('textbox', { name: 'User name' }).press('Enter');
		await page.getByRole('button', { name: 'New session' }).first().waitFor();
		await page.goto(`${stack.origin}/sessions/${session}`);
		const devTools = await page.context().newCDPSession(page);
		const far: FarPage = {
			page,
			devTools,
			takeMessages: () => {
				const taken = messages;
				messages = [];
				return taken;
			},
			type: async (text) => {
				await page
					.getByRole('region', { name: /Terminal/ })
					.locator('textarea')
					.first()
					.focus();
				await page.keyboard.type(text);
			},
			press: async (key) => {
				await page.keyboard.press(key);
				return page.evaluate(() => window.pressedAt ?? Number.NaN);
			},
			showsAll: (lines) => inPage(page, { all: lines.join('').replace(/\s/g, '') }),
			shows: (pattern) => inPage(page, { pattern: pattern.source, flags: pattern.flags }),
			lines: () => page.evaluate(() => document.querySelector<HTMLElement>('[data-testid=terminal]')?.textLines?.() ?? []),
			close: () => browser.close(),
		};
		await far.shows(prompt);
		return far;
	} catch (error) {
		await browser.close();
		throw error;
	}
};

/** the last thing on the screen */
export const prompt = /[$#]$/;

/** Makes the window so large that the terminal has exactly this size. */
export const makeSize = async (far: FarPage, columnsNow: () => Promise<number>, columns: number, rows: number): Promise<void> => {
	for (let tries = 0; tries < 8; tries++) {
		await pause(1_000);
		const [haveColumns, haveRows] = [await columnsNow(), (await far.lines()).length];
		if (haveColumns === columns && haveRows === rows) return;
		const screen = await far.page.locator('.xterm-screen').boundingBox();
		const now = far.page.viewportSize();
		if (!screen || !now) throw new Error('the page has no terminal');
		await far.page.setViewportSize({
			width: Math.ceil(now.width + ((columns - haveColumns) * screen.width) / haveColumns),
			height: Math.ceil(now.height + ((rows - haveRows) * screen.height) / haveRows),
		});
	}
	throw new Error(`the terminal does not become ${columns}x${rows}`);
};
