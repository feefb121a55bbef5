/** A terminal's stream: what it is told, what it says of itself, and what can be asked of it. */
import type { TerminalId } from '@shellpod/protocol/ids.ts';
import type { EndReason, SizeReason } from '@shellpod/protocol/record.ts';
import type { Clock } from './clock.ts';
import type { Screen, Size } from './screen.ts';
import type { Aside, Typing } from './typing.ts';

export type StreamState =
	/** nobody is at the other end just now; what is typed waits */
	| { kind: 'cut' }
	/** a new screen was asked for */
	| { kind: 'opening' }
	| { kind: 'live' }
	| { kind: 'ended'; reason: EndReason };

export interface TerminalStreamOptions {
	terminal: TerminalId;
	clock: Clock;
	/** the size that this device would like, at the moment */
	size: () => Size;
	screen: Screen;
	/** Sends one message to the agent. False when there is no way to it just now. */
	send: (payload: string) => boolean;
	onState: (state: StreamState) => void;
	/** an agent that is new took the place of the one that this was typed for (I4) */
	onDropped: (keystrokes: number) => void;
	/** what waits for the user's word has changed (I7) */
	onAside?: (aside: Aside) => void;
	/** ms from this page to the agent and back */
	onRoundTrip: (ms: number) => void;
	/** what was sent has had no answer for a while: the way may be dead */
	onSilence: () => void;
}

export interface TerminalStream {
	readonly state: StreamState;
	/** What was typed, as far as it is not acknowledged. */
	readonly typing: Pick<Typing, 'size' | 'keystrokes' | 'aside' | 'sendAside' | 'dropAside' | 'cancel'>;
	/** The agent can be reached, for the first time or again: asks for a new screen (O6), or goes on where it is when there was no cut (T11). */
	connected(agentVersions: readonly number[]): void;
	/** The agent can't be reached. */
	cut(): void;
	/** A message from the agent. `late`: on a way that another has followed. */
	receive(payload: string, late?: boolean): void;
	/** What the user typed. False when the page takes no more while it is cut off (I5). */
	type(bytes: Uint8Array): boolean;
	/** What the terminal says by itself, to a question of a program: worth nothing later, so it is dropped unless it can go now. */
	answer(bytes: Uint8Array): void;
	/** Asks for this device's size, `resize` only where that is another one than before; the agent decides (O7). */
	askForSize(reason: SizeReason): void;
	/** Why it ended is over: the next agent opens it again. */
	forgetEnd(): void;
	/** A new screen, after `ended` or when the page was hidden for long. */
	reopen(): void;
	/** The page can be seen, or not (O12). */
	see(visible: boolean): void;
	/** Looks whether the agent is there, while the page is visible (E1). */
	beat(): void;
	/** The page goes away. */
	close(): void;
}
