/** Asks again and again while the page is visible, and at once when it comes back or the network does. */
import type { ShellPodError } from '@shellpod/protocol/errors.ts';
import { createEffect, onCleanup, onMount } from 'solid-js';

/**
 * ms between two looks while nothing is told by itself: short while something is on its way. While it is told, one now and then as long as something is on
 * its way, in case a message was lost, and none when nothing is.
 */
const pollMs = { moving: 1_000, resting: 5_000, told: 15_000 } as const;

/** ms until the next look; undefined: none. `error`: what the last one ended with. */
export const pauseOf = ({ moving, live, error }: { moving: boolean; live: boolean; error: ShellPodError | undefined }): number | undefined => {
	if (live && !error) return moving ? pollMs.told : undefined;
	return Math.max(moving ? pollMs.moving : pollMs.resting, (error?.retryAfter ?? 0) * 1_000);
};

/**
 * `look` never rejects; `pause` says how many ms to wait after it, undefined: for ever; when that changes, so does the wait. The answer looks now, and resolves when that is done.
 * Looks don't overlap: one that is asked for during another follows it.
 */
export const usePoll = (look: () => Promise<void>, pause: () => number | undefined): (() => Promise<void>) => {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running: Promise<void> | undefined;
	let next: Promise<void> | undefined;
	let gone = false;

	const run = async () => {
		clearTimeout(timer);
		await look();
		plan(pause());
	};
	const plan = (ms: number | undefined) => {
		clearTimeout(timer);
		if (!gone && ms !== undefined && document.visibilityState === 'visible') timer = setTimeout(() => void now(), ms);
	};
	createEffect(() => {
		const ms = pause();
		if (!running) plan(ms);
	});
	const begin = (): Promise<void> => {
		running = run().finally(() => {
			running = undefined;
		});
		return running;
	};
	const now = (): Promise<void> => {
		if (!running) return begin();
		next ??= running.then(() => {
			next = undefined;
			return begin();
		});
		return next;
	};
	const back = () => {
		if (document.visibilityState === 'visible') void now();
		else clearTimeout(timer);
	};

	onMount(() => {
		document.addEventListener('visibilitychange', back);
		window.addEventListener('online', back);
		window.addEventListener('pageshow', back);
		void now();
	});
	onCleanup(() => {
		gone = true;
		clearTimeout(timer);
		document.removeEventListener('visibilitychange', back);
		window.removeEventListener('online', back);
		window.removeEventListener('pageshow', back);
	});
	return now;
};

export const isMoving = (state: string): boolean => state === 'Starting' || state === 'Stopping';
