import { existsSync, readFileSync } from 'node:fs';
import { connected, createSession, expect, expectScreen, expectState, lines, newUser, openTerminal, run, signIn, test, type } from './fixtures.ts';

test('sudo, apt, /etc, /tmp and kill -9 -1 in a session touch nothing outside it', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'alone');
	await openTerminal(page, 'alone');
	const passwd = readFileSync('/etc/passwd', 'utf8');

	await run(page, 'sudo apt-get install -y -qq --no-install-recommends sl >/tmp/apt.log 2>&1; test -x /usr/games/sl && echo apt-$((2+2))', 60_000);
	await expectScreen(page, 'apt-4');
	expect(existsSync('/usr/games/sl')).toBe(false);

	await run(
		page,
		`sudo touch /etc/shellpod-${stack.port}; echo x > /tmp/shellpod-${stack.port}; echo "evil:x:0:0::/:/bin/sh" | sudo tee -a /etc/passwd >/dev/null; ls /etc/shellpod-${stack.port} /tmp/shellpod-${stack.port}`,
	);
	expect(existsSync(`/etc/shellpod-${stack.port}`)).toBe(false);
	expect(existsSync(`/tmp/shellpod-${stack.port}`)).toBe(false);
	expect(readFileSync('/etc/passwd', 'utf8')).toBe(passwd);

	await run(page, `ls ${stack.state} 2>&1 | head -3; test -e ${stack.state}/key || echo hidden-$((4+4))`);
	await expectScreen(page, 'hidden-8');

	// Ends the shell, tmux and the agent: all come back, with an empty screen.
	for (const [index, command] of ['kill -9 -1', 'sudo kill -9 -1'].entries()) {
		await run(page, `echo before-$((${index}+7))`);
		await type(page, `${command}\n`);
		await expect.poll(async () => (await lines(page)).join('\n')).not.toContain(`before-${index + 7}`);
		await connected(page);
		await run(page, `echo back-$((${index}+5))`, 30_000);
		await expectScreen(page, `back-${index + 5}`);
	}
	await page.goto(stack.origin);
	await expectState(page, 'alone', 'Running');
});
