/** What a page's user typed long before it was back: the page asks, and they want nothing of it. */
export interface Typed {
	/** by byte: when it was typed, and the epoch that it was typed for */
	readonly at: number[];
	readonly forEpoch: (string | undefined)[];
	/** by keystroke: the number of the byte after its last, and whether its user knows that it is lost */
	readonly ends: readonly number[];
	readonly dropped: (true | undefined)[];
}

/** ms after which the page calls it old */
const oldMs = 30_000;

/** So many bytes were put aside: the last of those that are old; what is before them is with the agent. */
export const dropOld = ({ at, forEpoch, ends, dropped }: Typed, bytes: number, now: number): void => {
	const end = at.filter((typedAt) => now - typedAt > oldMs).length;
	forEpoch.fill(undefined, end - bytes, end);
	ends.forEach((last, keystroke) => {
		if (last > end - bytes && (ends[keystroke - 1] ?? 0) < end) dropped[keystroke] = true;
	});
};
