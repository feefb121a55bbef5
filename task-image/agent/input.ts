import { relay } from '@shellpod/protocol/limits.ts';
import type { Clock } from './clock.ts';

/** ms after which what was typed is taken for echoed, if it is echoed at all. */
const echoMs = 50;

/** What a page says by itself is whether it has the focus. */
export const isTyped = (bytes: Uint8Array): boolean => Buffer.from(bytes).toString('latin1').replaceAll('\x1b[I', '').replaceAll('\x1b[O', '') !== '';

/** What a viewer typed into one terminal in this epoch: each byte once, in order. */
export const createInput = (clock: Clock) => {
	const queue: Uint8Array[] = [];
	let queued = 0;
	let written = 0;
	/** until when what was written when; only the last 50 ms */
	let marks: { offset: number; at: number }[] = [];
	let echoed = 0;

	const settle = (): void => {
		const limit = clock.now() - echoMs;
		let settled = 0;
		for (const mark of marks) {
			if (mark.at > limit) break;
			echoed = mark.offset;
			settled++;
		}
		if (settled) marks = marks.slice(settled);
	};

	return {
		/** [I2] Takes what is new of this chunk; what it has, what leaves a gap, and what would wait beyond the bound is left. Gives what it took. */
		accept(offset: number, bytes: Uint8Array): Uint8Array {
			const next = written + queued;
			if (offset > next || offset + bytes.length <= next || queued >= relay.maxQueuedInputBytes) return new Uint8Array();
			const fresh = bytes.subarray(next - offset);
			queue.push(fresh);
			queued += fresh.length;
			return fresh;
		},
		/** Gives what waits to `write`, which says how many bytes it took; stops at the first that it doesn't take. */
		flush(write: (bytes: Uint8Array) => number): void {
			for (let first = queue[0]; first; first = queue[0]) {
				const count = write(first);
				if (count > 0) {
					written += count;
					queued -= count;
					settle();
					marks.push({ offset: written, at: clock.now() });
				}
				if (count < first.length) {
					queue[0] = first.subarray(count);
					return;
				}
				queue.shift();
			}
		},
		/** bytes that wait for a program that takes them */
		get waiting(): number {
			return queued;
		},
		/** bytes since the epoch's beginning that a program got */
		get received(): number {
			return written;
		},
		/** bytes since the epoch's beginning that it has, or will get from here */
		get taken(): number {
			return written + queued;
		},
		/** of those that it got, those that it has had for 50 ms */
		get echoed(): number {
			settle();
			return echoed;
		},
	};
};
export type Input = ReturnType<typeof createInput>;
