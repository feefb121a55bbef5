import type { Clock } from './clock.ts';

const times = {
	/** a screen begins: tmux may skip while it draws a large one, which is no flood */
	begin: 1_000,
	/** a flow of output that is looked into has no longer pause, and takes so long at least */
	pause: 160,
	flow: 100,
	/** tmux counts what it skips every 100 ms */
	count: 160,
	/** until it is asked again in the same flow, when it said that it skips nothing; then twice as long, and so on */
	again: 200,
	longest: 10_000,
	/** between two screens that are asked for, and after which one that didn't come is not waited for any more */
	screens: 50,
} as const;

/** bytes a millisecond of a flow, at the least: somebody's typing is far less */
const leastSpeed = 10;

/**
 * [O13] Whether tmux skips output of its client, in a flood: then it draws the client's screen every 100 ms, however slow or fast the client
 * reads, and what it has drawn last may be so old.
 */
export const createSkips = (deps: {
	clock: Pick<Clock, 'now' | 'after'>;
	/** How many bytes tmux has skipped for the client since it attached, NaN when it doesn't say; `redraw`: draws its screen before. */
	skipped: (redraw: boolean) => Promise<number>;
}) => {
	const { clock } = deps;
	let on = false;
	let asking = false;
	let skipped = 0;
	let skippedAt = Number.NEGATIVE_INFINITY;
	let firstAt: number | undefined;
	let flow = { since: Number.NEGATIVE_INFINITY, bytes: 0 };
	let printedAt = Number.NEGATIVE_INFINITY;
	let notBefore = Number.NEGATIVE_INFINITY;
	let again: number = times.again;
	let refreshedAt = Number.NEGATIVE_INFINITY;

	const ask = async (redraw: boolean): Promise<void> => {
		if (asking) return;
		asking = true;
		const count = await deps.skipped(redraw);
		asking = false;
		const now = clock.now();
		if (count > skipped) {
			on = true;
			skipped = count;
			skippedAt = now;
			again = times.again;
		} else if (now - skippedAt > times.count) {
			on = false;
			notBefore = now + again;
			again = Math.min(times.longest, 2 * again);
		}
	};

	return {
		get on() {
			return on;
		},
		/** So many bytes came from tmux. */
		printed(bytes: number): void {
			const now = clock.now();
			firstAt ??= now;
			if (now < firstAt + times.begin) return;
			if (now - printedAt > times.pause) {
				flow = { since: now, bytes: 0 };
				notBefore = now + times.flow;
				again = times.again;
			}
			printedAt = now;
			flow.bytes += bytes;
			if (!on && now >= notBefore && flow.bytes >= leastSpeed * (now - flow.since)) void ask(false);
		},
		/** ms until the next screen may be asked for */
		wait: (): number => refreshedAt + times.screens - clock.now(),
		/** Has the screen drawn anew, and learns whether tmux still skips; `done` when that is drawn or about to be, or takes too long. */
		refresh(done: () => void): void {
			refreshedAt = clock.now();
			let waits = true;
			const end = (): void => {
				stopWaiting();
				if (waits) done();
				waits = false;
			};
			const stopWaiting = clock.after(times.screens, end);
			void ask(true).then(end);
		},
	};
};
