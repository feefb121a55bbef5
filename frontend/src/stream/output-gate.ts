/**
 * Which output may go on the screen (O1-O3): each byte of the newest screen once, in order.
 */
import { joinBytes } from './bytes.ts';

export type Verdict =
	/** these bytes come next, maybe with some that were kept for them; whether their acknowledgement may wait */
	| { kind: 'take'; bytes: Uint8Array; end: number; mayWait: boolean }
	/** all of it is here already; the acknowledgement may have been lost */
	| { kind: 'have' }
	/** something before it is missing; it is kept until that comes */
	| { kind: 'early' }
	/** it belongs to an old screen */
	| { kind: 'ignore' }
	/** it belongs to a screen whose beginning did not come */
	| { kind: 'unknown screen' };

export interface OutputGate {
	/** number of the newest screen; -1 before the first */
	readonly screen: number;
	/** something that came early is kept: what is before it is missing */
	readonly waiting: boolean;
	/** A screen begins. False where it is not newer than the one that is here. */
	begin(screen: number): boolean;
	/** A new epoch: its screens count from its own beginning. */
	restart(): void;
	/** `mayWait`: whether the acknowledgement of these bytes may. */
	judge(screen: number, offset: number, bytes: Uint8Array, mayWait?: boolean): Verdict;
}

/** Chunks that are kept at most: an agent has fewer on their way. */
const mostKept = 64;

export const createOutputGate = (): OutputGate => {
	let screen = -1;
	let end = 0;
	/** what came early, by its offset */
	const kept = new Map<number, { bytes: Uint8Array; mayWait: boolean }>();

	const reset = (number: number) => {
		screen = number;
		end = 0;
		kept.clear();
	};
	/** What is new of these bytes; nothing where they leave a gap. */
	const freshOf = (offset: number, bytes: Uint8Array): Uint8Array | undefined => {
		if (offset > end || offset + bytes.length <= end) return undefined;
		const fresh = bytes.subarray(end - offset);
		end += fresh.length;
		return fresh;
	};
	/** What was kept and comes next now. */
	const next = (): { bytes: Uint8Array; mayWait: boolean } | undefined => {
		for (const [offset, { bytes, mayWait }] of kept) {
			if (offset > end) continue;
			kept.delete(offset);
			const fresh = freshOf(offset, bytes);
			if (fresh) return { bytes: fresh, mayWait };
		}
		return undefined;
	};

	return {
		get screen() {
			return screen;
		},
		get waiting() {
			return kept.size > 0;
		},
		begin: (number) => {
			if (number <= screen) return false;
			reset(number);
			return true;
		},
		restart: () => reset(-1),
		judge: (number, offset, bytes, mayWait = false) => {
			if (number > screen) return { kind: 'unknown screen' };
			if (number < screen) return { kind: 'ignore' };
			if (offset > end) {
				const before = kept.get(offset);
				if (before ? before.bytes.length < bytes.length : kept.size < mostKept) kept.set(offset, { bytes, mayWait });
				return { kind: 'early' };
			}
			const first = freshOf(offset, bytes);
			if (!first) return { kind: 'have' };
			const parts = [first];
			let all = mayWait;
			for (let more = next(); more; more = next()) {
				parts.push(more.bytes);
				all &&= more.mayWait;
			}
			return { kind: 'take', bytes: parts.length === 1 ? first : joinBytes(parts), end, mayWait: all };
		},
	};
};
