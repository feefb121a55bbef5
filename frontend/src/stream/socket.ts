/**
 * The viewer's way to the agent: ticket, WebSocket, hello, tags, and coming back after every cut (T1-T5 of protocol/SPEC.md).
 * It promises nothing about single messages; `terminal-stream.ts` does.
 */
import { type ControlMessage, encodeHello, type Peer, ping } from '@shellpod/protocol/control.ts';
import { type ErrorCode, isRetryable, ShellPodError } from '@shellpod/protocol/errors.ts';
import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import type { Ticket } from '@shellpod/protocol/http.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { reconnectDelay, welcomedAttempt } from './backoff.ts';
import { type Clock, createTimer } from './clock.ts';
import type { OpenWire, Wire } from './wire.ts';

export type SocketState =
	| { kind: 'idle' }
	| { kind: 'connecting' }
	/** cut off; the next try is on its way */
	| { kind: 'waiting' }
	/** the gateway answers; `agent`: and so can the agent be reached; `away`: it was cut off, and until when, ms on the clock */
	| { kind: 'open'; agent: boolean; away?: { code: ErrorCode; detail: string; until: number } }
	/** it doesn't come back by itself; before `until`, ms on the clock, it would be in vain */
	| { kind: 'ended'; code: ErrorCode; detail: string; until?: number };

export interface SocketOptions {
	clock: Clock;
	/** in [0, 1) */
	random: () => number;
	/** A fresh ticket. Throws ShellPodError; a code that can't be retried ends the socket. */
	ticket: () => Promise<Ticket>;
	open: OpenWire;
	onState: (state: SocketState) => void;
	/** the agent can be reached, over a new connection of ours or of its own */
	onAgent: (agentVersions: readonly number[]) => void;
	onAgentGone: () => void;
	onMessage: (payload: string) => void;
}

export interface RelaySocket {
	readonly state: SocketState;
	start(): void;
	/** Closes it without an end: `start` begins again. */
	stop(): void;
	/** The network or the page came back: tries now instead of when it was planned, and looks whether an open connection is alive. */
	hurry(): void;
	/**
	 * Nobody answers: looks whether the connection is alive, replaces one that isn't, and asks who the agent is now. It may be back on another
	 * connection, its announcement lost, and the gateway may go on taking frames for the dead one.
	 */
	check(): void;
	/** False when there is no way to the agent just now. */
	send(payload: string): boolean;
}

/** ms from asking for a ticket to `welcome`, and from a later hello to any answer */
const patience = 12_000;
/** ms that a living connection takes to answer a ping */
const pingPatience = 4_000;
/** ms after which a connection counts as good, so that the next cut is answered at once */
const settledMs = 5_000;

