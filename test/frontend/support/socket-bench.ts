/** A viewer's socket whose gateway the test plays. */
import { type Peer, ping, pong } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import type { Ticket } from '@shellpod/protocol/http.ts';
import { createSocket, type SocketState } from '../../../frontend/src/stream/socket.ts';
import type { WireEvents } from '../../../frontend/src/stream/wire.ts';
import { createVirtualClock } from './virtual-clock.ts';

export const ticket: Ticket = { url: 'wss://shellpod.test/ws', protocols: ['shellpod.v1', 'ticket.x'], expiresAt: '2026-11-22T00:00:00.000Z' };
export const peer = (changes: Partial<Peer> = {}): Peer => ({ sender: 'agent1', tag: 'tag1', expiresInMs: 600_000, versions: [1], ...changes });
export const session = 'abcdefgh2345';

/** A socket whose gateway the test plays. */
export const createSocketBench = (options: { ticket?: () => Promise<Ticket>; random?: number } = {}) => {
	const clock = createVirtualClock();
	const states: SocketState[] = [];
	const gateway = { answers: true };
	const wires: { events: WireEvents; sent: string[]; closed: boolean; protocols: string[] }[] = [];
	const heard = { agents: 0, gone: 0, messages: [] as string[], late: [] as string[], tickets: 0 };
	const socket = createSocket({
		clock,
		random: () => options.random ?? 0.5,
		ticket: () => {
			heard.tickets += 1;
			return options.ticket ? options.ticket() : Promise.resolve(ticket);
		},
		open: (_url, protocols, events) => {
			const wire = { events, sent: [] as string[], closed: false, protocols };
			wires.push(wire);
			return {
				send: (text) => {
					wire.sent.push(text);
					if (text === ping && gateway.answers) clock.after(5, () => events.message(pong));
				},
				close: () => {
					wire.closed = true;
				},
			};
		},
		onState: (state) => states.push(state),
		onAgent: () => {
			heard.agents += 1;
		},
		onAgentGone: () => {
			heard.gone += 1;
		},
		onMessage: (payload, late) => {
			heard.messages.push(payload);
			if (late) heard.late.push(payload);
		},
	});
	const wire = () => {
		const last = wires.at(-1);
		if (!last) throw new Error('no connection was opened');
		return last;
	};
	const say = (text: string) => wire().events.message(text);
	const welcome = (peers: Peer[] = [peer()], generation = 1) =>
		say(encodeControl({ type: 'welcome', sender: 'viewer1', session, generation, peers }));
	/** Up to the first welcome. */
	const arrive = async (peers?: Peer[]) => {
		socket.start();
		await clock.advance(0);
		wire().events.open();
		welcome(peers);
	};
	return { clock, gateway, socket, states, wires, heard, wire, say, welcome, arrive };
};
