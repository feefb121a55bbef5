/** Seconds that somebody has to wait, counted down on the page. */
import { createEffect, createSignal, onCleanup } from 'solid-js';

/** "45 s", "4 min 40 s", "3 h" */
export const waitWords = (seconds: number): string => {
	if (seconds < 60) return `${seconds} s`;
	if (seconds < 3_600) return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	return `${Math.ceil(seconds / 3_600)} h`;
};

/** Seconds left of `seconds`, counted from when that was last set; 0 when it is over, or there is nothing to wait for. */
export const createCountdown = (seconds: () => number | undefined): (() => number) => {
	const [left, setLeft] = createSignal(0);
	createEffect(() => {
		const end = Date.now() + (seconds() ?? 0) * 1_000;
		const count = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1_000)));
		count();
		const timer = setInterval(count, 250);
		onCleanup(() => clearInterval(timer));
	});
	return left;
};
