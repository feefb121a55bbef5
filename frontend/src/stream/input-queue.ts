/**
 * What was typed and is not acknowledged. One chunk is in flight at a time (I3); offsets count bytes from the epoch's beginning (I1).
 */
import { relay } from '@shellpod/protocol/limits.ts';
import { wholeCharacters } from '@shellpod/protocol/payload.ts';
import { joinBytes } from './bytes.ts';

export interface Chunk {
	offset: number;
	bytes: Uint8Array;
}

/** What was typed in one go: a key, or a paste. */
export interface Piece {
	bytes: Uint8Array;
	/** when, ms */
	at: number;
	/** the user typed it, so that it counts among what is told to be lost */
	keystroke: boolean;
}

export interface InputQueue {
	/** bytes that are not acknowledged */
	readonly size: number;
	/** keystrokes among them */
	readonly keystrokes: number;
	/** when the oldest of it was typed, ms; undefined where there is nothing */
	readonly since: number | undefined;
	/** the chunk that was sent and is not acknowledged */
	readonly flight: Chunk | undefined;
	add(piece: Piece): void;
	/** Puts the next chunk in flight; undefined while one is, or when nothing waits. */
	take(): Chunk | undefined;
	/** Puts what waits in flight too, behind what is there, if one chunk can hold it: it doesn't wait for an acknowledgement. */
	hurry(): void;
	/** The agent has everything below this offset. False where that says nothing new. */
	acknowledge(received: number): boolean;
	/** A new epoch begins at this offset: drops everything and answers how many keystrokes that were (I4). */
	restart(offset: number): number;
	/**
	 * Takes out what `which` says of, beginning at this offset, and gives it. What is in flight from there on is in flight no more: whoever says so
	 * knows that it won't arrive.
	 */
	takeOut(from: number, which: (piece: Piece) => boolean): Piece[];
}

/** Pieces without their first bytes; the one that the cut lies in is cut. */
const without = (pieces: readonly Piece[], count: number): Piece[] => {
	let at = 0;
	let left = count;
	for (; at < pieces.length && left >= (pieces[at] as Piece).bytes.length; at++) left -= (pieces[at] as Piece).bytes.length;
	const [first, ...rest] = pieces.slice(at);
	return first ? [{ ...first, bytes: first.bytes.subarray(left) }, ...rest] : [];
};

/** Their first bytes, as pieces. */
const firstOf = (pieces: readonly Piece[], count: number): Piece[] => {
	const found: Piece[] = [];
	for (let at = 0, left = count; left > 0 && at < pieces.length; at++) {
		const piece = pieces[at] as Piece;
		found.push({ ...piece, bytes: piece.bytes.subarray(0, left) });
		left -= piece.bytes.length;
	}
	return found;
};

const bytesOf = (pieces: readonly Piece[]): Uint8Array => joinBytes(pieces.map(({ bytes }) => bytes));
const keystrokesOf = (pieces: readonly Piece[]): number => pieces.filter(({ keystroke }) => keystroke).length;

export const createInputQueue = (): InputQueue => {
	/** offset of the first byte in `pieces` */
	let base = 0;
	let pieces: Piece[] = [];
	let size = 0;
	let flight: Chunk | undefined;

	const keep = (next: Piece[]) => {
		pieces = next;
		size = next.reduce((sum, { bytes }) => sum + bytes.length, 0);
	};

	return {
		get size() {
			return size;
		},
		get keystrokes() {
			return keystrokesOf(pieces);
		},
		get since() {
			return pieces[0]?.at;
		},
		get flight() {
			return flight;
		},
		add: (piece) => {
			if (piece.bytes.length === 0) return;
			pieces.push(piece);
			size += piece.bytes.length;
		},
		take: () => {
			if (flight || size === 0) return undefined;
			// One byte more than fits tells whether the last character does.
			const next = bytesOf(firstOf(pieces, relay.maxChunkBytes + 1));
			flight = { offset: base, bytes: next.subarray(0, wholeCharacters(next, relay.maxChunkBytes)) };
			return flight;
		},
		hurry: () => {
			if (flight && size <= relay.maxChunkBytes) flight = { offset: base, bytes: bytesOf(pieces) };
		},
		acknowledge: (received) => {
			// Less is an old acknowledgement that was overtaken; more was never sent.
			if (!flight || received <= base || received > base + flight.bytes.length) return false;
			const rest = flight.bytes.subarray(received - base);
			keep(without(pieces, received - base));
			base = received;
			flight = rest.length > 0 ? { offset: base, bytes: rest } : undefined;
			return true;
		},
		restart: (offset) => {
			const dropped = keystrokesOf(pieces);
			base = offset;
			keep([]);
			flight = undefined;
			return dropped;
		},
		takeOut: (start, which) => {
			const left = Math.max(0, start - base);
			const rest = without(pieces, left);
			const out = rest.filter(which);
			if (flight) flight = left > 0 ? { offset: base, bytes: flight.bytes.subarray(0, left) } : undefined;
			if (out.length > 0) keep([...firstOf(pieces, left), ...rest.filter((piece) => !which(piece))]);
			return out;
		},
	};
};
