/** Asks the agent for this terminal until it answers: for a new screen (O6), or to go on with the one that is here over another connection (T11). */
import type { Epoch, TerminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { encodeViewerRecord } from '@shellpod/protocol/record.ts';
import { type Clock, createTimer } from './clock.ts';
import type { Size } from './screen.ts';

export interface Opening {
	/** The words that every message begins with while the agent may not know that this terminal has moved. */
	readonly preface: string | undefined;
	/** Asks for a new screen, with these records behind the question. */
	ask(...more: string[]): void;
	/** The same, unless it is asked for already, when `ms` haven't brought it. */
	askIn(ms: number): void;
	/** Asks to go on. */
	move(): void;
	/** The screen is here, or the end. */
	answered(): void;
}

/** ms before it is asked again; doubles up to `longest` */
const again = 3_000;
const longest = 8_000;

export const createOpening = (options: {
	terminal: TerminalId;
	clock: Clock;
	/** what is asked for, and what is here; undefined while there is nobody to ask */
	wish: () => (Size & { version: number; look?: number; has: { epoch: Epoch; screen: number; shown: number } | undefined }) | undefined;
	send: (...records: string[]) => void;
}): Opening => {
	const timer = createTimer(options.clock);
	let moving = false;

	const record = (): string | undefined => {
		const wish = options.wish();
		if (!wish) return undefined;
		const { has, ...rest } = wish;
		return encodeViewerRecord({ type: 'open', terminal: options.terminal, ...rest, ...(moving && has && { has }) });
	};
	const ask = (wait: number, more: string[] = []) => {
		const text = record();
		if (text === undefined) return;
		options.send(text, ...more);
		timer.set(wait, () => ask(moving ? relay.resendMs : Math.min(wait * 2, longest)));
	};

	return {
		get preface() {
			return moving ? record() : undefined;
		},
		ask: (...more) => {
			moving = false;
			ask(again, more);
		},
		askIn: (ms) => {
			if (!timer.pending) timer.set(ms, () => ask(again));
		},
		move: () => {
			moving = true;
			ask(relay.resendMs);
		},
		answered: () => {
			moving = false;
			timer.clear();
		},
	};
};
