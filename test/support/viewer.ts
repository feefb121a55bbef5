/** A viewer without a page: a WebSocket with the stream protocol of one terminal, every byte acknowledged as soon as it came. */

import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import type { Ticket } from '@shellpod/protocol/http.ts';
import { type Epoch, terminalId } from '@shellpod/protocol/ids.ts';
import { decodeAgentRecords, encodeViewerRecord, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { WebSocket } from 'ws';

export interface HeadlessViewer {
	/** Sends input; the caller keeps no more than one piece in flight. */
	type(text: string): void;
	/** Calls back with the screen's output from its beginning, and with each new piece. */
	onOutput(listener: (bytes: Uint8Array) => void): void;
	/** Resolves when the output since the call contains the text. */
	shows(text: string): Promise<void>;
	close(): void;
	/** resolves with the code when the connection has ended */
	closed: Promise<number>;
}

/** Comes in with the ticket and opens a terminal; resolves at its first screen. */
export const openViewer = (ticket: Ticket, headers: Record<string, string>, columns: number, rows: number): Promise<HeadlessViewer> =>
	new Promise((resolve, reject) => {
		const socket = new WebSocket(ticket.url, ticket.protocols, { headers, perMessageDeflate: false });
		const terminal = terminalId(`bench${Math.random().toString(36).slice(2, 10).padEnd(8, '0')}`);
		let tag: string | undefined;
		let epoch: Epoch | undefined;
		let screen = 0;
		let shown = 0;
		let sent = 0;
		let output: Uint8Array[] = [];
		const listeners = new Set<(bytes: Uint8Array) => void>();

		const send = (record: ViewerRecord): void => {
			if (tag) socket.send(encodeToRelay(tag, encodeViewerRecord(record)));
		};
		const viewer: HeadlessViewer = {
			type(text) {
				if (!epoch) throw new Error('no screen yet');
				const bytes = new TextEncoder().encode(text);
				send({ type: 'input', terminal, epoch, offset: sent, screen, shown, bytes });
				sent += bytes.length;
			},
			onOutput: (listener) => {
				for (const bytes of output) listener(bytes);
				listeners.add(listener);
			},
			shows: (text) =>
				new Promise((done) => {
					let seen = '';
					const decoder = new TextDecoder();
					const listener = (bytes: Uint8Array): void => {
						seen += decoder.decode(bytes, { stream: true });
						if (!seen.includes(text)) return;
						listeners.delete(listener);
						done();
					};
					listeners.add(listener);
				}),
			close: () => socket.close(),
			closed: new Promise((end) => socket.once('close', end)),
		};

		const take = (payload: string): void => {
			for (const record of decodeAgentRecords(payload)) {
				// A screen is said again until it is known to have come.
				if (record.type === 'screen' && (record.screen !== screen || record.epoch !== epoch)) {
					({ epoch, screen } = record);
					shown = 0;
					output = [];
					sent = record.received;
					resolve(viewer);
				} else if (record.type === 'output' && record.screen === screen) {
					const fresh = record.bytes.subarray(Math.max(0, shown - record.offset));
					if (record.offset > shown) continue;
					shown += fresh.length;
					send({ type: 'shown', terminal, epoch: record.epoch, screen, shown });
					if (!fresh.length) continue;
					output.push(fresh);
					for (const listener of [...listeners]) listener(fresh);
				}
			}
		};
		const meet = (peerTag: string): void => {
			tag = peerTag;
			if (!epoch) send({ type: 'open', terminal, version: versions[0], columns, rows });
		};
		socket.on('open', () => socket.send(encodeHello(versions)));
		socket.on('message', (data) => {
			const arrival = decodeArrival(data.toString());
			if (arrival.kind === 'frame') take(arrival.payload);
			else if (arrival.kind === 'control' && arrival.message.type === 'welcome') {
				const [agent] = arrival.message.peers;
				if (agent) meet(agent.tag);
			} else if (arrival.kind === 'control' && arrival.message.type === 'peer') meet(arrival.message.peer.tag);
			else if (arrival.kind === 'control' && arrival.message.type === 'fatal') reject(new Error(arrival.message.message));
		});
		socket.on('error', reject);
		socket.on('close', (code) => reject(new Error(`closed with ${code}`)));
	});
