/**
 * How long an end waits for an acknowledgement before it sends the same again (I3, O4). What is lost shall be there soon, but on a way that is only
 * slow copies come on top of what is under way already: each makes the next acknowledgement later, until nothing but copies is carried.
 */

/** bytes a ms: copies of what is small don't fill even a way as slow as this */
const slowest = 1;
/** ms, at most: twice what the largest message takes on it */
const longest = 60_000;

export interface Patience {
	/** ms until a message with so many bytes in it is sent again; `least` where the way is quick */
	wait(least: number, bytes: number): number;
	/** Nothing was heard in time, and it is sent again. */
	missed(least: number, bytes: number): void;
	/** What went once was acknowledged after so many ms. `keptBack`: its acknowledgement may have waited for a while. */
	took(ms: number, keptBack?: boolean): void;
	/** What was sent again was acknowledged, so many ms after it first went: no one knows which of its copies arrived. */
	tookCopies(ms: number): void;
}

const isLarge = (least: number, bytes: number): boolean => bytes > least * slowest;

export const createPatience = (): Patience => {
	/** ms that the way last took, there and back */
	let way = 0;
	/** ms that it may take for what is large; nothing has told better since */
	let doubt = 0;
	/** of what is large, since then */
	let copies = 0;
	return {
		wait: (least, bytes) => {
			const known = Math.max(least, 2 * way);
			return Math.min(longest, isLarge(least, bytes) ? Math.max(known, 2 * doubt) * 2 ** copies : known);
		},
		missed: (least, bytes) => {
			if (isLarge(least, bytes)) copies += 1;
		},
		took: (ms, keptBack = false) => {
			doubt = 0;
			copies = 0;
			if (!keptBack || ms < way) way = ms;
		},
		tookCopies: (ms) => {
			if (copies > 0) doubt = Math.max(doubt, ms);
			copies = 0;
		},
	};
};
