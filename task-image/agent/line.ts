import { type ControlMessage, ping } from '@shellpod/protocol/control.ts';
import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello, type Relayed } from '@shellpod/protocol/hello.ts';
import type { AgentTicket } from '@shellpod/protocol/http.ts';
import type { SenderId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import type { Clock } from './clock.ts';
import { createPeers } from './peers.ts';
import { crowded, type Dial } from './socket.ts';

const times = {
	/** between two hellos that ask for a tag, or for a welcome that doesn't come; plus as much again by chance */
	again: 1_000,
	/** with nothing heard after something was said, then hello asks whether anybody is there */
	doubt: 10_000,
	/** with nothing heard after a hello, then the connection is given up: at most 20 s after the last word */
	silence: 10_000,
	/** for the goodbye */
	goodbye: 500,
} as const;

/** `ended` without a welcome, `welcomed` and then closed, given up `unheard`, or `unwanted` by the control plane. */
export type LineEnd = 'ended' | 'welcomed' | 'unheard' | 'unwanted';

export interface Line {
	/** Whether this viewer was announced on it. */
	knows(viewer: SenderId): boolean;
	/** False when that isn't possible just now: no good tag (it is asked for), or the network takes nothing. */
	send(to: SenderId, payload: string): boolean;
	/** Says something to the control plane. False when it hasn't welcomed this line yet, or the network takes nothing. */
	say(text: string): boolean;
	/** Says hello, and goes on renewing tags and the agent's lease. */
	renew(): void;
	/** Renews nothing any more: another connection has the lease, or is about to. */
	rest(): void;
	close(code: number): void;
	destroy(): void;
}

export type AboutActivity = Extract<ControlMessage, { type: 'idle' | 'asked' }>;

export interface LineDeps {
	clock: Clock;
	random: () => number;
	dial: Dial;
	ticket: AgentTicket;
	/** ms since its session was used */
	unusedMs: () => number | undefined;
	relayed: () => Relayed | undefined;
	log: (line: string) => void;
	/** It is there, and about to say hello. */
	opened: () => void;
	/** the first answer to its hello */
	welcomed: () => void;
	/** A message's records, from a viewer that was announced on it. */
	receive: (sender: SenderId, payload: string) => void;
	/** The control plane says something of the session's activity. */
	heard: (message: AboutActivity) => void;
	/** It is told to stay away for so long. */
	stayAway: (ms: number) => void;
	/** Once, also when it never opened. */
	ended: (end: LineEnd, why: string) => void;
}

/** One connection of the agent, from its ticket to its end: greeted, renewed, with the viewers that were announced on it. */
export const createLine = (deps: LineDeps): Line => {
	const { clock, random, log } = deps;
	const { generation } = deps.ticket;
	const peers = createPeers(clock);
	const timers = new Map<string, () => void>();
	const cancel = (name: string): void => {
		timers.get(name)?.();
		timers.delete(name);
	};
	const schedule = (name: string, ms: number, run: () => void): void => {
		cancel(name);
		const stop = clock.after(ms, () => {
			timers.delete(name);
			run();
		});
		timers.set(name, stop);
	};
	let open = false;
	let welcomed = false;
	let greetedAt = Number.NEGATIVE_INFINITY;
	let end: LineEnd | undefined;
	let resting = false;

	const hello = (): string => encodeHello(versions, { unusedMs: deps.unusedMs(), relayed: deps.relayed() });
	const sayHello = (): void => {
		greetedAt = clock.now();
		own.send(hello());
		schedule('hello', welcomed ? relay.renewMs : times.again * (1 + random()), sayHello);
		if (!timers.has('silence'))
			schedule('silence', times.silence, () => {
				end ??= welcomed ? 'unheard' : 'ended';
				own.destroy();
			});
	};
	/** Hello, but at most once a second. */
	const ask = (): void => {
		if (!open || resting) return;
		const wait = greetedAt + times.again * (1 + random()) - clock.now();
		if (wait <= 0) sayHello();
		else schedule('hello', wait, sayHello);
	};
	const sendPing = (): void => {
		own.send(ping);
		schedule('ping', relay.pingMs, sendPing);
	};

	const onText = (text: string): void => {
		// Whatever it is, the other side lives.
		cancel('doubt');
		cancel('silence');
		const arrival = decodeArrival(text);
		if (arrival.kind === 'frame') {
			if (arrival.generation !== generation) return;
			if (peers.knows(arrival.sender)) deps.receive(arrival.sender, arrival.payload);
			// [T3] Its introduction was lost or undone. What it sends now is dropped, and it would wait until the next hello.
			else ask();
			return;
		}
		if (arrival.kind !== 'control') return;
		const { message } = arrival;
		switch (message.type) {
			case 'welcome':
				if (message.generation !== generation) return;
				peers.meet(message.peers);
				if (welcomed) return;
				welcomed = true;
				if (!resting) schedule('hello', relay.renewMs, sayHello);
				log(`connected; ${message.peers.length} viewers`);
				deps.welcomed();
				return;
			case 'away':
				return;
			case 'idle':
			case 'asked':
				deps.heard(message);
				return;
			case 'peer':
				if (message.generation === generation) peers.meet([message.peer]);
				return;
			case 'gone':
				peers.forget(message.sender);
				return;
			case 'fatal':
				log(`told to end: ${message.code}: ${message.message}`);
				if (message.retryAfterMs === undefined) end = 'unwanted';
				else deps.stayAway(message.retryAfterMs);
				own.close(1000);
				schedule('silence', times.goodbye, () => own.destroy());
		}
	};

	const own = deps.dial(deps.ticket.url, deps.ticket.protocols, {
		open: () => {
			open = true;
			deps.opened();
			if (!open) return;
			sayHello();
			schedule('ping', relay.pingMs, sendPing);
		},
		text: onText,
		close: (code, reason) => {
			open = false;
			for (const stop of timers.values()) stop();
			timers.clear();
			peers.clear();
			deps.ended(end ?? (welcomed ? 'welcomed' : 'ended'), `${code} ${reason}`.trimEnd());
		},
	});

	return {
		knows: (viewer) => peers.knows(viewer),
		send: (to, payload) => {
			if (!open || crowded(own)) return false;
			const tag = peers.tagOf(to);
			if (tag === undefined) {
				if (peers.knows(to)) ask();
				return false;
			}
			own.send(encodeToRelay(tag, payload));
			if (!timers.has('doubt') && !timers.has('silence') && !resting) schedule('doubt', times.doubt, ask);
			return true;
		},
		say: (text) => {
			if (!open || !welcomed || crowded(own)) return false;
			own.send(text);
			return true;
		},
		renew: () => {
			if (!open) return;
			resting = false;
			sayHello();
		},
		rest: () => {
			resting = true;
			for (const name of ['hello', 'doubt', 'silence']) cancel(name);
		},
		close: (code) => {
			// The last that it says: what it has relayed by then. One that rests has handed all that over.
			if (open && welcomed && !resting) own.send(hello());
			own.close(code);
		},
		destroy: () => own.destroy(),
	};
};
