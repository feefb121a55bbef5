/** Asks again and again while the page is visible, and at once when it comes back or the network does. */
import { onCleanup, onMount } from 'solid-js';

/** ms between two looks: short while something is on its way */
export const pollMs = { moving: 1_000, resting: 5_000 } as const;

/**
 * `look` never rejects; `pause` says how many ms to wait after it. The answer looks now, and resolves when that is done.
 * Looks don't overlap: one that is asked for during another follows it.
 */
export const usePoll = (look: () => Promise<void>, pause: () => number): (() => Promise<void>) => {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running: Promise<void> | undefined;
	let next: Promise<void> | undefined;
	let gone = false;

	const run = async () => {
		clearTimeout(timer);
		await look();
		if (!gone && document.visibilityState === 'visible') timer = setTimeout(() => void now(), pause());
	};
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
