/** What a terminal's stream is told, and what it says of itself. */
import type { TerminalId } from '@shellpod/protocol/ids.ts';
import type { EndReason } from '@shellpod/protocol/record.ts';
import type { Clock } from './clock.ts';
import type { Screen, Size } from './screen.ts';

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
	/** ms from this page to the agent and back */
	onRoundTrip: (ms: number) => void;
	/** what was sent has had no answer for a while: the way may be dead */
	onSilence: () => void;
}
