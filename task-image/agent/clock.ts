/** Time, as the agent sees it. */
export interface Clock {
	/** ms, monotonic, from any beginning */
	now(): number;
	/** ms since 1970 */
	wall(): number;
	/** Calls `run` once after `ms`; the answer takes it back. */
	after(ms: number, run: () => void): () => void;
	/** Calls `run` once when what is already waiting has been handled; the answer takes it back. */
	soon(run: () => void): () => void;
}

export const systemClock: Clock = {
	now: () => performance.now(),
	wall: () => Date.now(),
	after: (ms, run) => {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
	soon: (run) => {
		const immediate = setImmediate(run);
		return () => clearImmediate(immediate);
	},
};

/** A promise that a clock keeps. */
export const pause = (clock: Clock, ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done));
