/**
 * Hears what becomes of the user's sessions, by a WebSocket of its own; comes back after every cut. It promises nothing about single messages: whoever
 * uses it reads the list each time it is live again, and asks now and then while it isn't.
 */
import { ping } from '@shellpod/protocol/control.ts';
import { isRetryable, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, Ticket } from '@shellpod/protocol/http.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { decodeWatch } from '@shellpod/protocol/watch.ts';
import { reconnectDelay } from '../stream/backoff.ts';
import { type Clock, createTimer } from '../stream/clock.ts';
import type { OpenWire, Wire } from '../stream/wire.ts';

export interface WatchOptions {
	clock: Clock;
	/** in [0, 1) */
	random: () => number;
	/** A fresh ticket. Throws ShellPodError. */
	ticket: () => Promise<Ticket>;
	open: OpenWire;
	/** a session as it is now */
	onSession: (session: Session) => void;
	/** something has changed that no session's view tells, or may have: it is live again */
	onLook: () => void;
	onLive: (live: boolean) => void;
}

export interface Watch {
	/** The page is put away: closes the connection, which keeps it out of some browsers' back-forward cache, until `hurry`. */
	rest(): void;
	/** The network or the page came back: tries soon instead of when it was planned, and looks whether an open connection is alive. */
	hurry(): void;
	stop(): void;
}

/** ms from asking for a ticket to an open connection */
const patience = 12_000;
/** ms that a living connection takes to answer a ping */
const pingPatience = 4_000;
/** ms until the next try after a refusal that time alone doesn't end: too many pages watch */
const refusedMs = 60_000;
/** ms after which a page that rests tries to come back by itself */
const restMs = 30_000;
/** ms until it tries when the network or the page is back: a browser opens one WebSocket at a time to a host, and the terminal's comes first */
const yieldMs = 1_000;
/** ms after which a connection counts as good, so that the next cut is answered at once */
const settledMs = 5_000;

export const startWatch = (options: WatchOptions): Watch => {
	const { clock } = options;
	const retry = createTimer(clock);
	const impatience = createTimer(clock);
	const keepAlive = createTimer(clock);
	const settled = createTimer(clock);
	let wire: Wire | undefined;
	/** counts connections: what an old one still has to say is not heard */
	let turn = 0;
	let attempt = 0;
	let live = false;

	const enter = (now: boolean): void => {
		if (live === now) return;
		live = now;
		options.onLive(now);
	};
	const drop = (): void => {
		turn += 1;
		for (const timer of [retry, impatience, keepAlive, settled]) timer.clear();
		wire?.close();
		wire = undefined;
		enter(false);
	};
	const lost = (wait = reconnectDelay(attempt, options.random())): void => {
		drop();
		attempt += 1;
		retry.set(wait, () => void connect());
	};
	const pinged = (): void => {
		wire?.send(ping);
		impatience.set(pingPatience, () => lost());
		keepAlive.set(relay.pingMs, pinged);
	};

	const connect = async (): Promise<void> => {
		drop();
		const mine = turn;
		impatience.set(patience, () => lost());
		let ticket: Ticket;
		try {
			ticket = await options.ticket();
		} catch (error) {
			if (mine !== turn) return;
			const again = !(error instanceof ShellPodError) || isRetryable(error.code);
			const wait = error instanceof ShellPodError && error.retryAfter !== undefined ? error.retryAfter * 1_000 : 0;
			return lost(again ? reconnectDelay(attempt, options.random()) + wait : refusedMs);
		}
		if (mine !== turn) return;
		wire = options.open(ticket.url, ticket.protocols, {
			open: () => {
				if (mine !== turn) return;
				impatience.clear();
				settled.set(settledMs, () => {
					attempt = 0;
				});
				keepAlive.set(relay.pingMs, pinged);
				enter(true);
				options.onLook();
			},
			message: (text) => {
				if (mine !== turn) return;
				// Whatever comes, the connection is alive.
				impatience.clear();
				const message = decodeWatch(text);
				if (message?.told === 'session') options.onSession(message.session);
				if (message?.told === 'look') options.onLook();
			},
			closed: () => {
				if (mine === turn) lost();
			},
		});
	};

	void connect();
	return {
		rest: () => lost(restMs),
		hurry: () => {
			if (live) pinged();
			else if (retry.pending) retry.set(yieldMs, () => void connect());
		},
		stop: drop,
	};
};
