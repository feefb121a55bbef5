/** A tmux of its own, as the image has it, with the agent's real terminals in front of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epoch, type SenderId } from '@shellpod/protocol/ids.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import { spawnPty } from '@shellpod/task-image/agent/pty.ts';
import { createTerminals } from '@shellpod/task-image/agent/terminals.ts';
import { createTmux } from '@shellpod/task-image/agent/tmux.ts';
import { rootfs, run } from '../../task-image/support/house.ts';

export const createHouse = (deps: { clock: Clock; send: (to: SenderId, payload: string) => boolean }) => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-screens-'));
	const socket = join(folder, 'tmux');
	const configuration = join(folder, 'tmux.conf');
	writeFileSync(join(folder, 'rc'), "PS1='$ '\nunset HISTFILE\n");
	writeFileSync(
		configuration,
		`source-file ${join(rootfs, 'etc/tmux.conf')}\nset -g default-command "exec bash --noprofile --rcfile ${join(folder, 'rc')}"\n`,
	);
	const environment = {
		HOME: folder,
		PATH: `${folder}:/usr/local/bin:/usr/bin:/bin:/usr/games`,
		SHELL: '/bin/bash',
		LANG: 'C.UTF-8',
		TERM: 'xterm-256color',
	};
	const tmux = createTmux({ run, command: ['tmux', '-S', socket, '-f', configuration], environment, home: folder });
	const logged: string[] = [];
	let epochs = 0;
	let agent: ReturnType<typeof createTerminals> | undefined;

	return {
		folder,
		socket,
		tmux,
		environment,
		logged,
		/** A run of the agent; the one before, if there is one, is gone then. */
		async startAgent(): Promise<void> {
			const before = agent;
			agent = undefined;
			await before?.close();
			const log = (line: string): void => void logged.push(line);
			const name = epoch(`epoch${++epochs}`.padEnd(8, '0'));
			agent = createTerminals({ clock: deps.clock, spawn: spawnPty, tmux, epoch: name, send: deps.send, typed: () => undefined, log });
		},
		receive: (from: SenderId, payload: string): void => agent?.receive(from, payload),
		async demolish(): Promise<void> {
			await agent?.close();
			await run(['tmux', '-S', socket, 'kill-server'], environment, folder);
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
		},
	};
};
export type House = ReturnType<typeof createHouse>;
