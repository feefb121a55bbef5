/**
 * What somebody types, on its way to the agent: sent again until it is there (I3), given up when the agent is another (I4), and put aside when it
 * has grown old while the page was cut off (I7).
 */
import { relay } from '@shellpod/protocol/limits.ts';
import type { Pace } from '@shellpod/protocol/pace.ts';
import { createPatience } from '@shellpod/protocol/patience.ts';
import { joinBytes } from './bytes.ts';
import { type Clock, createTimer } from './clock.ts';
import { type Chunk, createInputQueue, type Piece } from './input-queue.ts';

/** What was typed long before the page was back: it goes by the user's word only (I7). */
export interface Aside {
	bytes: Uint8Array;
	keystrokes: number;
}

export interface Typing {
	/** bytes that are not acknowledged */
	readonly size: number;
	/** keystrokes among them; a paste is one */
	readonly keystrokes: number;
	readonly aside: Aside;
	/** False when no more is taken while the page is cut off (I5). An interrupt waits for nothing (I6). */
	add(bytes: Uint8Array, keystroke: boolean, interrupt?: boolean): boolean;
	/** Sends what is in flight again, or the next. */
	send(): void;
	/** What may go before the agent has said how much it has: what is in flight, or the next; nothing where some of it is old. */
	early(): Chunk | undefined;
	/** The agent has everything below this offset. False where that says nothing new. */
	received(offset: number): boolean;
	/** Back after a cut: puts aside what is old. `taken`: the agent has read so far and will write it; undefined where it doesn't say. */
	back(taken: number | undefined): void;
	/** A new epoch; answers how many keystrokes were dropped (I4). */
	restart(offset: number): number;
	/** The user wants what was put aside, now. */
	sendAside(): void;
	dropAside(): void;
	/** The user wants nothing of what has not been sent; what a program has to see the end of is ended. */
	cancel(): void;
	stop(): void;
}

/** ms after which what was typed is old */
const oldMs = 30_000;
/** ms after which a message that was on its way is nowhere any more: the relay's function gives up far sooner */
const transitMs = 30_000;

const pasteBegin = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** Whether a bracketed paste that began before ends in these bytes. */
const endsPaste = (bytes: Uint8Array): boolean => {
	const text = new TextDecoder('latin1').decode(bytes);
	const [begin, end] = [text.indexOf(pasteBegin), text.indexOf(pasteEnd)];
	return end >= 0 && (begin < 0 || end < begin);
};

export const createTyping = (options: {
	clock: Clock;
	pace: Pace;
	/** the agent is there */
	live: () => boolean;
	transmit: (chunk: Chunk) => void;
	onAside?: ((aside: Aside) => void) | undefined;
}): Typing => {
	const { clock, pace } = options;
	const queue = createInputQueue();
	const resend = createTimer(clock);
	let patience = createPatience();
	let sentAt = Number.NEGATIVE_INFINITY;
	/** when what is in flight went first over this way, and whether it went once only */
	let beganAt: number | undefined;
	let once = false;
	let aside: Piece[] = [];

	const keepAside = (pieces: Piece[]) => {
		aside = pieces;
		options.onAside?.(asideNow());
	};
	const asideNow = (): Aside => ({ bytes: joinBytes(aside.map(({ bytes }) => bytes)), keystrokes: aside.length });

	const send = (atOnce = false) => {
		resend.clear();
		if (!options.live()) return;
		const wait = pace.wait();
		if (wait > 0 && !atOnce) return resend.set(wait, () => send());
		once = !queue.flight;
		const chunk = queue.flight ?? queue.take();
		if (!chunk) return;
		sentAt = clock.now();
		beganAt = once ? sentAt : (beganAt ?? sentAt);
		options.transmit(chunk);
		resend.set(patience.wait(relay.resendMs, chunk.bytes.length), () => {
			patience.missed(relay.resendMs, chunk.bytes.length);
			send();
		});
	};

	const add = (bytes: Uint8Array, keystroke: boolean, interrupt = false) => {
		queue.add({ bytes, at: clock.now(), keystroke });
		if (interrupt) queue.hurry();
		if (interrupt || !queue.flight) send(interrupt);
	};

	return {
		get size() {
			return queue.size;
		},
		get keystrokes() {
			return queue.keystrokes;
		},
		get aside() {
			return asideNow();
		},
		add: (bytes, keystroke, interrupt) => {
			const waiting = queue.size + aside.reduce((sum, piece) => sum + piece.bytes.length, 0);
			if (!options.live() && waiting + bytes.length > relay.maxQueuedInputBytes) return false;
			add(bytes, keystroke, interrupt);
			return true;
		},
		send: () => send(),
		early: () => {
			const { since } = queue;
			if (since === undefined || clock.now() - since > oldMs || pace.wait() > 0) return undefined;
			sentAt = clock.now();
			return queue.flight ?? queue.take();
		},
		received: (offset) => {
			const isNew = queue.acknowledge(offset);
			if (!isNew || beganAt === undefined) return isNew;
			if (once) patience.took(clock.now() - beganAt);
			else patience.tookCopies(clock.now() - beganAt);
			return true;
		},
		back: (taken) => {
			const now = clock.now();
			const { flight } = queue;
			const end = flight ? flight.offset + flight.bytes.length : 0;
			// What may still arrive can't be taken back: its place in the stream is its own.
			const from = taken === undefined || now - sentAt < transitMs ? end : taken;
			const old = queue.takeOut(from, ({ at }) => now - at > oldMs).filter(({ keystroke }) => keystroke);
			if (old.length > 0) keepAside([...aside, ...old]);
		},
		restart: (offset) => queue.restart(offset),
		sendAside: () => {
			const { bytes } = asideNow();
			keepAside([]);
			add(bytes, true);
		},
		dropAside: () => keepAside([]),
		cancel: () => {
			const { flight } = queue;
			const dropped = queue.takeOut(flight ? flight.offset + flight.bytes.length : 0, () => true);
			// The mark may lie across the cut.
			const sent = flight?.bytes.subarray(1 - pasteEnd.length) ?? new Uint8Array(0);
			if (endsPaste(joinBytes([sent, ...dropped.map(({ bytes }) => bytes)]))) add(new TextEncoder().encode(pasteEnd), false);
		},
		stop: () => {
			resend.clear();
			// The next way is another one.
			patience = createPatience();
			beganAt = undefined;
		},
	};
};
