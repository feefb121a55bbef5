/** How long after its last change a screen was right on the page: for each time that it rested. */

export interface Change {
	/** ms on one clock for both screens */
	at: number;
	/** the whole screen, from then on */
	text: string;
}

/** ms without a change that are a rest */
const restMs = 500;

/**
 * ms from the beginning of each rest of `truth` until `page` showed the same, and went on showing it; the whole rest where it never did.
 * @param until end of both
 */
export const delaysAtRest = (truth: readonly Change[], page: readonly Change[], until: number): number[] =>
	truth.flatMap(({ at, text }, index) => {
		const end = truth[index + 1]?.at ?? until;
		if (end - at < restMs) return [];
		const before = page.findLastIndex((change) => change.at <= at);
		let right = end;
		for (const change of page.slice(Math.max(0, before))) {
			if (change.at >= end) break;
			if (change.text !== text) right = end;
			else right = Math.min(right, change.at);
		}
		return [Math.max(0, right - at)];
	});
