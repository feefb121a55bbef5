/** The image's own tmux, in a folder of its own on this machine, without anything of ours around it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from 'node-pty';

/** The image's own configuration, but for the shell's start script: that one is in the image only. */
const configuration = readFileSync(fileURLToPath(new URL('../../task-image/rootfs/etc/tmux.conf', import.meta.url)), 'utf8').replace(
	/^set -g default-command .*$/m,
	'set -g default-command bash',
);

export interface BareTmux {
	/** A client of its session, in a terminal of its own, which gives buffers; `command`: what a new session runs instead of a shell. */
	attach(columns: number, rows: number, ...command: string[]): IPty;
	close(): void;
}

export const createBareTmux = (): BareTmux => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-bare-'));
	const socket = join(folder, 'tmux');
	const file = join(folder, 'tmux.conf');
	writeFileSync(file, configuration);
	const close = (): void => {
		process.off('exit', close);
		try {
			execFileSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
		} catch {
			// It went with its last session.
		}
		rmSync(folder, { recursive: true, force: true });
	};
	// A bench that fails leaves no server behind.
	process.once('exit', close);
	return {
		attach: (columns, rows, ...command) =>
			spawn('tmux', ['-S', socket, '-f', file, 'new-session', '-A', '-s', 'main', ...command], {
				name: 'xterm-256color',
				cols: columns,
				rows,
				cwd: folder,
				// With `encoding: null` node-pty hands over buffers, which its types don't say.
				encoding: null,
			}),
		close,
	};
};
