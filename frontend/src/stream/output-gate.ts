/**
 * Which output may go on the screen (O1-O3): each byte of the newest screen once, in order.
 */
export type Verdict =
	/** these bytes come next */
	| { kind: 'take'; bytes: Uint8Array; end: number }
	/** all of it is here already; the acknowledgement may have been lost */
	| { kind: 'have' }
	/** something before it is missing, or it belongs to an old screen */
	| { kind: 'ignore' }
	/** it belongs to a screen whose beginning did not come */
	| { kind: 'unknown screen' };

export interface OutputGate {
	/** number of the newest screen; -1 before the first */
	readonly screen: number;
	/** A screen begins. False where it is not newer than the one that is here. */
	begin(screen: number): boolean;
	/** A new epoch: its screens count from its own beginning. */
	restart(): void;
	judge(screen: number, offset: number, bytes: Uint8Array): Verdict;
}

export const createOutputGate = (): OutputGate => {
	let screen = -1;
	let end = 0;
	return {
		get screen() {
			return screen;
		},
		begin: (number) => {
			if (number <= screen) return false;
			screen = number;
			end = 0;
			return true;
		},
		restart: () => {
			screen = -1;
			end = 0;
		},
		judge: (number, offset, bytes) => {
			if (number > screen) return { kind: 'unknown screen' };
			if (number < screen || offset > end) return { kind: 'ignore' };
			if (offset + bytes.length <= end) return { kind: 'have' };
			const fresh = bytes.subarray(end - offset);
			end += fresh.length;
			return { kind: 'take', bytes: fresh, end };
		},
	};
};
