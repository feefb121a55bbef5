/** The yardstick: the same tmux in a PTY behind a bare WebSocket, with no gateway, no relay and no acknowledgement between. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createBareTmux } from './bare-tmux.ts';

export interface BareTerminal {
	url: string;
	close(): void;
}

export const startBareTerminal = async (columns: number, rows: number): Promise<BareTerminal> => {
	const tmux = createBareTmux();
	const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
	await new Promise((resolve) => server.once('listening', resolve));
	server.on('connection', (socket) => {
		const pty = tmux.attach(columns, rows);
		pty.onData((chunk) => socket.send(chunk));
		socket.on('message', (data) => pty.write(data.toString()));
		socket.on('close', () => pty.kill());
	});
	return {
		url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close() {
			for (const client of server.clients) client.terminate();
			server.close();
			tmux.close();
		},
	};
};
