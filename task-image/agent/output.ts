import { relay } from '@shellpod/protocol/limits.ts';
import { createPatience } from '@shellpod/protocol/patience.ts';
import type { Pack, Payload } from '@shellpod/protocol/payload.ts';
import type { Clock } from './clock.ts';
import { drawsNothing, isCutCharacter, openUpdate } from './cut.ts';
import { fillMessage } from './fill.ts';
import { createPauses } from './pauses.ts';
import { createPending } from './pending.ts';
import { createSkips } from './skips.ts';
import { createWindow } from './window.ts';

const times = {
	/** a program's next bytes are gathered for so long after a chunk went out */
	gather: 8,
	/** a screen begins when nothing more of its redraw came for that long, but no later than this */
	begin: 40,
	/** tmux clears the screen in a write of its own: that goes alone when nothing is drawn for so long */
	empty: 250,
	/** the rest of a character that was cut, or of an update of the screen, comes soon, or never */
	rest: 50,
	/** between two frames: half the way there and back, within these bounds */
	least: 16,
	most: 100,
} as const;

/** chunks on their way at a time, to a viewer that puts them in order */
const most = 32;

export interface Chunk {
	offset: number;
	payload: Payload;
	/** nothing waits for its acknowledgement */
	later?: true;
}

interface Flight extends Chunk {
	/** offset of what follows it */
	end: number;
	beganAt: number;
	sentAt: number;
	/** it was sent once only: its acknowledgement tells how long the way is */
	once: boolean;
	/** bytes of messages that were on their way when it was sent, itself included, and whether no more than that could be */
	under: number;
	full: boolean;
}

