/** A screen that keeps the bytes it was given, and shows them after a while of its own. */
import type { Clock } from '../../../frontend/src/stream/clock.ts';
import type { Screen, Size } from '../../../frontend/src/stream/screen.ts';

export const createBufferingScreen = (clock: Clock, parseMs = 0) => {
	let bytes: number[] = [];
	let size: Size | undefined;
	let begins = 0;
	const later = (shown: () => void) => {
		if (parseMs === 0) shown();
		else clock.after(parseMs, shown);
	};
	const screen: Screen = {
		begin: (next, first, shown) => {
			begins += 1;
			size = next;
			bytes = [...first];
			later(shown);
		},
		write: (more, shown) => {
			bytes.push(...more);
			later(shown);
		},
	};
	return {
		screen,
		get bytes() {
			return Uint8Array.from(bytes);
		},
		get size() {
			return size;
		},
		get begins() {
			return begins;
		},
	};
};
