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
	/** The agent has everything below this offset. False where that says nothing new. */
	acknowledge(received: number): boolean;
	/** A new epoch begins at this offset: drops everything and answers how many keystrokes that were (I4). */
	restart(offset: number): number;
}

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
			const joined = new Uint8Array(waiting.length + bytes.length);
			joined.set(waiting);
			joined.set(bytes, waiting.length);
			waiting = joined;
			if (keystroke) ends.push(base + (flight?.bytes.length ?? 0) + waiting.length);
		},
		take: () => {
			if (flight || waiting.length === 0) return undefined;
			const length = wholeCharacters(waiting, relay.maxChunkBytes);
			flight = { offset: base, bytes: waiting.subarray(0, length) };
			waiting = waiting.subarray(length);
			return flight;
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
