/** How far a screen has come in what is printed, over time; and how old one screen is beside another. */

export interface Timeline {
	/** It has come so far at `at`, ms on one clock for all timelines. */
	add(at: number, progress: number): void;
	/** how far at `at`; -1 before the first */
	progressAt(at: number): number;
	/** when it was further than `progress` for the first time; undefined while it isn't */
	passed(progress: number): number | undefined;
}

export const createTimeline = (): Timeline => {
	const marks: { at: number; progress: number }[] = [];
	/** the first index whose mark fits; marks rise in both */
	const first = (fits: (mark: { at: number; progress: number }) => boolean): number => {
		let [low, high] = [0, marks.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			const mark = marks[middle];
			if (mark && fits(mark)) high = middle;
			else low = middle + 1;
		}
		return low;
	};
	return {
		add: (at, progress) => {
			const last = marks.at(-1);
			if (!last || progress > last.progress) marks.push({ at, progress });
		},
		progressAt: (at) => marks[first((mark) => mark.at > at) - 1]?.progress ?? -1,
		passed: (progress) => marks[first((mark) => mark.progress > progress)]?.at,
	};
};

/** ms since what `page` shows at `at` stopped to be the truth; 0 while it is. */
export const stalenessAt = (truth: Timeline, page: Timeline, at: number): number => {
	const passed = truth.passed(page.progressAt(at));
	return passed === undefined ? 0 : Math.max(0, at - passed);
};

/** The value under which this share of all lies. */
export const quantile = (values: readonly number[], share: number): number => {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
