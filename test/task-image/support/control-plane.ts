import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlMessage } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { decodeToRelay, encodeFromRelay } from '@shellpod/protocol/frame.ts';
import type { SenderId } from '@shellpod/protocol/ids.ts';
import { offeredProtocols, offeredTicket, subprotocol } from '@shellpod/protocol/version.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import { type WebSocket, WebSocketServer } from 'ws';
import { createNetwork, type Network, randomFrom } from './network.ts';

const session = 'abcdefghij23';
const generation = 3;

/** What a real agent process meets: credentials, tickets and a WebSocket on a port of this machine; its viewers are in the test. */
export const startControlPlane = async (clock: Clock) => {
	const network: Network = createNetwork(clock, randomFrom(1));
	const viewers = new Set<SenderId>();
	const ticketRequests: IncomingHttpHeaders[] = [];
	/** bodies of reports */
	const reports: string[] = [];
	const closings: number[] = [];
	let refusal: { status: number; body: string } | undefined;
	let answersReports = true;
	let tickets = 0;
	let agent: WebSocket | undefined;
	const waiting = new Set<() => void>();
	const changed = (): void => {
		for (const look of waiting) look();
	};

	const server = createServer((request, response) => {
		const { port } = server.address() as AddressInfo;
		const answer = (status: number, body: string): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
		if (request.url === '/credentials') {
			const Expiration = new Date(Date.now() + 3_600_000).toISOString();
			answer(200, JSON.stringify({ AccessKeyId: 'AKID', SecretAccessKey: 'secret', Token: 'token', Expiration }));
		} else if (request.method === 'POST' && request.url === '/api/agent/tickets') {
			ticketRequests.push(request.headers);
			if (refusal) answer(refusal.status, refusal.body);
			else {
				const protocols = offeredProtocols(`ticket${++tickets}`);
				const expiresAt = new Date(Date.now() + 30_000).toISOString();
				answer(200, JSON.stringify({ url: `ws://127.0.0.1:${port}/ws`, protocols, expiresAt, session, generation }));
			}
			changed();
		} else if (request.method === 'POST' && request.url === '/api/agent/report') {
			let body = '';
			request.on('data', (part) => {
				body += part;
			});
			request.on('end', () => {
				reports.push(body);
				if (answersReports) response.writeHead(204).end();
				changed();
			});
		} else answer(404, '{}');
	});
	const sockets = new WebSocketServer({ server, path: '/ws', handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false) });
	const tell = (message: ControlMessage): void => agent?.send(encodeControl(message));
	const introduction = (sender: SenderId) => ({ sender, tag: `to-${sender}`, expiresInMs: 600_000, versions: [1] });

	sockets.on('connection', (socket, request) => {
		if (offeredTicket(request.headers['sec-websocket-protocol'] ?? '') !== `ticket${tickets}`) return socket.close(1008);
		agent = socket;
		socket.on('message', (data) => {
			const text = data.toString();
			const frame = decodeToRelay(text);
			if (frame) {
				network.toViewer(frame.tag.slice('to-'.length) as SenderId, frame.payload);
				return;
			}
			if (!text.includes('hello')) return;
			tell({ type: 'welcome', sender: 'agent1', session, generation, peers: [...viewers].map(introduction) });
			changed();
		});
		socket.on('close', (code) => {
			closings.push(code);
			if (agent === socket) agent = undefined;
			changed();
		});
	});
	network.connectAgent((from, payload) => agent?.send(encodeFromRelay(from, generation, payload)));
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;

	return {
		network,
		ticketRequests,
		reports,
		closings,
		environment: {
			SHELLPOD_API: `http://127.0.0.1:${port}/api`,
			AWS_REGION: 'us-east-1',
			AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
		},
		/** From now on no tickets. */
		refuse: (status: number, body: string): void => {
			refusal = { status, body };
		},
		/** Reports come, and nobody answers. */
		ignoreReports: (): void => {
			answersReports = false;
		},
		tell,
		cutAgent: (): void => agent?.terminate(),
		connected: (): boolean => agent !== undefined,
		introduce(sender: SenderId): void {
			viewers.add(sender);
			tell({ type: 'peer', generation, peer: introduction(sender) });
		},
		until: (condition: () => boolean): Promise<void> =>
			new Promise((done) => {
				const look = (): void => {
					if (!condition()) return;
					waiting.delete(look);
					done();
				};
				waiting.add(look);
				look();
			}),
		stop: async (): Promise<void> => {
			for (const socket of sockets.clients) socket.terminate();
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
};
export type ControlPlane = Awaited<ReturnType<typeof startControlPlane>>;
