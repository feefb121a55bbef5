/** Time as the stream sees it; tests put a virtual one in its place. */
export interface Clock {
	/** ms; only differences mean something */
	now(): number;
	/** Runs `action` once after `ms`; the answer takes it back. */
	after(ms: number, action: () => void): () => void;
}

export const wallClock: Clock = {
	now: () => Date.now(),
	after: (ms, action) => {
		const timer = setTimeout(action, ms);
		return () => clearTimeout(timer);
	},
};

/** One pending action at most: setting it again replaces it. */
export interface Timer {
	set(ms: number, action: () => void): void;
	clear(): void;
	readonly pending: boolean;
}

export const createTimer = (clock: Clock): Timer => {
	let cancel: (() => void) | undefined;
	const clear = () => {
		cancel?.();
		cancel = undefined;
	};
	return {
		set: (ms, action) => {
			clear();
			cancel = clock.after(ms, () => {
				cancel = undefined;
				action();
			});
		},
		clear,
		get pending() {
			return cancel !== undefined;
		},
	};
};
