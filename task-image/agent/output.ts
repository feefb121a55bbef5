import { relay } from '@shellpod/protocol/limits.ts';
import { wholeCharacters } from '@shellpod/protocol/payload.ts';
import type { Clock } from './clock.ts';
import { createWindow } from './window.ts';

const times = {
	/** a program's next bytes are gathered for so long after a chunk went out */
	gather: 8,
	/** the rest of a character that was cut comes soon, or never */
	character: 50,
	/** without a word from the program: longer than a tool takes from frame to frame, shorter than anybody notices */
	rest: 60,
	/** between two frames: half the way there and back, within these bounds */
	least: 16,
	most: 100,
} as const;

/** chunks on their way at a time, to a viewer that puts them in order */
const most = 32;

export interface Chunk {
	offset: number;
	bytes: Uint8Array;
	/** bytes that may be on their way, for a viewer that acknowledges seldom */
	window?: number;
}

interface Flight extends Chunk {
	sentAt: number;
	/** it was sent once only: its acknowledgement tells how long the way is */
	once: boolean;
	/** bytes that were shown when it was sent, and whether no more than it could be sent then */
	shownAtSend: number;
	full: boolean;
}

/** How a viewer takes its output. */
export interface Manners {
	/** [O4] It puts chunks in order and acknowledges seldom; else one is in flight at a time. */
	many: boolean;
	/** ms after which what is not acknowledged is sent again */
	resendMs: () => number;
}

/**
 * The bytes of one screen on their way to one viewer: [O4] kept and sent again until they are shown; [O5] at the window the source is paused, and
 * nothing queues anywhere else.
 */
export const createOutput = (deps: {
	clock: Clock;
	manners: Manners;
	/** Sends a chunk, maybe for the second time. */
	transmit: (chunk: Chunk, again: boolean) => void;
	/** ms until the next chunk may go; `atRest`: if the program says nothing more for a while */
	wait: (atRest: boolean) => number;
	source: { pause(): void; resume(): void };
}) => {
	const { clock, source, manners } = deps;
	const window = createWindow();
	let pending: Uint8Array = new Uint8Array();
	let flights: Flight[] = [];
	let shown = 0;
	let sentUpTo = 0;
	/** The beginning of a screen is gathered too: a redraw comes in several writes and shall be one message. */
	let quietUntil = Number.POSITIVE_INFINITY;
	/** ms there and back, the least that was seen lately: an acknowledgement may wait for company */
	let roundTrip = 0;
	let pushedAt = clock.now();
	let paused = false;
	let stopped = false;
	let stopSending: (() => void) | undefined;
	let stopResending: (() => void) | undefined;

	const full = (): boolean => (manners.many ? flights.length >= most || sentUpTo - shown >= window.bytes : flights.length > 0);

	const transmit = (flight: Flight, again: boolean): void => {
		flight.sentAt = clock.now();
		if (again) flight.once = false;
		deps.transmit({ offset: flight.offset, bytes: flight.bytes, ...(manners.many && { window: window.bytes }) }, again);
		const frame = manners.many ? Math.min(times.most, Math.max(times.least, roundTrip / 2)) : 0;
		quietUntil = clock.now() + Math.max(times.gather, frame);
		watch();
	};

	/** The first that isn't shown is sent again when its time is over. */
	const watch = (): void => {
		stopResending?.();
		stopResending = undefined;
		const [first] = flights;
		if (!first) return;
		const wait = Math.max(0, first.sentAt + manners.resendMs() - clock.now());
		stopResending = clock.after(wait, () => {
			// Somebody may have begun to use it meanwhile, or stopped.
			if (clock.now() - first.sentAt < manners.resendMs()) watch();
			else transmit(first, true);
		});
	};

	const sendNext = (cutCharacters = false): void => {
		stopSending = undefined;
		if (stopped || full() || pending.length === 0) return;
		const whole = wholeCharacters(pending, relay.maxChunkBytes);
		const bytes = pending.slice(0, whole);
		// Less than one character: wholeCharacters lets it pass rather than never end; here the rest gets a moment to come.
		if (!cutCharacters && isCut(bytes)) {
			stopSending = clock.after(times.character, () => sendNext(true));
			return;
		}
		pending = pending.subarray(whole);
		if (paused && pending.length < relay.maxPendingBytes / 2) {
			paused = false;
			source.resume();
		}
		const flight: Flight = { offset: sentUpTo, bytes, sentAt: clock.now(), once: true, shownAtSend: shown, full: false };
		flights.push(flight);
		sentUpTo += bytes.length;
		flight.full = full();
		transmit(flight, false);
		plan();
	};

	/** When the next chunk goes: at once after a rest, else when the gathering ends; `soon` merges what the program wrote in one go. */
	const plan = (): void => {
		stopSending?.();
		stopSending = undefined;
		if (stopped || full() || pending.length === 0) return;
		if (quietUntil === Number.POSITIVE_INFINITY) quietUntil = clock.now() + times.gather;
		const rested = Math.max(pushedAt + times.rest - clock.now(), deps.wait(true));
		const wait = Math.max(quietUntil - clock.now(), Math.min(deps.wait(false), rested));
		stopSending = wait > 0 ? clock.after(wait, sendNext) : clock.soon(sendNext);
	};

	const learn = (flight: Flight): void => {
		if (!flight.once) return;
		const took = clock.now() - flight.sentAt;
		window.delivered(shown - flight.shownAtSend, took, flight.full);
		roundTrip = roundTrip === 0 ? took : Math.min(took, roundTrip * 1.1);
	};

	return {
		push(bytes: Uint8Array): void {
			if (stopped) return;
			pushedAt = clock.now();
			pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
			if (!paused && pending.length >= relay.maxPendingBytes) {
				paused = true;
				source.pause();
			}
			plan();
		},
		/** The viewer's terminal has parsed this much of the screen. `gap`: it says so for the second time, since something before what came is missing. */
		acknowledge(upTo: number, gap = false): void {
			const [first] = flights;
			if (upTo === shown && gap && first && manners.many && clock.now() - first.sentAt > Math.max(times.most, 1.5 * roundTrip)) transmit(first, true);
			if (upTo <= shown || upTo > sentUpTo) return;
			shown = upTo;
			const done = flights.filter(({ offset, bytes }) => offset + bytes.length <= shown);
			if (done.length > 0) {
				flights = flights.slice(done.length);
				learn(done.at(-1) as Flight);
				watch();
				plan();
			}
		},
		/** Sends what is in flight again, e.g. because its viewer can be reached again. */
		again(): void {
			const [first] = flights;
			if (first) transmit(first, true);
		},
		/** What may go has changed: looks anew when. */
		hurry: (): void => plan(),
		/** whether a chunk is on its way or about to go, which can carry an acknowledgement */
		get due(): 'full' | 'soon' | 'nothing' {
			return full() ? 'full' : pending.length > 0 ? 'soon' : 'nothing';
		},
		stop(): void {
			stopped = true;
			stopSending?.();
			stopResending?.();
			pending = new Uint8Array();
			flights = [];
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
