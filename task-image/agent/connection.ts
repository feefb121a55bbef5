import type { Relayed } from '@shellpod/protocol/hello.ts';
import type { AgentTicket } from '@shellpod/protocol/http.ts';
import type { SenderId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { backoff, returning } from './backoff.ts';
import { type Clock, pause } from './clock.ts';
import { type AboutActivity, createLine, type Line, type LineEnd } from './line.ts';
import type { Dial } from './socket.ts';
import type { TicketAnswer } from './ticket.ts';

const times = {
	/** the longest that it stays away when it is told to: whoever says more is wrong */
	away: 15 * 60_000,
	/** for the goodbye */
	goodbye: 500,
	/** between two tries to take over; plus as much again by chance */
	takeOverAgain: 20_000,
	/** for which the connection that has handed over goes on: who was spoken to on it has spoken on the other one by then */
	lastWords: 10_000,
} as const;

/**
 * The agent's way to its viewers: one connection after the other, each coming back after every cut (T10) or taking over before the gateway cuts
 * (T11). It knows nothing of terminals. `run` resolves when it makes no sense to go on: `closed` by us, `unwanted` by the control plane.
 */
export const createConnection = (deps: {
	clock: Clock;
	random: () => number;
	tickets: () => Promise<TicketAnswer>;
	dial: Dial;
	/** A message's records, from a viewer that the control plane announced. */
	receive: (sender: SenderId, payload: string) => void;
	/** ms since its session was used, for the control plane */
	unusedMs: () => number | undefined;
	/** What has been sent and received. */
	relayed: () => Relayed | undefined;
	/** The control plane says something of the session's activity. */
	heard: (message: AboutActivity) => void;
	/** Another connection can be spoken on: what was said on the one before may be lost. */
	welcomed: () => void;
	log: (line: string) => void;
}) => {
	const { clock, random, log } = deps;
	let current: Line | undefined;
	/** comes up while `current` goes on, to take its place */
	let next: Line | undefined;
	/** has handed over */
	let last: Line | undefined;
	/** viewers that have spoken on `current`; the others may know only the name of `last` yet */
	const met = new Set<SenderId>();
	let closing = false;
	let wakeUp: (() => void) | undefined;
	/** before that the control plane lets nobody in */
	let awayUntil = Number.NEGATIVE_INFINITY;

	const stayAway = (ms: number): void => {
		awayUntil = clock.now() + Math.min(ms, times.away);
	};

	/** From one ticket on, for as long as one connection takes over from the other. Says how the last of them ended. */
	const stay = (first: AgentTicket): Promise<LineEnd> =>
		new Promise((resolve) => {
			let stopTimer: (() => void) | undefined;
			let over = false;
			const schedule = (ms: number, run: () => void): void => {
				stopTimer?.();
				stopTimer = clock.after(ms, run);
			};
			const planTakeOver = (): void => schedule(relay.handOverMs + random() * relay.handOverSpreadMs, () => void takeOver());
			const finish = (end: LineEnd): void => {
				if (over) return;
				over = true;
				stopTimer?.();
				const rest = [current, next, last];
				current = next = last = undefined;
				for (const line of rest) line?.destroy();
				resolve(end);
			};

			const takeOverLater = (): void => {
				next = undefined;
				// Its hello may have taken the lease, and the viewers with it.
				current?.renew();
				schedule(Math.max(times.takeOverAgain * (1 + random()), awayUntil - clock.now()), () => void takeOver());
			};

			const takeOver = async (): Promise<void> => {
				const answer = await deps.tickets();
				if (over || closing) return;
				if (answer.kind !== 'ticket') log(answer.reason);
				if (answer.kind === 'unwanted') return finish('unwanted');
				if (answer.kind === 'failed') {
					if (answer.retryAfterMs !== undefined) stayAway(answer.retryAfterMs);
					return takeOverLater();
				}
				next = openLine(answer.ticket);
			};

			const handOver = (): void => {
				const old = current;
				last?.destroy();
				last = old;
				current = next;
				next = undefined;
				met.clear();
				clock.after(times.lastWords, () => old?.close(1000));
			};

			const openLine = (ticket: AgentTicket): Line => {
				const line: Line = createLine({
					clock,
					random,
					dial: deps.dial,
					ticket,
					unusedMs: deps.unusedMs,
					relayed: deps.relayed,
					log,
					stayAway,
					heard: deps.heard,
					opened: () => {
						if (closing) line.close(1001);
						else if (line === next) current?.rest();
					},
					welcomed: () => {
						if (line === next) handOver();
						if (line !== current) return;
						planTakeOver();
						deps.welcomed();
					},
					receive: (sender, payload) => {
						if (line === current) met.add(sender);
						deps.receive(sender, payload);
					},
					ended: (end, why) => {
						if (!closing && !over && line !== last) log(`connection closed: ${why}`);
						if (line === last) last = undefined;
						else if (end === 'unwanted') finish(end);
						else if (line === next) takeOverLater();
						else if (line === current && next && !closing) {
							current = next;
							next = undefined;
						} else if (line === current) finish(end);
					},
				});
				return line;
			};
			current = openLine(first);
		});

	return {
		async run(): Promise<'closed' | 'unwanted'> {
			let delay = 0;
			let tries = 0;
			while (!closing) {
				// What it is told to wait comes on top, so that those who are told the same don't come at once.
				const wait = delay + Math.max(0, awayUntil - clock.now());
				if (wait > 0) await Promise.race([pause(clock, wait), new Promise<void>((wake) => (wakeUp = wake))]);
				if (closing) break;
				const answer = await deps.tickets();
				if (closing) break;
				if (answer.kind !== 'ticket') log(answer.reason);
				if (answer.kind === 'unwanted') return 'unwanted';
				if (answer.kind === 'failed' && answer.retryAfterMs !== undefined) stayAway(answer.retryAfterMs);
				const begun = clock.now();
				const end = answer.kind === 'ticket' ? await stay(answer.ticket) : 'ended';
				if (end === 'unwanted') return 'unwanted';
				tries = end === 'ended' ? tries + 1 : 0;
				delay = end === 'ended' ? backoff(tries, random) : end === 'welcomed' ? returning(random, clock.now() - begun) : 0;
			}
			return 'closed';
		},

		/**
		 * Sends records to a viewer. False when that isn't possible just now: no connection, no good tag (it is asked for), or the
		 * network takes nothing; the ends' own rules send again.
		 */
		send(to: SenderId, payload: string): boolean {
			const line = last?.knows(to) && !met.has(to) ? last : current;
			return line?.send(to, payload) ?? false;
		},

		/** Says something to the control plane. False when there is no way just now. */
		say: (text: string): boolean => current?.say(text) ?? false,

		/** [E3] Says goodbye; `run` resolves soon. */
		close(): void {
			closing = true;
			wakeUp?.();
			for (const line of [current, next, last]) line?.close(1001);
			clock.after(times.goodbye, () => current?.destroy());
		},
	};
};
