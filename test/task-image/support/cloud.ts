import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import type { Dial, SocketEvents } from '@shellpod/task-image/agent/socket.ts';
import type { TicketAnswer } from '@shellpod/task-image/agent/ticket.ts';

export const goodTicket: TicketAnswer = {
	kind: 'ticket',
	ticket: {
		url: 'wss://connections.example/ws',
		protocols: ['shellpod.v1', 'ticket.abc'],
		expiresAt: '2026-11-22T10:00:00Z',
		session: 'abcdefghij23',
		generation: 3,
	},
};

/** The far end of each connection that an agent dials, in the hands of a test. */
export const scriptedCloud = () => {
	const lines: {
		url: string;
		protocols: readonly string[];
		events: SocketEvents;
		sent: string[];
		ended: 'closed' | 'destroyed' | undefined;
		code: number;
	}[] = [];
	let waiting = 0;
	const dial: Dial = (url, protocols, events) => {
		const line: (typeof lines)[number] = { url, protocols, events, sent: [], ended: undefined, code: 0 };
		lines.push(line);
		const end = (how: 'closed' | 'destroyed', code: number): void => {
			if (line.ended) return;
			line.ended = how;
			line.code = code;
			events.close(code, '');
		};
		return {
			send: (text) => void line.sent.push(text),
			get waiting() {
				return waiting;
			},
			close: (code) => end('closed', code),
			destroy: () => end('destroyed', 1006),
		};
	};
	return {
		dial,
		lines,
		get last() {
			const line = lines.at(-1);
			if (!line) throw new Error('nobody has dialled');
			return line;
		},
		crowd: (bytes: number): void => {
			waiting = bytes;
		},
	};
};

export const peer = (sender: string, tag = `tag-${sender}`, expiresInMs = 600_000) => ({ sender, tag, expiresInMs, versions: [1] });

export const welcome = (...peers: ReturnType<typeof peer>[]): string =>
	encodeControl({ type: 'welcome', sender: 'agent1', session: 'abcdefghij23', generation: 3, peers });
