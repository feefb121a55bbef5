import { relay } from '@shellpod/protocol/limits.ts';
import type { Clock } from './clock.ts';

/** What a viewer may see: more than the machine costs would be spent on frames that nobody looks at. */
const limits = {
	/** frames at once, after a rest: a screen that changes for a moment is followed as fast as the way allows */
	burst: 60,
	/** that may go on credit when the program rests: what it printed last is what somebody looks at from now on */
	credit: 2,
	/** a second, while it is only watched: as many as an hour of them costs less than the machine, so that what is seen is hardly 300 ms old */
	watched: 4,
	/** a second, while somebody uses it: each key has its echo, and a program that is scrolled moves */
	used: 20,
	/** ms between two while nobody can see them: enough for a page that is found again as it was */
	hidden: 1_000,
} as const;

/** [O8] [O12] How many frames of output one viewer gets: a bucket of tokens, filled faster while it is used. */
export const createFrames = (clock: Pick<Clock, 'now'>) => {
	let tokens: number = limits.burst;
	let at = clock.now();
	let usedUntil = Number.NEGATIVE_INFINITY;
	let hidden = false;
	let spentAt = Number.NEGATIVE_INFINITY;
	const refill = (): void => {
		const now = clock.now();
		const used = Math.max(0, Math.min(now, usedUntil) - at);
		tokens = Math.min(limits.burst, tokens + (used * limits.used + (now - at - used) * limits.watched) / 1_000);
		at = now;
	};
	return {
		/** ms until a frame may go; `atRest`: one after which nothing else is printed for a while */
		wait(atRest = false): number {
			refill();
			if (hidden) return Math.max(0, spentAt + limits.hidden - at);
			const least = atRest ? 1 - limits.credit : 1;
			// What is missing after the wait that was told is a rounding error.
			if (tokens > least - 1e-6) return 0;
			const missing = (least - tokens) * 1_000;
			const used = Math.max(0, usedUntil - at);
			const soon = missing / limits.used;
			return Math.ceil(soon <= used ? soon : used + (missing - used * limits.used) / limits.watched);
		},
		/** A frame goes; what is sent again and what a new screen needs goes on credit. */
		spend(): void {
			refill();
			tokens -= 1;
			spentAt = at;
		},
		/** Whether somebody can see them. What came while nobody could doesn't wait any more. */
		see(visible: boolean): void {
			refill();
			hidden = !visible;
			if (visible) tokens = Math.max(tokens, 1);
		},
		get hidden() {
			return hidden;
		},
		/** Somebody typed: what they see next doesn't wait. */
		use(): void {
			refill();
			usedUntil = clock.now() + relay.useMs;
			tokens = Math.max(tokens, 1);
		},
		/** whether somebody typed just now */
		get used(): boolean {
			return clock.now() < usedUntil;
		},
	};
};
export type Frames = ReturnType<typeof createFrames>;
