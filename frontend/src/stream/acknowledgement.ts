/**
 * When the agent is told what the screen has shown (O3): each message costs as much as the output that it acknowledges, so that it waits for
 * company as long as nothing waits for it.
 */
import { relay } from '@shellpod/protocol/limits.ts';
import type { Pace } from '@shellpod/protocol/pace.ts';
import { type Clock, createTimer } from './clock.ts';

export interface Acknowledgement {
	/** bytes of the screen that its terminal has parsed */
	readonly shown: number;
	/** A screen begins, of which nothing is shown and the agent knows nothing. */
	begin(): void;
	/** Its terminal has parsed so much. `mayWait`: nothing waits to hear of it. */
	parsed(end: number, mayWait: boolean): void;
	/** Something came before what it follows. */
	early(): void;
	/** It is told now, or as soon as the pace lets it. */
	tell(): void;
	/** What was sent just now has told it. */
	told(): void;
	/** The user typed: there will be an echo, and somebody who waits for it. */
	typed(): void;
	stop(): void;
}

export const createAcknowledgement = (options: {
	clock: Clock;
	pace: Pace;
	/** something that is shown later than its place came already */
	missing: () => boolean;
	send: (shown: number, missing: boolean) => void;
}): Acknowledgement => {
	const { clock, pace, missing } = options;
	const later = createTimer(clock);
	const overtaken = createTimer(clock);
	let shown = 0;
	/** of it, what the agent was told; undefined: nothing of this screen */
	let known: number | undefined;
	let typedAt = Number.NEGATIVE_INFINITY;

	const told = () => {
		later.clear();
		known = shown;
	};
	const tell = () => {
		later.clear();
		const wait = pace.wait();
		if (wait > 0) return later.set(wait, tell);
		told();
		options.send(shown, missing());
	};
	const stop = () => {
		later.clear();
		overtaken.clear();
	};

	return {
		get shown() {
			return shown;
		},
		begin: () => {
			stop();
			shown = 0;
			known = undefined;
		},
		parsed: (end, mayWait) => {
			shown = Math.max(shown, end);
			// While more is missing the agent can go on with the next piece only when it knows of this one.
			if (known === undefined || !mayWait || missing()) return tell();
			const used = clock.now() - typedAt < relay.useMs;
			if (!later.pending) later.set(used ? relay.acknowledgeUsedMs : relay.acknowledgeMs, tell);
		},
		early: () => {
			if (!overtaken.pending) overtaken.set(relay.overtakenMs, () => missing() && tell());
		},
		tell,
		told,
		typed: () => {
			typedAt = clock.now();
		},
		stop,
	};
};
