/** Claude Code as far as its hooks go: a process of its name that runs what the image's settings say for an event, with the JSON that it documents. */

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootfs } from '../../task-image/support/house.ts';
import type { House } from './house.ts';

interface Settings {
	hooks: Record<string, { matcher?: string; hooks: { type: string; command: string }[] }[]>;
}

/** It does what the lines of a pipe tell it: `sh LINE` in a shell in the background, `status WORD` in its file, `hook COMMAND<tab>JSON`. */
const program = `
const { spawn, spawnSync } = require('node:child_process');
const { appendFileSync, createReadStream, mkdirSync, openSync, writeFileSync } = require('node:fs');
const lines = require('node:readline').createInterface(createReadStream('', { fd: openSync(process.argv[2], 'r+') }));
lines.on('line', (line) => {
	if (line.startsWith('sh ')) return spawn('/bin/bash', ['-c', line.slice(3)], { stdio: 'ignore', detached: true });
	if (line.startsWith('status ')) {
		const folder = process.env.HOME + '/.claude/sessions/';
		mkdirSync(folder, { recursive: true });
		writeFileSync(folder + process.pid + '.json', JSON.stringify({ pid: process.pid, status: line.slice(7), statusUpdatedAt: Date.now() }));
		return appendFileSync(process.argv[2] + '.done', '.');
	}
	const [command, input] = line.slice(5).split('\\t');
	spawnSync('/bin/sh', ['-c', command], { input });
	appendFileSync(process.argv[2] + '.done', '.');
});
`;

/** https://docs.anthropic.com/en/docs/claude-code/hooks: what every hook is told */
const common = (event: string, folder: string) => ({
	session_id: '0b1f9c66-5f0e-4d0e-9b0c-2f6a3d1c9e77',
	transcript_path: join(folder, '.claude/projects/demo/0b1f9c66.jsonl'),
	cwd: folder,
	permission_mode: 'default',
	hook_event_name: event,
});

export const createClaude = (house: House) => {
	const pipe = join(house.folder, 'claude.pipe');
	const done = async (): Promise<number> => (await readFile(`${pipe}.done`, 'utf8').catch(() => '')).length;
	// Open for as long as the house stands: what is written while nobody has it open is lost.
	let open: number | undefined;
	const tell = async (line: string): Promise<void> => {
		open ??= openSync(pipe, 'r+');
		writeSync(open, `${line}\n`);
	};
	return {
		/** Begins it in the pane. */
		async begins(): Promise<void> {
			writeFileSync(join(house.folder, 'claude'), program);
			execFileSync('mkfifo', [pipe]);
			await house.runs(`${process.execPath} ${join(house.folder, 'claude')} ${pipe}`);
			await house.until(join(house.folder, 'claude'));
		},
		/** Resolves when its hooks have run. */
		async fires(event: string, more: object): Promise<void> {
			const { hooks } = JSON.parse(await readFile(join(rootfs, 'etc/claude-code/managed-settings.json'), 'utf8')) as Settings;
			const ours = (hooks[event] ?? []).flatMap((one) => one.hooks);
			if (ours.length === 0) throw new Error(`the image has no hook for ${event}`);
			const before = await done();
			for (const { command } of ours)
				await tell(
					`hook ${command.replace('/opt/shellpod/bin/claude-hook', house.hook)}\t${JSON.stringify({ ...common(event, house.folder), ...more })}`,
				);
			while ((await done()) < before + ours.length);
		},
		/** Keeps another status of itself. */
		async becomes(word: 'busy' | 'waiting' | 'shell' | 'idle'): Promise<void> {
			const before = await done();
			await tell(`status ${word}`);
			while ((await done()) === before);
		},
		/** Its Bash tool, in the background. */
		runs: (command: string): Promise<void> => tell(`sh ${command}`),
		close: (): void => {
			if (open !== undefined) closeSync(open);
		},
	};
};