/** How a viewer takes its output. */
export interface Manners {
	/** [O4] It puts chunks in order and acknowledges seldom; else one is in flight at a time. */
	many: boolean;
	/** [O9] for one that unpacks */
	pack?: Pack | undefined;
	/** ms after which what is not acknowledged is sent again, on a quick way */
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
	/** the tmux client; `skipped`: as skips.ts wants it */
	source: { pause(): void; resume(): void; skipped: (redraw: boolean) => Promise<number> };
}) => {
	const { clock, source, manners } = deps;
	const window = createWindow();
	const pending = createPending();
	const patience = createPatience();
	const pauses = createPauses(clock);
	const skips = createSkips({ clock, skipped: source.skipped });
	let flights: Flight[] = [];
	let shown = 0;
	let sentUpTo = 0;
	/** bytes of messages: on their way, and sent since the last that wants its acknowledgement */
	let under = 0;
	let unasked = { chunks: 0, bytes: 0, raw: 0 };
	let quietUntil = 0;
	/** when the first of the screen came, and the first that draws: a redraw comes in several writes, and shall be one message */
	let clearedAt: number | undefined;
	let beganAt: number | undefined;
	/** since when the end of what waits is waited for */
	let cutSince: number | undefined;
	/** ms there and back, the least that was seen lately: an acknowledgement may wait for company */
	let roundTrip = 0;
	let pushedAt = clock.now();
	/** the newest screen is asked for, and whether what waits to be sent has it */
	let asking = false;
	let fresh = false;
	let paused = false;
	let stopped = false;
	let stopSending: (() => void) | undefined;
	let stopResending: (() => void) | undefined;

	const full = (): boolean =>
		manners.many ? flights.length >= most || under >= window.bytes || sentUpTo - shown >= relay.maxUnshownBytes : flights.length > 0;

	const transmit = (flight: Flight, again: boolean): void => {
		flight.sentAt = clock.now();
		if (again) flight.once = false;
		const { offset, payload, later } = flight;
		// Behind one that was lost there may be more: they wait for its acknowledgement.
		deps.transmit({ offset, payload, ...(later && !again && { later }) }, again);
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
		const due = (): number => first.sentAt + patience.wait(manners.resendMs(), first.payload.wireBytes);
		stopResending = clock.after(Math.max(0, due() - clock.now()), () => {
			// Somebody may have begun to use it meanwhile, or stopped.
			if (clock.now() < due()) return watch();
			patience.missed(manners.resendMs(), first.payload.wireBytes);
			transmit(first, true);
		});
	};

	/** [O3] Whether the acknowledgement of what goes now may wait: half of what may be on its way has one that may not. */
	const mayWait = (): boolean => {
		const { chunks, bytes, raw } = unasked;
		if (!manners.many || full() || 2 * chunks >= most || 2 * bytes >= window.bytes || 2 * raw >= relay.maxUnshownBytes) {
			unasked = { chunks: 0, bytes: 0, raw: 0 };
			return false;
		}
		return true;
	};

	/** [O4] [O10] So much of what waits may go; nothing while the rest of it is waited for. */
	const ready = (): number => {
		const waiting = pending.first(pending.length);
		const open = openUpdate(waiting);
		if (open >= 0 || isCutCharacter(waiting)) {
			cutSince ??= clock.now();
			if (clock.now() - cutSince < times.rest && !paused) return 0;
		}
		cutSince = undefined;
		return open > 0 ? open : waiting.length;
	};

	const sendNext = (): void => {
		stopSending = undefined;
		if (stopped || full()) return;
		fresh = false;
		if (pending.length === 0) {
			plan();
			return;
		}
		const length = ready();
		if (length === 0) {
			stopSending = clock.after((cutSince ?? 0) + times.rest - clock.now(), sendNext);
			return;
		}
		const chunk = fillMessage(pending.first(length), manners.pack);
		pending.drop(chunk.length);
		if (paused && pending.length < relay.maxPendingBytes / 2) {
			paused = false;
			source.resume();
		}
		const offset = sentUpTo;
		sentUpTo += chunk.length;
		under += chunk.payload.wireBytes;
		const flight: Flight = {
			offset,
			end: sentUpTo,
			payload: chunk.payload,
			beganAt: clock.now(),
			sentAt: clock.now(),
			once: true,
			under,
			full: false,
		};
		flights.push(flight);
		unasked = { chunks: unasked.chunks + 1, bytes: unasked.bytes + chunk.payload.wireBytes, raw: unasked.raw + chunk.length };
		flight.full = full();
		if (mayWait()) flight.later = true;
		transmit(flight, false);
		plan();
	};

	/** [O13] The next chunk is to have the newest screen. */
	const refresh = (): void => {
		stopSending = undefined;
		asking = true;
		skips.refresh(() => {
			asking = false;
			fresh = true;
			quietUntil = Math.max(quietUntil, clock.now() + times.gather);
			plan();
		});
	};

	/** When the next chunk goes: at once after a rest, else when the gathering ends; `soon` merges what the program wrote in one go. */
	const plan = (): void => {
		stopSending?.();
		stopSending = undefined;
		const stale = skips.on && !fresh && !paused;
		if (stopped || asking || full() || (pending.length === 0 && !stale && !fresh)) return;
		if (sentUpTo === 0) {
			clearedAt ??= clock.now();
			if (beganAt === undefined && drawsNothing(pending.first(pending.length))) quietUntil = clearedAt + times.empty;
			else {
				beganAt ??= clock.now();
				quietUntil = Math.min(beganAt + times.begin, pushedAt + times.gather);
			}
		}
		const quiet = Math.max(pauses.wait(), deps.wait(true));
		const wait = Math.max(quietUntil - clock.now(), Math.min(deps.wait(false), quiet), stale ? skips.wait() : 0);
		const next = stale ? refresh : sendNext;
		stopSending = wait > 0 ? clock.after(wait, next) : clock.soon(next);
	};

	const learn = (flight: Flight): void => {
		const took = clock.now() - flight.beganAt;
		if (!flight.once) {
			patience.tookCopies(took);
			return;
		}
		window.delivered(flight.under, took, flight.full);
		patience.took(took, flight.later);
		if (roundTrip === 0 || took < roundTrip) roundTrip = took;
		else if (!flight.later) roundTrip = Math.min(took, roundTrip * 1.1);
	};

	return {
		push(bytes: Uint8Array): void {
			if (stopped) return;
			pushedAt = clock.now();
			pauses.end();
			skips.printed(bytes.length);
			pending.push(bytes);
			// A screen begins in one message, if it fits; what tmux draws while it skips must not be held up: the newest of it comes last (O13).
			const whole = manners.pack !== undefined && (sentUpTo === 0 || skips.on);
			if (!paused && pending.length >= (whole ? relay.maxRedrawBytes : relay.maxPendingBytes)) {
				paused = true;
				source.pause();
			}
			plan();
		},
		/** The viewer's terminal has parsed this much of the screen. `gap`: it says so for the second time, since something before what came is missing. */
		acknowledge(upTo: number, gap = false): void {
			if (upTo < shown || upTo > sentUpTo) return;
			shown = upTo;
			const done = flights.filter(({ end }) => end <= shown);
			if (done.length > 0) {
				flights = flights.slice(done.length);
				under -= done.reduce((sum, { payload }) => sum + payload.wireBytes, 0);
				// What is known needn't be asked for.
				const { chunks, bytes, raw } = unasked;
				unasked = { chunks: Math.min(chunks, flights.length), bytes: Math.min(bytes, under), raw: Math.min(raw, sentUpTo - shown) };
				learn(done.at(-1) as Flight);
				watch();
				plan();
			}
			const [first] = flights;
			if (gap && first && manners.many && clock.now() - first.sentAt > Math.max(times.most, 1.5 * roundTrip)) transmit(first, true);
		},
		/** Sends what is in flight again, e.g. because its viewer can be reached again. */
		again(): void {
			const [first] = flights;
			if (first) transmit(first, true);
		},
		/** What may go has changed: looks anew when. */
		hurry: (): void => plan(),
		/** More waits than a new screen would cost; what tmux holds back comes on top. */
		get behind(): boolean {
			return paused || pending.length >= relay.maxUnwantedBytes;
		},
		/** when the first chunk that isn't shown went out; in the future when all is shown */
		get unshownSince(): number {
			return flights[0]?.sentAt ?? Number.POSITIVE_INFINITY;
		},
		/** whether a chunk is on its way or about to go, which can carry an acknowledgement */
		get due(): 'full' | 'soon' | 'nothing' {
			return full() ? 'full' : pending.length > 0 ? 'soon' : 'nothing';
		},
		stop(): void {
			stopped = true;
			stopSending?.();
			stopResending?.();
			pending.clear();
			flights = [];
			// What is read from now on is thrown away, so that the program's last words come out and it can end.
			source.resume();
		},
	};
};
