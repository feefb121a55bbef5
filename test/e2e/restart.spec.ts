import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect as baseExpect } from '@playwright/test';
import { startStack } from '../support/stack.ts';
import { connected, createSession, device, expect, expectScreen, expectState, newUser, openTerminal, run, test, type } from './fixtures.ts';
import { expectTheScreenOfAnother, expectTyped, keepInView, leaves } from './in-view.ts';

const alive = (pid: number): boolean => {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
};

/** A stack of its own with a user in a terminal that shows `here-<n>`. */
const stackWithSession = async (browser: Browser) => {
	const stack = await startStack();
	const page = await device(browser, stack, newUser());
	await createSession(page, 'lasting');
	await openTerminal(page, 'lasting');
	await run(page, 'echo here-$((6*6)); echo kept > ~/kept; (while sleep 0.2; do date >> ~/ticks; done) &');
	await expectScreen(page, 'here-36');
	return { stack, page };
};

test('Ctrl-C is a shutdown: exit code 0, nothing left; sessions come back with the next start', async ({ browser }) => {
	const { stack, page } = await stackWithSession(browser);
	const pids = (await readFile(join(stack.state, 'pids'), 'utf8')).split('\n').filter(Boolean).map(Number);
	const { code } = await stack.interrupt();
	expect(code).toBe(0);
	expect(pids.filter(alive)).toEqual([]);

	const next = await startStack({ state: stack.state, port: stack.port });
	expect(next.key).toBe(stack.key);
	await page.goto(next.origin);
	await expectState(page, 'lasting', 'Running', 30_000);
	await openTerminal(page, 'lasting');
	await run(page, 'cat ~/kept');
	await expectScreen(page, 'kept');
	await next.dispose();
});

test('[P1] [P3] kill -9 of the stack: tasks and screens go on and are adopted, and what was typed meanwhile runs once', async ({ browser }) => {
	const { stack, page } = await stackWithSession(browser);
	const outOfView = await keepInView(page);
	// On its way when the crash comes.
	await type(page, leaves('before'));
	await stack.crash();
	const next = await startStack({ state: stack.state, port: stack.port });
	// Nobody waits for its user's word then, however long the start took (I7).
	await type(page, leaves('meanwhile'));
	await connected(page);
	await expectTyped(page, ['before', 'meanwhile']);
	await expectScreen(page, 'here-36');
	expect(await outOfView()).toEqual([]);
	await expectTheScreenOfAnother(page);
	await run(page, 'jobs | grep -c Running | sed "s/^/jobs-/"');
	await expectScreen(page, 'jobs-1');
	await next.dispose();
});

test('kill -9 of everything: the session is Running again by itself, its files whole, nothing of the old one left', async ({ browser }) => {
	const { stack, page } = await stackWithSession(browser);
	const pids = (await readFile(join(stack.state, 'pids'), 'utf8')).split('\n').filter(Boolean).map(Number);
	await stack.powerCut();
	await baseExpect.poll(() => pids.filter(alive)).toEqual([]);
	const next = await startStack({ state: stack.state, port: stack.port });
	await page.goto(next.origin);
	await expectState(page, 'lasting', 'Running', 60_000);
	await openTerminal(page, 'lasting');
	await run(page, 'cat ~/kept');
	await expectScreen(page, 'kept');
	await next.dispose();
});

test('a taken port and an unwritable folder are one clear line each and exit code 1', async ({ stack }) => {
	const state = await mkdtemp(join(tmpdir(), 'shellpod-e2e-'));
	await baseExpect(startStack({ state, port: stack.port })).rejects.toThrow(new RegExp(`ended with 1[\\s\\S]*${stack.port}`));
	await baseExpect(startStack({ state: '/proc/shellpod' })).rejects.toThrow(/ended with 1[\s\S]*\/proc\/shellpod/);
});
