/** Completion of the `shellpod` command as somebody gets it who presses Tab in a shell. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnPty } from '@shellpod/task-image/agent/pty.ts';
import { describe, expect, onTestFinished, test } from 'vitest';

const main = fileURLToPath(new URL('../../task-image/command/main.ts', import.meta.url));
const plain = { bash: ['bash', '--norc', '--noprofile', '-i'], zsh: ['zsh', '-f', '-i'] } as const;
const printed = (shell: string): Buffer => execFileSync(process.execPath, [main, 'completion', shell]);
const scripts = { bash: printed('bash'), zsh: printed('zsh') };

/** What an interactive shell without settings of its own shows when this is typed, once `until` stands in it. */
const shown = async (shell: keyof typeof plain, keys: string, until: RegExp): Promise<string> => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-completion-'));
	const script = join(folder, 'script');
	writeFileSync(script, scripts[shell]);
	for (const name of ['first-file', 'second-file']) writeFileSync(join(folder, name), '');
	let said = '';
	let hear: () => void = () => undefined;
	const decoder = new TextDecoder();
	const environment = { PATH: '/usr/bin:/bin', HOME: folder, TERM: 'dumb', PS1: '$ ' };
	const pty = spawnPty(
		plain[shell],
		environment,
		folder,
		{ columns: 120, rows: 40 },
		{
			data: (bytes) => {
				said += decoder.decode(bytes, { stream: true });
				hear();
			},
			exit: () => undefined,
		},
	);
	onTestFinished(() => {
		pty.kill();
		rmSync(folder, { recursive: true, maxRetries: 5 });
	});
	const waits = async (sign: RegExp): Promise<void> => {
		while (!sign.test(said)) {
			await new Promise<void>((heard) => {
				hear = heard;
			});
		}
	};
	pty.write(new TextEncoder().encode(`. ${script}; echo rea""dy\r`));
	await waits(/^ready/m);
	said = '';
	pty.write(new TextEncoder().encode(keys));
	await waits(until);
	return said;
};

describe.each(['bash', 'zsh'] as const)('completion in %s', (shell) => {
	test('finishes a command', async () => {
		expect(await shown(shell, 'shellpod no\t', /notify/)).toContain('shellpod no');
	});

	test.each([
		['shellpod ', ['status', 'hold', 'release', 'notify', 'completion', 'help']],
		['shellpod hold ', ['30m', '1h', '2h', '4h', '--']],
		['shellpod completion ', ['bash', 'zsh']],
		['shellpod hold -- cat ', ['first-file', 'second-file']],
	])('offers what may follow: %s', async (line, words) => {
		const all = new RegExp(words.map((word) => `(?=[^]*${word}(?:\\s|$))`).join(''));
		const said = await shown(shell, `${line}\t\t`, all);
		expect(said).not.toMatch(/not found|error|bad|recursion/i);
	});

	test('fills in the only option', async () => {
		expect(await shown(shell, 'shellpod status \t', /--json/)).not.toMatch(/not found|error/i);
	});
});
