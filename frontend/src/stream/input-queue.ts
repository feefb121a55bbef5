/**
 * What was typed and is not acknowledged. One chunk is in flight at a time (I3); offsets count bytes from the epoch's beginning (I1).
 */
import { relay } from '@shellpod/protocol/limits.ts';
import { wholeCharacters } from '@shellpod/protocol/payload.ts';

export interface Chunk {
	offset: number;
	bytes: Uint8Array;
}

export interface InputQueue {
	/** bytes that are not acknowledged */
	readonly size: number;
	/** the chunk that was sent and is not acknowledged */
	readonly flight: Chunk | undefined;
	/** `keystroke`: the user typed it, so that it counts among what is told to be lost. */
	add(bytes: Uint8Array, keystroke: boolean): void;
	/** Puts the next chunk in flight; undefined while one is, or when nothing waits. */
	take(): Chunk | undefined;
	/** Puts what waits in flight too, behind what is there, if one chunk can hold it: it doesn't wait for an acknowledgement. */
	hurry(): void;
	/** The agent has everything below this offset. False where that says nothing new. */
	acknowledge(received: number): boolean;
	/** A new epoch begins at this offset: drops everything and answers how many keystrokes that were (I4). */
	restart(offset: number): number;
}

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => {
	const joined = new Uint8Array(a.length + b.length);
	joined.set(a);
	joined.set(b, a.length);
	return joined;
};

export const createInputQueue = (): InputQueue => {
	let base = 0;
	let waiting: Uint8Array = new Uint8Array(0);
	let flight: Chunk | undefined;
	/** the end offset of each keystroke that is not acknowledged */
	let ends: number[] = [];

	return {
		get size() {
			return (flight?.bytes.length ?? 0) + waiting.length;
		},
		get flight() {
			return flight;
		},
		add: (bytes, keystroke) => {
			if (bytes.length === 0) return;
			waiting = join(waiting, bytes);
			if (keystroke) ends.push(base + (flight?.bytes.length ?? 0) + waiting.length);
		},
		take: () => {
			if (flight || waiting.length === 0) return undefined;
			const length = wholeCharacters(waiting, relay.maxChunkBytes);
			flight = { offset: base, bytes: waiting.subarray(0, length) };
			waiting = waiting.subarray(length);
			return flight;
		},
		hurry: () => {
			if (!flight || flight.bytes.length + waiting.length > relay.maxChunkBytes) return;
			flight = { offset: base, bytes: join(flight.bytes, waiting) };
			waiting = new Uint8Array(0);
		},
		acknowledge: (received) => {
			// Less is an old acknowledgement that was overtaken; more was never sent.
			if (!flight || received <= base || received > base + flight.bytes.length) return false;
			const rest = flight.bytes.subarray(received - base);
			base = received;
			flight = rest.length > 0 ? { offset: base, bytes: rest } : undefined;
			ends = ends.filter((end) => end > base);
			return true;
		},
		restart: (offset) => {
			const dropped = ends.length;
			base = offset;
			waiting = new Uint8Array(0);
			flight = undefined;
			ends = [];
			return dropped;
		},
	};
};
