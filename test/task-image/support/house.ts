import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { epoch } from '@shellpod/protocol/ids.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import { spawnPty } from '@shellpod/task-image/agent/pty.ts';
import { createTerminals } from '@shellpod/task-image/agent/terminals.ts';
import { createTmux, type Run } from '@shellpod/task-image/agent/tmux.ts';
import { fasterClock } from './clocks.ts';
import { createNetwork, randomFrom } from './network.ts';
import { createViewer } from './viewer.ts';

export const rootfs = fileURLToPath(new URL('../../../task-image/rootfs', import.meta.url));

export const run: Run = ([file = '', ...args], env, cwd) =>
	new Promise((done) => {
		execFile(file, args, { env, cwd, timeout: 10_000 }, (error, stdout, stderr) => {
			done({ code: error ? 1 : 0, output: (stdout + stderr).trimEnd() });
		});
	});

/** A folder with a tmux of its own in it: real server, real configuration, plain shells. */
export const createHouse = (options: { shell?: string; clock?: Clock; seed?: number } = {}) => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-agent-'));
	const socket = join(folder, 'tmux');
	const configuration = join(folder, 'tmux.conf');
	const shell = options.shell ?? `exec bash --noprofile --rcfile ${join(folder, 'rc')}`;
	writeFileSync(join(folder, 'rc'), "PS1='$ '\n");
	writeFileSync(configuration, `source-file ${join(rootfs, 'etc/tmux.conf')}\nset -g default-command "${shell}"\n`);
	const environment = {
		HOME: folder,
		PATH: process.env.PATH ?? '/usr/bin:/bin',
		SHELL: '/bin/bash',
		LANG: 'C.UTF-8',
		TERM: 'xterm-256color',
	};
	const clock = options.clock ?? fasterClock(10);
	const network = createNetwork(clock, randomFrom(options.seed ?? 1));
	const tmux = createTmux({ run, command: ['tmux', '-S', socket, '-f', configuration], environment, home: folder });
	const logged: string[] = [];
	let epochs = 0;
	let current: ReturnType<typeof createTerminals> | undefined;

	const house = {
		folder,
		clock,
		network,
		tmux,
		logged,
		/** A run of the agent; the one before, if there is one, dies without a word. */
		async startAgent(): Promise<void> {
			const before = current;
			network.connectAgent(() => undefined);
			await before?.close();
			const agent = createTerminals({
				clock,
				spawn: spawnPty,
				tmux,
				epoch: epoch(`epoch${++epochs}`.padEnd(8, '0')),
				send: network.toViewer,
				typed: () => undefined,
				log: (line) => logged.push(line),
			});
			current = agent;
			network.connectAgent(agent.receive);
		},
		viewer: (name: string, size?: { columns: number; rows: number }) =>
			createViewer(network, clock, { sender: `sender${name}`, terminal: `terminal${name}` }, size),
		/** Asks tmux itself. */
		ask: async (...args: string[]): Promise<string> => (await run(['tmux', '-S', socket, ...args], environment, folder)).output,
		/** The pane's visible text as tmux has it. */
		capture: async (target = 'main'): Promise<string[]> => (await house.ask('capture-pane', '-p', '-t', target)).split('\n'),
		async demolish(): Promise<void> {
			network.connectAgent(() => undefined);
			await current?.close();
			await house.ask('kill-server');
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
	return house;
};
export type House = ReturnType<typeof createHouse>;
