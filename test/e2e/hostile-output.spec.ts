import { gzipSync } from 'node:zlib';
import { hostileSequences } from '../support/hostile-sequences.ts';
import { bait, traces } from '../support/hostile-text.ts';
import { watchPage } from '../support/page-witness.ts';
import { createSession, expect, expectScreen, lines, newUser, openTerminal, run, signIn, test, type } from './fixtures.ts';

/** Types a file into the session, a piece at a time. */
const upload = async (page: Parameters<typeof type>[0], name: string, bytes: Uint8Array): Promise<void> => {
	const text = gzipSync(bytes).toString('base64');
	await run(page, `stty -echo; rm -f ${name}.b64`);
	for (let at = 0; at < text.length; at += 3_000) {
		await page.keyboard.insertText(`printf %s '${text.slice(at, at + 3_000)}' >> ${name}.b64;`);
		await run(page, ' :');
	}
	await run(page, `base64 -d ${name}.b64 | gunzip > ${name}; stty echo; echo bytes-$(wc -c < ${name})-`);
	await expectScreen(page, `bytes-${bytes.length}-`);
};

test('[security 5] a file of hostile sequences, shown by cat in tmux, can not act', async ({ page, stack }) => {
	test.setTimeout(240_000);
	// Long ones are about the page's own parser, which has them without tmux; here they would only take time to type.
	const short = hostileSequences.filter(({ bytes }) => bytes.length < 4_000);
	expect(short.length).toBeGreaterThanOrEqual(300);
	const witness = await watchPage(page, stack.origin);
	await signIn(page, stack, newUser());
	await createSession(page, 'hostile');
	await openTerminal(page, 'hostile');
	const title = await page.title();
	await upload(page, 'hostile', Buffer.concat(short.flatMap(({ bytes }) => [bytes, Buffer.from('\x18\r\n')])));

	// What a terminal answers, tmux answers: it is caught here, so that it is looked at instead of typed.
	await type(
		page,
		`clear; tmux set-buffer mine; stty -echo -icanon min 0 time 10; cat hostile > /dev/tty; cat > answers < /dev/tty; stty sane; reset; tmux clear-history; echo caught-$((3+4))\n`,
	);
	await expectScreen(page, 'caught-7', 90_000);
	// tmux keeps what a program copies, and gives it back to a program that asks: its own buffer, never the clipboard of the device.
	await run(
		page,
		`sed -zi 's/\\x1b]52;[a-z]*;[A-Za-z0-9+/=]*//g' answers; grep -c -a -F ${traces.map((trace) => `-e ${trace}`).join(' ')} answers || echo clean-$((5+6))`,
	);
	await expectScreen(page, 'clean-11');
	await run(page, `tr -d '\\n\\r' < answers | cmp - answers && echo no-lines-$((6+7)); ls -A | grep -c ${bait} || echo no-files-$((7+8))`);
	await expectScreen(page, 'no-lines-13');
	await expectScreen(page, 'no-files-15');

	// And once more as people do it, with whatever the shell makes of the answers; then the terminal is the user's again.
	await type(page, 'cat hostile\n');
	await page.keyboard.press('Control+c');
	await run(page, 'reset', 60_000);
	await run(page, `clear; ls -A | grep -c ${bait} || echo untouched-$((8+9))`);
	await expectScreen(page, 'untouched-17');

	expect(await witness.harm()).toEqual([]);
	for (const text of await witness.copied()) expect([...text].filter((char) => char < ' ' && !'\t\n\r'.includes(char))).toEqual([]);
	expect(await page.title()).toBe(title);
});

test('[security 5] a paste into bash stays text until Enter, whatever is in it', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'paste');
	await openTerminal(page, 'paste');
	await page.evaluate((bait) => {
		const data = new DataTransfer();
		data.setData('text/plain', `echo \x1b[201~\ntouch ${bait}\n\x9b201~touch ${bait}\r\x1b\x1b[201~touch ${bait}\n`);
		const textarea = document.querySelector('[data-testid=terminal] textarea');
		textarea?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	}, bait);
	await expectScreen(page, `touch ${bait}`);
	await page.keyboard.press('Control+c');
	await run(page, `clear; ls -A | grep -c ${bait} || echo untouched-$((9+9))`);
	await expectScreen(page, 'untouched-18');
});

test('[security 5] lines for a program that knows no bracketed paste are asked about', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'lines');
	await openTerminal(page, 'lines');
	const paste = (text: string) =>
		page.evaluate((text) => {
			const data = new DataTransfer();
			data.setData('text/plain', text);
			const textarea = document.querySelector<HTMLElement>('[data-testid=terminal] textarea');
			textarea?.focus();
			textarea?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		}, text);
	await type(page, 'clear; echo ready-$((1+1)); cat > got\n');
	await expectScreen(page, 'ready-2');
	await paste(`echo ${bait}\ntouch ${bait}\n`);
	const dialog = page.getByRole('dialog', { name: 'Paste 2 lines?' });
	await dialog.getByRole('button', { name: 'Cancel' }).click();
	await paste('one\ntwo\n');
	await dialog.getByRole('button', { name: 'Paste' }).click();
	await expect(page.locator('[data-testid=terminal] textarea')).toBeFocused();
	await page.keyboard.press('Control+d');
	await run(page, "clear; tr '\\n' + < got");
	await expectScreen(page, /^one\+two\+/m);
	expect((await lines(page)).join('\n')).not.toContain(bait);
});
