/** A session that nobody uses: warned of, kept, stopped with its reason, started again. Rules N2 to N6 of functions/core/SPEC.md. */

import type { Page } from '@playwright/test';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { becomeOperator } from '../support/operator.ts';
import { letPass } from '../support/session-time.ts';
import { act, createSession, device, expect, expectScreen, expectState, item, newUser, openTerminal, run, test } from './fixtures.ts';

const minute = 60_000;

/** Who is signed in on this page, and the id of their one session. */
const whoseOf = async (page: Page) => {
	const { token, sessions } = await page.evaluate(async () => {
		const { accessToken } = await (await fetch('/api/auth/token', { method: 'POST', headers: { 'x-shellpod': '1' } })).json();
		const list = await (await fetch('/api/sessions', { headers: { authorization: `Bearer ${accessToken}` } })).json();
		return { token: accessToken as string, sessions: list.sessions as { id: string }[] };
	});
	const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
	return { user: userId(sub), id: sessionId(sessions[0]?.id ?? '') };
};

test('a session that nobody uses warns, is kept, warns again, stops and says why, and starts again', async ({ browser, stack }, info) => {
	const page = await device(browser, stack, newUser());
	const terminal = await page.context().newPage();
	await createSession(page, 'night');
	await expectState(page, 'night', 'Running', 60_000);
	await terminal.goto(page.url());
	await openTerminal(terminal, 'night');
	const operator = await becomeOperator(stack);
	const { user, id } = await whoseOf(page);
	const sessions = createSessions(operator.items);
	const picture = (one: Page, name: string) => one.screenshot({ path: info.outputPath(`${name}.png`) });
	await expect(
		item(page, 'night').getByText(/^Running, in use \(last: (it started|you opened it) .*\)\. Stops .* unless something happens\.$/),
	).toBeVisible();
	await expect(terminal.getByRole('button', { name: /^stops / })).toBeVisible();

	await letPass(sessions, user, id, 51 * minute);
	const warning = (one: Page) => one.getByRole('region', { name: 'night stops' });
	// What nobody told is heard with the next look.
	await page.reload();
	await expect(warning(page)).toContainText(/Stops in 9 min/);
	await picture(page, 'dashboard-warning');
	await expect(warning(terminal)).toContainText(/Stops in [89] min/, { timeout: 60_000 });
	await picture(terminal, 'terminal-warning');

	await warning(terminal).getByRole('button', { name: 'Keep for 1 h' }).click();
	for (const one of [page, terminal]) await expect(warning(one)).toHaveCount(0);
	await expect(item(page, 'night').getByText(/last: you kept it/)).toBeVisible();

	await letPass(sessions, user, id, 58.5 * minute);
	await page.reload();
	await expect(warning(page)).toContainText(/Stops in (1 min \d+ s|\d+ s)/);
	await picture(page, 'dashboard-last-warning');

	await letPass(sessions, user, id, 2 * minute);
	// What each minute does: it asks the agent, and acts upon its answer.
	const swept = async () => {
		await operator.invoke('sweep');
		return (await sessions.get(user, id))?.phase;
	};
	await expect.poll(swept, { timeout: 60_000, intervals: [2_000] }).toBe('stopped');
	await expectState(page, 'night', 'Stopped');
	await expect(item(page, 'night').getByText(/^Stopped .* after 1 h idle\. Last activity: you kept it .*\.$/)).toBeVisible();
	await picture(page, 'dashboard-stopped');
	await expect(terminal.getByText(/after 1 h idle/)).toBeVisible();
	await picture(terminal, 'terminal-stopped');

	// An old tab's return starts nothing; its user does.
	await terminal.reload();
	await expectState(page, 'night', 'Stopped');
	await act(page, 'night', 'Start');
	await expectState(page, 'night', 'Running', 60_000);
	await openTerminal(page, 'night');
	await run(page, 'shellpod hold 2h migration');
	await run(page, 'clear; shellpod status');
	await expectScreen(page, /Running: it is held until .*: migration\. Would stop 1 h after that\./);
	operator.release();
});
