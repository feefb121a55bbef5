import { relay } from '@shellpod/protocol/limits.ts';
import { wholeCharacters } from '@shellpod/protocol/payload.ts';
import type { Clock } from './clock.ts';

const times = {
	/** a program's next bytes are gathered for so long after a chunk went out */
	gather: 8,
	/** the rest of a character that was cut comes soon, or never */
	character: 50,
} as const;

export interface Chunk {
	offset: number;
	bytes: Uint8Array;
}

/**
 * The bytes of one screen on their way to one viewer: [O4] one chunk in flight, sent again until it is shown; [O5] at the window the source
 * is paused, and nothing queues anywhere else.
 */
export const createOutput = (deps: {
	clock: Clock;
	/** Sends a chunk, maybe for the second time. */
	transmit: (chunk: Chunk) => void;
	/** ms until the pace lets a chunk go */
	wait: () => number;
	source: { pause(): void; resume(): void };
}) => {
	const { clock, source } = deps;
	let pending: Uint8Array = new Uint8Array();
	let flight: Chunk | undefined;
	let shown = 0;
	let sentUpTo = 0;
	/** The beginning of a screen is gathered too: a redraw comes in several writes and shall be one message. */
	let quietUntil = Number.POSITIVE_INFINITY;
	let paused = false;
	let stopped = false;
	let stopTimer: (() => void) | undefined;

	const schedule = (stop: () => void): void => {
		stopTimer?.();
		stopTimer = stop;
	};

	const unshown = (): number => sentUpTo - shown + pending.length;

	const transmit = (chunk: Chunk): void => {
		deps.transmit(chunk);
		quietUntil = clock.now() + times.gather;
		schedule(clock.after(relay.resendMs, () => flight && transmit(flight)));
	};

	const sendNext = (cutCharacters = false): void => {
		if (stopped || flight || pending.length === 0) return;
		const whole = wholeCharacters(pending, relay.maxChunkBytes);
		const bytes = pending.slice(0, whole);
		// Less than one character: wholeCharacters lets it pass rather than never end; here the rest gets a moment to come.
		if (!cutCharacters && isCut(bytes)) {
			schedule(clock.after(times.character, () => sendNext(true)));
			return;
		}
		pending = pending.subarray(whole);
		flight = { offset: sentUpTo, bytes };
		sentUpTo += bytes.length;
		transmit(flight);
	};

	/** When the next chunk goes: at once after a rest, else when the gathering ends; `soon` merges what the program wrote in one go. */
	const plan = (): void => {
		if (stopped || flight || pending.length === 0) return;
		if (quietUntil === Number.POSITIVE_INFINITY) quietUntil = clock.now() + times.gather;
		const wait = Math.max(quietUntil - clock.now(), deps.wait());
		schedule(wait > 0 ? clock.after(wait, sendNext) : clock.soon(sendNext));
	};

	return {
		push(bytes: Uint8Array): void {
			if (stopped) return;
			pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
			if (!paused && unshown() >= relay.windowBytes) {
				paused = true;
				source.pause();
			}
			plan();
		},
		/** The viewer's terminal has parsed this much of the screen. */
		acknowledge(upTo: number): void {
			if (upTo <= shown || upTo > sentUpTo) return;
			shown = upTo;
			if (flight && shown >= flight.offset + flight.bytes.length) {
				flight = undefined;
				schedule(() => undefined);
				plan();
			}
			if (paused && unshown() < relay.windowBytes / 2) {
				paused = false;
				source.resume();
			}
		},
		/** Sends the chunk in flight again, e.g. because its viewer can be reached again. */
		again(): void {
			if (flight) transmit(flight);
		},
		/** whether a chunk is on its way or about to go, which can carry an acknowledgement */
		get due(): 'in flight' | 'soon' | 'nothing' {
			return flight ? 'in flight' : pending.length > 0 ? 'soon' : 'nothing';
		},
		stop(): void {
			stopped = true;
			schedule(() => undefined);
			pending = new Uint8Array();
			flight = undefined;
			// What is read from now on is thrown away, so that the program's last words come out and it can end.
			source.resume();
		},
	};
};

/** Whether these are nothing but the beginning of a character. */
const isCut = (bytes: Uint8Array): boolean => {
	const [lead] = bytes;
	if (lead === undefined || lead < 0xc0) return false;
	const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
	return bytes.length < length && bytes.subarray(1).every((byte) => (byte & 0xc0) === 0x80);
};
