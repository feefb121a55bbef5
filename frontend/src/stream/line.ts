/**
 * One connection of the viewer, from its ticket to its end: hello, tags, pings (T1-T5 of protocol/SPEC.md). It is never used again; what comes
 * after it is another one's, and `socket.ts` decides when.
 */
import { type ControlMessage, type Peer, ping } from '@shellpod/protocol/control.ts';
import type { ErrorCode } from '@shellpod/protocol/errors.ts';
import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import type { Ticket } from '@shellpod/protocol/http.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { type Clock, createTimer } from './clock.ts';
import type { OpenWire, Wire } from './wire.ts';

/** Why a line is over, or never came up. */
export type LineEnd =
	| { kind: 'no ticket'; error: unknown }
	/** `throttled`: the gateway wants fewer connections */
	| { kind: 'closed'; throttled: boolean }
	/** nobody answers on what seems to be an open connection */
	| { kind: 'unheard' };

export interface LineEvents {
	/** the first answer to its hello; whether there is an agent follows */
	welcomed(): void;
	/** the agent can be reached, over a new connection of ours or of its own */
	agent(agentVersions: readonly number[]): void;
	/** nobody is at the other end any more */
	agentGone(): void;
	/** nobody will be at the other end until then, ms on the clock */
	away(code: ErrorCode, detail: string, until: number): void;
	fatal(code: ErrorCode, detail: string, retryAfterMs?: number): void;
	/** `late`: from an agent's connection that another has followed */
	message(payload: string, late: boolean): void;
	/** ms to the gateway and back */
	roundTrip(ms: number): void;
	/** Once, and nothing after it. */
	ended(end: LineEnd): void;
}

export interface Line {
	readonly welcomed: boolean;
	/** Asks who the agent is now. */
	hello(): void;
	/** Looks whether it is alive. */
	check(): void;
	/** False when there is no way to the agent just now. */
	send(payload: string): boolean;
	/** Ends it without a word to anybody. */
	close(): void;
}

export interface LineOptions {
	clock: Clock;
	/** in [0, 1) */
	random: () => number;
	ticket: () => Promise<Ticket>;
	open: OpenWire;
	events: LineEvents;
}

/** ms from asking for a ticket to `welcome`, and from a later hello to any answer */
const patience = 12_000;
/** ms that a living connection takes to answer a ping */
export const pingPatience = 4_000;
/** ms from the welcome to the first ping, for the latency: a function's cold start is over by then */
const firstPingMs = 1_000;
/** ms for which the last words of an agent's connection are heard after its next one was announced (T11) */
const lastWordsMs = 5_000;

