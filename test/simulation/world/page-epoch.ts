/** For which run of an agent a page's user types: that of the newest screen that has come. */
export const createPageEpoch = (first: (epoch: string) => void) => {
	let current: string | undefined;
	const past = new Set<string>();
	return {
		get current() {
			return current;
		},
		/** A screen's record comes first in its message. */
		note(payload: string, late: boolean): void {
			const found = /^(?:\+\w+\|)?s\w+:(\w+),/.exec(payload)?.[1];
			// The late word of an agent that is gone.
			if (found === undefined || past.has(found) || (late && found !== current)) return;
			// What waited for the first screen was typed for it.
			if (current === undefined) first(found);
			else if (found !== current) past.add(current);
			current = found;
		},
	};
};