export const createSocket = (options: SocketOptions): RelaySocket => {
	const { clock, random } = options;
	const retry = createTimer(clock);
	const impatience = createTimer(clock);
	const settled = createTimer(clock);
	const hello = createTimer(clock);
	const keepAlive = createTimer(clock);
	const pulse = createTimer(clock);
	const unanswered = createTimer(clock);

	let state: SocketState = { kind: 'idle' };
	let wire: Wire | undefined;
	/** counts connections: what an old one still has to say is not heard */
	let turn = 0;
	let attempt = 0;
	let generation = 0;
	let peer: (Peer & { until: number }) | undefined;
	/** what `peer` has said since our last hello: newer than what the welcome that answers it knows, whichever comes first */
	let announced: { peer: Peer; generation: number } | undefined;
	let welcomed = false;
	let startedAt = 0;
	let askedAgain = 0;
	/** what refused us said when to come again */
	let notBefore = 0;

	const enter = (next: SocketState) => {
		state = next;
		options.onState(next);
	};

	const forgetPeer = () => {
		if (!peer) return;
		peer = undefined;
		options.onAgentGone();
	};

	const drop = () => {
		turn += 1;
		for (const timer of [retry, impatience, settled, hello, keepAlive, pulse, unanswered]) timer.clear();
		wire?.close();
		wire = undefined;
		welcomed = false;
		announced = undefined;
		forgetPeer();
	};

	const end = (code: ErrorCode, detail: string, retryAfterMs?: number) => {
		drop();
		enter({ kind: 'ended', code, detail, ...(retryAfterMs !== undefined && { until: clock.now() + retryAfterMs }) });
	};

	const lost = () => {
		drop();
		enter({ kind: 'waiting' });
		// What we are told to wait comes on top: those who are told the same don't come at once.
		retry.set(reconnectDelay(attempt, random()) + Math.max(0, notBefore - clock.now()), connect);
		attempt += 1;
	};

	/** Nobody answers on what seems to be an open connection. */
	const unheard = () => {
		attempt = 0;
		lost();
	};

	const sayHello = () => {
		announced = undefined;
		wire?.send(encodeHello(versions));
		// Each is answered, with or without an agent. While there is none nothing else is said that would show a dead connection.
		if (state.kind === 'open' && !unanswered.pending) unanswered.set(patience, unheard);
	};

	/** Asks again after `ms` and up to as much more, until the answer is here (T4, T5). */
	const sayHelloIn = (ms: number) => {
		hello.set(ms + random() * ms, () => {
			sayHello();
			// The first questions a second apart, then slower: an agent that comes is announced without being asked for.
			askedAgain = Math.min(askedAgain + 1, 3);
			sayHelloIn(1_000 * 2 ** askedAgain);
		});
	};

	const noAgent = () => {
		if (peer) {
			forgetPeer();
			enter({ kind: 'open', agent: false });
		}
		sayHelloIn(1_000 * 2 ** askedAgain);
	};

	const usePeer = (announced: Peer, of: number) => {
		if (of < generation) return;
		const known = peer?.sender === announced.sender && of === generation;
		generation = of;
		peer = { ...announced, until: clock.now() + announced.expiresInMs };
		askedAgain = 0;
		hello.clear();
		hello.set(announced.expiresInMs / 2, () => {
			sayHello();
			sayHelloIn(1_000);
		});
		if (known) return;
		enter({ kind: 'open', agent: true });
		options.onAgent(announced.versions);
	};

	const onControl = (message: ControlMessage) => {
		switch (message.type) {
			case 'welcome': {
				if (!welcomed) {
					welcomed = true;
					impatience.clear();
					attempt = Math.min(attempt, welcomedAttempt);
					settled.set(settledMs, () => {
						attempt = 0;
					});
					generation = message.generation;
					hello.clear();
					enter({ kind: 'open', agent: false });
				}
				const [agent] = message.peers;
				if (announced && announced.generation >= message.generation) usePeer(announced.peer, announced.generation);
				else if (agent) usePeer(agent, message.generation);
				else noAgent();
				return;
			}
			case 'peer':
				if (message.generation < generation) return;
				announced = message;
				return welcomed ? usePeer(message.peer, message.generation) : undefined;
			case 'gone':
				if (message.sender === announced?.peer.sender) announced = undefined;
				return message.sender === peer?.sender ? noAgent() : undefined;
			case 'away':
				if (peer || !welcomed) return;
				return enter({
					kind: 'open',
					agent: false,
					away: { code: message.code, detail: message.message, until: clock.now() + message.retryAfterMs },
				});
			case 'fatal':
				return end(message.code, message.message, message.retryAfterMs);
		}
	};

	const onText = (text: string) => {
		pulse.clear();
		unanswered.clear();
		const arrival = decodeArrival(text);
		if (arrival.kind === 'control') onControl(arrival.message);
		else if (arrival.kind === 'frame' && arrival.sender === peer?.sender && arrival.generation === generation) options.onMessage(arrival.payload);
	};

	const pingRegularly = () => {
		keepAlive.set(relay.pingMs, () => {
			checkConnection();
			pingRegularly();
		});
	};

	const onOpen = () => {
		sayHello();
		// The first hello may be lost like any message.
		sayHelloIn(1_000);
		pingRegularly();
	};

	const connect = () => {
		drop();
		const mine = turn;
		startedAt = clock.now();
		enter({ kind: 'connecting' });
		impatience.set(patience, lost);
		options.ticket().then(
			(ticket) => {
				if (mine !== turn) return;
				wire = options.open(ticket.url, ticket.protocols, {
					open: () => mine === turn && onOpen(),
					message: (text) => mine === turn && onText(text),
					closed: (code) => {
						if (mine !== turn) return;
						// 1008: the gateway throttles, and haste makes it worse.
						if (code === 1008) attempt = Math.max(attempt, 4);
						lost();
					},
				});
			},
			(error: unknown) => {
				if (mine !== turn) return;
				const wait = error instanceof ShellPodError && error.retryAfter !== undefined ? error.retryAfter * 1_000 : undefined;
				if (error instanceof ShellPodError && !isRetryable(error.code)) return end(error.code, error.message, wait);
				if (wait !== undefined) notBefore = clock.now() + wait;
				lost();
			},
		);
	};

	const checkConnection = () => {
		if (state.kind !== 'open' || pulse.pending) return;
		wire?.send(ping);
		pulse.set(pingPatience, unheard);
	};

	return {
		get state() {
			return state;
		},
		start: () => {
			if (state.kind !== 'idle' && state.kind !== 'ended') return;
			attempt = 0;
			connect();
		},
		stop: () => {
			if (state.kind === 'idle') return;
			drop();
			enter({ kind: 'idle' });
		},
		hurry: () => {
			if (state.kind === 'open') return checkConnection();
			if ((state.kind !== 'waiting' && state.kind !== 'connecting') || clock.now() < notBefore) return;
			// A try under way goes on, unless it is stuck; when it fails, the next one comes at once.
			attempt = 0;
			if (state.kind === 'waiting' || clock.now() - startedAt > pingPatience) connect();
		},
		check: () => {
			if (state.kind === 'open') sayHello();
			checkConnection();
		},
		send: (payload) => {
			if (!wire || !peer) return false;
			if (clock.now() >= peer.until) {
				if (!hello.pending) sayHelloIn(1_000);
				return false;
			}
			wire.send(encodeToRelay(peer.tag, payload));
			return true;
		},
	};
};