export const createLine = (options: LineOptions): Line => {
	const { clock, random, events } = options;
	const impatience = createTimer(clock);
	const hello = createTimer(clock);
	const keepAlive = createTimer(clock);
	const pulse = createTimer(clock);
	const unanswered = createTimer(clock);

	let wire: Wire | undefined;
	let over = false;
	let welcomed = false;
	let generation = 0;
	let peer: (Peer & { until: number }) | undefined;
	/** what `peer` has said since our last hello: newer than what the welcome that answers it knows, whichever comes first */
	let announced: { peer: Peer; generation: number } | undefined;
	/** the name that the agent had before */
	let former: { sender: string; until: number } | undefined;
	let askedAgain = 0;
	let pingedAt: number | undefined;

	const close = () => {
		over = true;
		for (const timer of [impatience, hello, keepAlive, pulse, unanswered]) timer.clear();
		wire?.close();
	};

	const end = (why: LineEnd) => {
		close();
		events.ended(why);
	};
	const unheard = () => end({ kind: 'unheard' });

	const sayHello = () => {
		announced = undefined;
		wire?.send(encodeHello(versions));
		// Each is answered, with or without an agent. While there is none nothing else is said that would show a dead connection.
		if (welcomed && !unanswered.pending) unanswered.set(patience, unheard);
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
		former = undefined;
		if (peer) {
			peer = undefined;
			events.agentGone();
		}
		sayHelloIn(1_000 * 2 ** askedAgain);
	};

	const usePeer = (announced: Peer, of: number) => {
		if (of < generation) return;
		const known = peer?.sender === announced.sender && of === generation;
		if (!known) former = peer && of === generation ? { sender: peer.sender, until: clock.now() + lastWordsMs } : undefined;
		generation = of;
		peer = { ...announced, until: clock.now() + announced.expiresInMs };
		askedAgain = 0;
		hello.clear();
		hello.set(announced.expiresInMs / 2, () => {
			sayHello();
			sayHelloIn(1_000);
		});
		if (!known) events.agent(announced.versions);
	};

	const onWelcome = (message: ControlMessage & { type: 'welcome' }) => {
		if (!welcomed) {
			welcomed = true;
			impatience.clear();
			generation = message.generation;
			hello.clear();
			keepAlive.set(firstPingMs, pingRegularly);
			events.welcomed();
		}
		const [agent] = message.peers;
		if (announced && announced.generation >= message.generation) usePeer(announced.peer, announced.generation);
		else if (agent) usePeer(agent, message.generation);
		else noAgent();
	};

	const onControl = (message: ControlMessage) => {
		switch (message.type) {
			case 'welcome':
				return onWelcome(message);
			case 'peer':
				if (message.generation < generation) return;
				announced = message;
				return welcomed ? usePeer(message.peer, message.generation) : undefined;
			case 'gone':
				if (message.sender === announced?.peer.sender) announced = undefined;
				return message.sender === peer?.sender ? noAgent() : undefined;
			case 'away':
				return peer || !welcomed ? undefined : events.away(message.code, message.message, clock.now() + message.retryAfterMs);
			case 'fatal':
				close();
				return events.fatal(message.code, message.message, message.retryAfterMs);
		}
	};

	const isAgent = (sender: string) => sender === peer?.sender || (sender === former?.sender && clock.now() < former.until);

	const onText = (text: string) => {
		pulse.clear();
		unanswered.clear();
		const arrival = decodeArrival(text);
		switch (arrival.kind) {
			case 'control':
				return onControl(arrival.message);
			case 'frame':
				if (!isAgent(arrival.sender) || arrival.generation !== generation) return;
				return events.message(arrival.payload, arrival.sender !== peer?.sender);
			case 'pong':
				if (pingedAt !== undefined) events.roundTrip(clock.now() - pingedAt);
				pingedAt = undefined;
		}
	};

	const check = () => {
		if (!welcomed || over || pulse.pending) return;
		pingedAt = clock.now();
		wire?.send(ping);
		pulse.set(pingPatience, unheard);
	};
	const pingRegularly = () => {
		check();
		keepAlive.set(relay.pingMs, pingRegularly);
	};

	impatience.set(patience, () => end({ kind: 'closed', throttled: false }));
	options.ticket().then(
		(ticket) => {
			if (over) return;
			wire = options.open(ticket.url, ticket.protocols, {
				open: () => {
					if (over) return;
					sayHello();
					// The first hello may be lost like any message.
					sayHelloIn(1_000);
				},
				message: (text) => !over && onText(text),
				// 1008: the gateway throttles, and haste makes it worse.
				closed: (code) => !over && end({ kind: 'closed', throttled: code === 1008 }),
			});
		},
		(error: unknown) => !over && end({ kind: 'no ticket', error }),
	);

	return {
		get welcomed() {
			return welcomed;
		},
		hello: () => {
			if (welcomed && !over) sayHello();
		},
		check,
		send: (payload) => {
			if (!wire || !peer || over) return false;
			if (clock.now() >= peer.until) {
				if (!hello.pending) sayHelloIn(1_000);
				return false;
			}
			wire.send(encodeToRelay(peer.tag, payload));
			return true;
		},
		close,
	};
};
