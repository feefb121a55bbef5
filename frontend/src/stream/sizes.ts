/** The sizes that this page tells the agent (O7), and tells again where the grid doesn't become that. */
import type { TerminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import type { SizeReason, ViewerRecord } from '@shellpod/protocol/record.ts';
import { type Clock, createTimer } from './clock.ts';
import { isSame, type Size } from './screen.ts';

export interface Sizes {
	/** The size that goes with `open`. */
	opens(): Size;
	/** This device's size is another than the one that was told last. */
	readonly changed: boolean;
	tell(reason: SizeReason): void;
	/** What is typed takes this device's size by itself; the agent must know it, and may never have heard the last word. */
	tellAgain(): void;
	stop(): void;
}

/** ms after which a size that was asked for and is not there is told again, one after the other: the word may have been lost */
const again = [1_000, 2_000, 4_000, 8_000] as const;

export const createSizes = (options: {
	terminal: TerminalId;
	clock: Clock;
	wish: () => Size;
	/** what the agent said that all see */
	grid: () => Size | undefined;
	/** number of the newest screen */
	screen: () => number;
	version: () => number | undefined;
	send: (record: ViewerRecord) => void;
}): Sizes => {
	const { terminal, clock, wish, grid, version } = options;
	const resend = createTimer(clock);
	let last = wish();
	let told = { count: 0, at: Number.NEGATIVE_INFINITY };

	const tell = (reason: SizeReason) => {
		last = wish();
		told = { count: told.count + 1, at: clock.now() };
		const said = { count: told.count, screen: Math.max(options.screen(), 0) };
		const record = { type: 'size', terminal, ...last, reason: reason === 'use' && version() === 1 ? 'type' : reason, said } as const;
		options.send(record);
		// The same word, which takes nothing when it comes twice; an agent of version 1 would count it as a new one.
		const tellAgain = (tries: number) => {
			const wait = again[tries];
			if (wait === undefined || version() === 1) return resend.clear();
			resend.set(wait, () => {
				const now = grid();
				if (now && isSame(now, record)) return;
				options.send(record);
				tellAgain(tries + 1);
			});
		};
		tellAgain(0);
	};

	return {
		opens: () => {
			last = wish();
			return last;
		},
		get changed() {
			return !isSame(last, wish());
		},
		tell,
		tellAgain: () => {
			const now = grid();
			if (now && !isSame(now, wish()) && clock.now() - told.at >= relay.resendMs) tell('resize');
		},
		stop: () => resend.clear(),
	};
};
