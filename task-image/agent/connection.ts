import { encodeHello, ping } from '@shellpod/protocol/control.ts';
import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import type { SenderId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { backoff, welcomedTry } from './backoff.ts';
import { type Clock, pause } from './clock.ts';
import { createPeers } from './peers.ts';
import { crowded, type Dial, type Socket } from './socket.ts';
import type { TicketAnswer } from './ticket.ts';

const times = {
	/** between two hellos that ask for a tag, or for a welcome that doesn't come; plus as much again by chance */
	again: 1_000,
	/** with nothing heard after something was said, then hello asks whether anybody is there */
	doubt: 10_000,
	/** with nothing heard after a hello, then the connection is given up: at most 20 s after the last word */
	silence: 10_000,
	/** a connection that lives this long after its welcome was a success */
	proven: 10_000,
	/** the longest that it stays away when it is told to: whoever says more is wrong */
	away: 15 * 60_000,
	/** for the goodbye */
	goodbye: 500,
} as const;

/**
 * The agent's one connection: kept up, greeted, renewed. It knows nothing of terminals.
 * `run` resolves when it makes no sense to go on: `closed` by us, `unwanted` by the control plane.
 */
export const createConnection = (deps: {
	clock: Clock;
	random: () => number;
	tickets: () => Promise<TicketAnswer>;
	dial: Dial;
	/** A message's records, from a viewer that the control plane announced. */
	receive: (sender: SenderId, payload: string) => void;
	log: (line: string) => void;
}) => {
	const { clock, random, log } = deps;
	const peers = createPeers(clock);
	let socket: Socket | undefined;
	let closing = false;
	let wakeUp: (() => void) | undefined;
	/** before that the control plane lets nobody in */
	let awayUntil = Number.NEGATIVE_INFINITY;
	let askForTag: (() => void) | undefined;
	let said: (() => void) | undefined;

	const stayAway = (ms: number): void => {
		awayUntil = clock.now() + Math.min(ms, times.away);
	};

	/** One connection, from its ticket to its end. Says whether it ever got a welcome, and whether that lasted. */
	const connectOnce = (url: string, protocols: readonly string[], generation: number): Promise<'ended' | 'welcomed' | 'proven' | 'unwanted'> =>
		new Promise((resolve) => {
			const timers = new Map<string, () => void>();
			const schedule = (name: string, ms: number, run: () => void): void => {
				timers.get(name)?.();
				timers.set(name, clock.after(ms, run));
			};
			const cancel = (name: string): void => {
				timers.get(name)?.();
				timers.delete(name);
			};
			let welcomedAt: number | undefined;
			let greetedAt = Number.NEGATIVE_INFINITY;
			let unwanted = false;

			const sayHello = (): void => {
				greetedAt = clock.now();
				own.send(encodeHello(versions));
				schedule('hello', welcomedAt === undefined ? times.again * (1 + random()) : relay.renewMs, sayHello);
				if (!timers.has('silence')) schedule('silence', times.silence, () => own.destroy());
			};
			/** Hello, but at most once a second. */
			const ask = (): void => {
				const wait = greetedAt + times.again * (1 + random()) - clock.now();
				if (wait <= 0) sayHello();
				else schedule('hello', wait, sayHello);
			};

			const own = deps.dial(url, protocols, {
				open: () => {
					if (closing) return own.close(1001);
					socket = own;
					askForTag = ask;
					said = () => {
						if (!timers.has('doubt') && !timers.has('silence')) schedule('doubt', times.doubt, ask);
					};
					sayHello();
					const sendPing = (): void => {
						own.send(ping);
						schedule('ping', relay.pingMs, sendPing);
					};
					schedule('ping', relay.pingMs, sendPing);
				},
				text: (text) => {
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
							if (welcomedAt === undefined) {
								welcomedAt = clock.now();
								schedule('hello', relay.renewMs, sayHello);
								log(`connected; ${message.peers.length} viewers`);
							}
							peers.meet(message.peers);
							return;
						case 'away':
							return;
						case 'peer':
							if (message.generation === generation) peers.meet([message.peer]);
							return;
						case 'gone':
							peers.forget(message.sender);
							return;
						case 'fatal':
							log(`told to end: ${message.code}: ${message.message}`);
							if (message.retryAfterMs === undefined) unwanted = true;
							else stayAway(message.retryAfterMs);
							own.close(1000);
							schedule('silence', times.goodbye, () => own.destroy());
					}
				},
				close: (code, reason) => {
					for (const stop of timers.values()) stop();
					timers.clear();
					if (socket === own) {
						socket = undefined;
						askForTag = undefined;
						said = undefined;
					}
					peers.clear();
					if (!closing) log(`connection closed: ${code} ${reason}`.trimEnd());
					if (unwanted) return resolve('unwanted');
					if (welcomedAt === undefined) return resolve('ended');
					resolve(clock.now() - welcomedAt >= times.proven ? 'proven' : 'welcomed');
				},
			});
		});

	return {
		async run(): Promise<'closed' | 'unwanted'> {
			for (let tries = 0; !closing; tries++) {
				// What it is told to wait comes on top, so that those who are told the same don't come at once.
				const wait = backoff(tries, random) + Math.max(0, awayUntil - clock.now());
				if (wait > 0) await Promise.race([pause(clock, wait), new Promise<void>((wake) => (wakeUp = wake))]);
				if (closing) break;
				const answer = await deps.tickets();
				if (closing) break;
				if (answer.kind === 'unwanted') {
					log(answer.reason);
					return 'unwanted';
				}
				if (answer.kind === 'failed') {
					log(answer.reason);
					if (answer.retryAfterMs !== undefined) stayAway(answer.retryAfterMs);
					continue;
				}
				const { url, protocols, generation } = answer.ticket;
				const end = await connectOnce(url, protocols, generation);
				if (end === 'unwanted') return 'unwanted';
				if (end === 'proven') tries = -1;
				if (end === 'welcomed') tries = Math.min(tries, welcomedTry - 1);
			}
			return 'closed';
		},

		/**
		 * Sends records to a viewer. False when that isn't possible just now: no connection, no good tag (it is asked for), or the
		 * network takes nothing; the ends' own rules send again.
		 */
		send(to: SenderId, payload: string): boolean {
			if (!socket || crowded(socket)) return false;
			const tag = peers.tagOf(to);
			if (tag === undefined) {
				if (peers.knows(to)) askForTag?.();
				return false;
			}
			socket.send(encodeToRelay(tag, payload));
			said?.();
			return true;
		},

		/** [E3] Says goodbye; `run` resolves soon. */
		close(): void {
			closing = true;
			wakeUp?.();
			const last = socket;
			last?.close(1001);
			clock.after(times.goodbye, () => last?.destroy());
		},
	};
};
