import type { Clock } from './clock.ts';

const times = {
	/** without a word from a program that goes on all the time: longer than a tool takes from frame to frame, shorter than anybody notices */
	least: 60,
	/** and from one that pauses: so much longer than it lately did, but no longer than this */
	more: 10,
	most: 150,
	/** what was longer ago than twice this is not lately */
	memory: 2_000,
} as const;

/** [O8] When a program counts as at rest: what it makes a pause for all the time is no end. */
export const createPauses = (clock: Pick<Clock, 'now'>) => {
	let printedAt = clock.now();
	/** the longest pause of two spans of time, the one that passes and the one before it */
	let [longest, before] = [0, 0];
	let since = printedAt;
	return {
		/** The program prints. */
		end(): void {
			const now = clock.now();
			const pause = now - printedAt;
			printedAt = now;
			if (now - since >= times.memory) {
				before = now - since < 2 * times.memory ? longest : 0;
				longest = 0;
				since = now;
			}
			if (pause <= times.most) longest = Math.max(longest, pause);
		},
		/** ms until it counts as at rest, if it prints nothing before */
		wait: (): number => printedAt + Math.min(times.most, Math.max(times.least, longest + times.more, before + times.more)) - clock.now(),
	};
};
