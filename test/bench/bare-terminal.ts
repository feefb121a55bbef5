/** The yardstick: the same tmux in a PTY behind a bare WebSocket, with no gateway, no relay and no acknowledgement between. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node-pty';
import { WebSocketServer } from 'ws';

/** The image's own configuration, but for the shell's start script: that one is in the image only. */
const tmuxConfiguration = readFileSync(fileURLToPath(new URL('../../task-image/rootfs/etc/tmux.conf', import.meta.url)), 'utf8').replace(
	/^set -g default-command .*$/m,
	'set -g default-command bash',
);

export interface BareTerminal {
	url: string;
	close(): void;
}

export const startBareTerminal = async (columns: number, rows: number): Promise<BareTerminal> => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-bare-'));
	const configuration = join(folder, 'tmux.conf');
	writeFileSync(configuration, tmuxConfiguration);
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
	await new Promise((resolve) => server.once('listening', resolve));
	server.on('connection', (socket) => {
		const pty = spawn('tmux', ['-S', join(folder, 'tmux'), '-f', configuration, 'new-session', '-A', '-s', 'main'], {
			name: 'xterm-256color',
			cols: columns,
			rows,
			cwd: folder,
			encoding: null,
		});
		// With `encoding: null` node-pty hands over buffers, which its types don't say.
		pty.onData((chunk) => socket.send(chunk));
		socket.on('message', (data) => pty.write(data.toString()));
		socket.on('close', () => pty.kill());
	});
	return {
		url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close() {
			for (const client of server.clients) client.terminate();
			server.close();
			const end = spawn('tmux', ['-S', join(folder, 'tmux'), 'kill-server'], {});
			end.onExit(() => rmSync(folder, { recursive: true, force: true }));
		},
	};
};
