import type { Clock } from './clock.ts';
import type { PtySize } from './pty.ts';

/** ms between two changes: each gives every viewer a new screen, and programs a signal. */
export const calm = {
	/** of one device whose window changes */
	resize: 100,
	/** from one device to another: two people may type at a time */
	takeOver: 1_000,
} as const;

/** The one size of the tmux session. Its last change counts, but not each on the way there. */
export const createGrid = (deps: { clock: Clock; changed: () => void }) => {
	const { clock } = deps;
	let size: PtySize = { columns: 80, rows: 24 };
	let changedAt = Number.NEGATIVE_INFINITY;
	let stop: (() => void) | undefined;

	const set = (wish: PtySize): void => {
		stop?.();
		stop = undefined;
		if (wish.columns === size.columns && wish.rows === size.rows) return;
		size = { columns: wish.columns, rows: wish.rows };
		changedAt = clock.now();
		deps.changed();
	};

	return {
		get size(): PtySize {
			return size;
		},
		/** Soon: at once after `rest` ms without a change. */
		wish(wish: PtySize, rest: number = calm.resize): void {
			stop?.();
			const wait = changedAt + rest - clock.now();
			if (wait > 0) stop = clock.after(wait, () => set(wish));
			else set(wish);
		},
		/** At once, for somebody who opens a terminal and would see two screens. */
		set,
		stop: (): void => stop?.(),
	};
};
