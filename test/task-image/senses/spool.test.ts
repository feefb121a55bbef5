/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpool } from '@shellpod/task-image/agent/senses/spool.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'hooks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const hook = (name: string, event: string, at: number): void => {
	const path = join(folder, name);
	writeFileSync(path, JSON.stringify({ session_id: 's', hook_event_name: event, tool_input: {} }));
	utimesSync(path, at, at);
};

test('[A2] hooks are taken in the order in which they were written, once', async () => {
	hook('9.8.3.json', 'UserPromptSubmit', 1_000);
	hook('9.8.1.json', 'Stop', 2_000);
	const spool = createSpool(folder);
	expect((await spool.take()).map(({ event, pids }) => [event.hook_event_name, pids])).toEqual([
		['UserPromptSubmit', [9, 8]],
		['Stop', [9, 8]],
	]);
	expect(await spool.take()).toEqual([]);
});

test('[A2] what is no plain file, too large or no hook is thrown away, and holds nothing up', async () => {
	execFileSync('mkfifo', [join(folder, '1.1.1.json')]);
	symlinkSync('/dev/zero', join(folder, '1.1.2.json'));
	writeFileSync(join(folder, '1.1.3.json'), 'x'.repeat(8 * 1024 * 1024 + 1));
	writeFileSync(join(folder, '1.1.4.json'), '{');
	writeFileSync(join(folder, '.5'), 'half written');
	hook('1.1.6.json', 'Stop', 1_000);
	expect((await createSpool(folder).take()).map(({ event }) => event.hook_event_name)).toEqual(['Stop']);
	expect(readdirSync(folder)).toEqual(['.5']);
});
