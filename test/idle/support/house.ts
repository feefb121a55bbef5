/** A real tmux with real programs in it, as the agent sees them in a container: nothing of the machine's other programs. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Process, readProcesses } from '@shellpod/task-image/agent/senses/processes.ts';
import { createTmux } from '@shellpod/task-image/agent/tmux.ts';
import { rootfs, run } from '../../task-image/support/house.ts';

/** looks after which a program of the machine is known not to be ours: one that is about to become another program still looks like its parent */
const sure = 3;

/** `now`: ms on the test's clock, by which the programs age */
export const createHouse = (now: () => number) => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-idle-'));
	const socket = join(folder, 'tmux');
	const proc = join(folder, 'proc');
	mkdirSync(join(proc, 'self'), { recursive: true });
	symlinkSync('/proc/uptime', join(proc, 'uptime'));
	symlinkSync('/proc/self/net', join(proc, 'self/net'));
	mkdirSync(join(folder, 'hooks'));
	const mark = `SHELLPOD_RUN=${folder}`;
	writeFileSync(join(folder, 'rc'), "PS1='$ '\n");
	writeFileSync(join(folder, 'tmux.conf'), `set -g default-command "exec bash --noprofile --rcfile ${join(folder, 'rc')}"\n`);
	const environment = { HOME: folder, SHELLPOD_RUN: folder, PATH: process.env.PATH ?? '/usr/bin:/bin', SHELL: '/bin/bash', TERM: 'xterm-256color' };
	const tmux = createTmux({ run, command: ['tmux', '-S', socket, '-f', join(folder, 'tmux.conf')], environment, home: folder });

	/** by pid: when it was seen first, and how old it was then */
	const ours = new Map<string, { at: number; age?: number }>();
	const others = new Map<string, number>();
	const isOurs = async (pid: string): Promise<boolean> => (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0').includes(mark);
	const sort = async (): Promise<void> => {
		const pids = new Set((await readdir('/proc')).filter((name) => /^\d+$/.test(name)));
		for (const pid of ours.keys()) {
			if (pids.has(pid)) continue;
			ours.delete(pid);
			unlinkSync(join(proc, pid));
		}
		for (const pid of others.keys()) if (!pids.has(pid)) others.delete(pid);
		for (const pid of pids) {
			const seen = others.get(pid) ?? 0;
			if (ours.has(pid) || seen >= sure) continue;
			if (await isOurs(pid)) {
				ours.set(pid, { at: now() });
				symlinkSync(`/proc/${pid}`, join(proc, pid));
				others.delete(pid);
			} else others.set(pid, seen + 1);
		}
	};

	const house = {
		folder,
		environment,
		tmux,
		async processes(): Promise<Process[]> {
			await sort();
			return (await readProcesses(proc)).map((one) => {
				const known = ours.get(String(one.pid)) ?? { at: now() };
				known.age ??= one.ageMs;
				return { ...one, ageMs: known.age + now() - known.at };
			});
		},
		/** Types a command into the pane behind the agent's back: nobody is there. */
		async runs(command: string): Promise<void> {
			await run(['tmux', '-S', socket, 'send-keys', '-t', 'main', '-l', `${command}\r`], environment, folder);
		},
		/** Resolves when there is a program with these words of which this holds. */
		async until(words: string, is: (one: Process) => boolean = () => true): Promise<void> {
			while (!(await house.processes()).some((one) => one.argv.join(' ').includes(words) && is(one)));
		},
		/** Kills every program with these words; resolves when there is none any more. */
		async kill(words: string): Promise<void> {
			for (;;) {
				const found = (await house.processes()).filter(({ argv }) => argv.join(' ').includes(words));
				if (found.length === 0) return;
				for (const { pid } of found) process.kill(pid, 'SIGKILL');
			}
		},
		hook: join(rootfs, 'opt/shellpod/bin/claude-hook'),
		async demolish(): Promise<void> {
			await run(['tmux', '-S', socket, 'kill-server'], environment, folder);
			for (const { pid } of await house.processes()) {
				try {
					process.kill(pid, 'SIGKILL');
				} catch {
					// it has ended meanwhile
				}
			}
			rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
	return house;
};
export type House = ReturnType<typeof createHouse>;
