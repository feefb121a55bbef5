/**
 * The viewer's way to the agent: one connection after the other, each coming back after every cut (T10 of protocol/SPEC.md) or taking over before
 * the gateway cuts (T11). It promises nothing about single messages; `terminal-stream.ts` does.
 */
import { type ErrorCode, isRetryable, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Ticket } from '@shellpod/protocol/http.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { probeDelay, probeForMs, reconnectDelay, returnDelay } from './backoff.ts';
import { type Clock, createTimer } from './clock.ts';
import { createLine, type Line, type LineEnd, type LineEvents, pingPatience } from './line.ts';
import type { OpenWire } from './wire.ts';

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
	/** the agent can be reached, over a new connection of ours or of its own: without `onAgentGone` before, it may be the same one */
	onAgent: (agentVersions: readonly number[]) => void;
	onAgentGone: () => void;
	/** `late`: on a way that another has followed, from this page or from its agent */
	onMessage: (payload: string, late: boolean) => void;
	/** ms to the gateway and back */
	onRoundTrip?: (ms: number) => void;
}

export interface RelaySocket {
	readonly state: SocketState;
	start(): void;
	/** Closes it without an end: `start` begins again. */
	stop(): void;
	/**
	 * The page is put away, and an open connection keeps it out of some browsers' back-forward cache: closes it, to come back with `hurry`. Timers
	 * stand still in the cache; a page that was not put away after all comes back by its own.
	 */
	rest(): void;
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

/** ms between two tries to take over */
const takeOverAgainMs = 20_000;
/** ms for which the connection that has handed over is still heard: what was on its way arrives */
const lastWordsMs = 5_000;

/** ms after which a page that rests tries to come back by itself */
const restMs = 30_000;

/** Nothing has answered, not even to say no. */
const isUnreached = (error: unknown): boolean => error instanceof ShellPodError && error.cause instanceof TypeError;

export const createSocket = (options: SocketOptions): RelaySocket => {
	const { clock, random } = options;
	const retry = createTimer(clock);
	const takeOver = createTimer(clock);
	const farewell = createTimer(clock);

	let state: SocketState = { kind: 'idle' };
	let current: Line | undefined;
	/** comes up while `current` goes on, to take its place */
	let next: Line | undefined;
	/** has handed over */
	let last: Line | undefined;
	/** `onAgent` was the last word about it */
	let agent = false;
	let attempt = 0;
	let startedAt = 0;
	/** when the first of the connections that took over from each other was welcomed */
	let welcomedAt = clock.now();
	/** when a connection was lost that had been welcomed, or the user or the network gave hope */
	let hopefulAt = 0;
	/** what refused us said when to come again */
	let notBefore = 0;

	const enter = (entered: SocketState) => {
		state = entered;
		options.onState(entered);
	};

	const forgetAgent = () => {
		if (!agent) return;
		agent = false;
		options.onAgentGone();
	};

	const drop = () => {
		for (const timer of [retry, takeOver, farewell]) timer.clear();
		for (const line of [current, next, last]) line?.close();
		current = next = last = undefined;
		forgetAgent();
	};

	const end = (code: ErrorCode, detail: string, retryAfterMs?: number) => {
		drop();
		enter({ kind: 'ended', code, detail, ...(retryAfterMs !== undefined && { until: clock.now() + retryAfterMs }) });
	};

	const lost = (delay: number) => {
		drop();
		enter({ kind: 'waiting' });
		// What we are told to wait comes on top: those who are told the same don't come at once.
		retry.set(delay + Math.max(0, notBefore - clock.now()), connect);
		attempt += 1;
	};

	const onEnded = (why: LineEnd) => {
		if (next) {
			// It comes up already.
			current = next;
			next = undefined;
			forgetAgent();
			if (!current.welcomed) return enter({ kind: 'connecting' });
			planTakeOver();
			return enter({ kind: 'open', agent: false });
		}
		if (why.kind === 'no ticket') {
			const { error } = why;
			const wait = error instanceof ShellPodError && error.retryAfter !== undefined ? error.retryAfter * 1_000 : undefined;
			if (error instanceof ShellPodError && !isRetryable(error.code)) return end(error.code, error.message, wait);
			if (wait !== undefined) notBefore = clock.now() + wait;
			if (isUnreached(error) && clock.now() - hopefulAt < probeForMs) {
				attempt = 0;
				return lost(probeDelay(random()));
			}
		} else if (why.kind === 'unheard') attempt = 0;
		else if (why.throttled) attempt = Math.max(attempt, 4);
		else if (current?.welcomed) {
			hopefulAt = clock.now();
			return lost(returnDelay(random(), clock.now() - welcomedAt));
		}
		lost(reconnectDelay(attempt, random()));
	};

	/** [T11] Opens a second connection while this one goes on. */
	const beginTakeOver = () => {
		if (!current || next) return;
		next = openLine();
	};
	const planTakeOver = () => takeOver.set(relay.handOverMs + random() * relay.handOverSpreadMs, beginTakeOver);
	const takeOverLater = () => {
		next = undefined;
		takeOver.set(takeOverAgainMs * (1 + random()), beginTakeOver);
	};

	const handOver = () => {
		last?.close();
		last = current;
		current = next;
		next = undefined;
		farewell.set(lastWordsMs, () => {
			last?.close();
			last = undefined;
		});
		planTakeOver();
	};

	const openLine = (): Line => {
		const is = (one: Line | undefined) => one === line;
		const events: LineEvents = {
			welcomed: () => {
				if (!is(current)) return;
				attempt = 0;
				welcomedAt = clock.now();
				planTakeOver();
				enter({ kind: 'open', agent: false });
			},
			agent: (agentVersions) => {
				if (is(next)) handOver();
				if (!is(current)) return;
				agent = true;
				enter({ kind: 'open', agent: true });
				options.onAgent(agentVersions);
			},
			agentGone: () => {
				if (!is(current)) return;
				forgetAgent();
				enter({ kind: 'open', agent: false });
			},
			away: (code, detail, until) => {
				if (is(current)) enter({ kind: 'open', agent: false, away: { code, detail, until } });
			},
			fatal: (code, detail, retryAfterMs) => {
				if (is(next)) takeOverLater();
				else if (is(current)) end(code, detail, retryAfterMs);
			},
			message: (payload, late) => options.onMessage(payload, late || !is(current)),
			roundTrip: (ms) => {
				if (is(current)) options.onRoundTrip?.(ms);
			},
			ended: (why) => {
				if (is(next)) takeOverLater();
				else if (is(current)) onEnded(why);
			},
		};
		const line = createLine({ clock, random, ticket: options.ticket, open: options.open, events });
		return line;
	};

	const connect = () => {
		drop();
		startedAt = clock.now();
		enter({ kind: 'connecting' });
		current = openLine();
	};

	return {
		get state() {
			return state;
		},
		start: () => {
			if (state.kind !== 'idle' && state.kind !== 'ended') return;
			attempt = 0;
			hopefulAt = clock.now();
			connect();
		},
		stop: () => {
			if (state.kind === 'idle') return;
			drop();
			enter({ kind: 'idle' });
		},
		rest: () => {
			if (state.kind !== 'idle' && state.kind !== 'ended') lost(restMs);
		},
		hurry: () => {
			if (state.kind === 'open') return current?.check();
			if ((state.kind !== 'waiting' && state.kind !== 'connecting') || clock.now() < notBefore) return;
			// A try under way goes on, unless it is stuck; when it fails, the next one comes at once.
			attempt = 0;
			hopefulAt = clock.now();
			if (state.kind === 'waiting' || clock.now() - startedAt > pingPatience) connect();
		},
		check: () => {
			current?.hello();
			current?.check();
		},
		send: (payload) => current?.send(payload) ?? false,
	};
};
