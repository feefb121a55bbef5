/** How long each part of a start takes, one after the other. */
export interface Timing {
	/** What began when the part before it ended, or with the process, has ended. */
	ended(part: string): void;
	/** `start-up: loading 310 ms, ...` */
	line(): string;
}

/** @param now ms since the process began */
export const createTiming = (now: () => number): Timing => {
	const parts: string[] = [];
	let last = 0;
	return {
		ended: (part) => {
			const at = now();
			parts.push(`${part} ${Math.round(at - last)} ms`);
			last = at;
		},
		line: () => `start-up: ${parts.join(', ')}`,
	};
};
