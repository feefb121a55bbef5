/** One terminal of this page, attached to a session: socket and stream together, and the page's own events. */
import type { Ticket } from '@shellpod/protocol/http.ts';
import { type TerminalId, terminalId } from '@shellpod/protocol/ids.ts';
import { type Clock, createTimer } from '../stream/clock.ts';
import type { Screen, Size } from '../stream/screen.ts';
import { createSocket, type RelaySocket, type SocketState } from '../stream/socket.ts';
import type { StreamState, TerminalStream } from '../stream/stream-options.ts';
import { createTerminalStream } from '../stream/terminal-stream.ts';
import type { Aside } from '../stream/typing.ts';
import type { OpenWire } from '../stream/wire.ts';

export interface AttachmentOptions {
	clock: Clock;
	random: () => number;
	ticket: (terminal: TerminalId) => Promise<Ticket>;
	open: OpenWire;
	screen: Screen;
	size: () => Size;
	onSocket: (state: SocketState) => void;
	onStream: (state: StreamState) => void;
	onDropped: (keystrokes: number) => void;
	onAside: (aside: Aside) => void;
	/** ms to the agent and back, and to the gateway */
	onRoundTrip: (ms: number) => void;
	onNearRoundTrip: (ms: number) => void;
}

export interface Attachment {
	socket: RelaySocket;
	stream: TerminalStream;
	dispose(): void;
}

/** ms between two looks at the agent, while the page is visible (E1: it lets go after 45 s) */
const beatMs = 20_000;
/** ms from a screen to the first look, for the latency */
const firstBeatMs = 1_000;
/** ms in the background after which the agent may have let go of this terminal */
const forgottenMs = 30_000;

const newTerminalId = (): TerminalId =>
	terminalId(Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte % 32).toString(32)).join(''));

export const createAttachment = (options: AttachmentOptions): Attachment => {
	const { clock } = options;
	const heartbeat = createTimer(clock);
	const terminal = newTerminalId();
	let hiddenAt: number | undefined;

	const beatRegularly = () => {
		if (document.visibilityState === 'visible') stream.beat();
		heartbeat.set(beatMs, beatRegularly);
	};
	const onStream = (state: StreamState) => {
		options.onStream(state);
		// The first screen has to be drawn first, or its time would be taken for the way's.
		if (state.kind === 'live') heartbeat.set(firstBeatMs, beatRegularly);
	};

	const socket = createSocket({
		clock,
		random: options.random,
		ticket: () => options.ticket(terminal),
		open: options.open,
		onState: options.onSocket,
		onAgent: (versions) => stream.connected(versions),
		onAgentGone: () => stream.cut(),
		onMessage: (payload, late) => stream.receive(payload, late),
		onRoundTrip: options.onNearRoundTrip,
	});
	const stream: TerminalStream = createTerminalStream({
		terminal,
		clock,
		size: options.size,
		screen: options.screen,
		send: (payload) => socket.send(payload),
		onState: onStream,
		onDropped: options.onDropped,
		onAside: options.onAside,
		onRoundTrip: options.onRoundTrip,
		onSilence: () => socket.check(),
	});

	const onVisibility = () => {
		stream.see(document.visibilityState === 'visible');
		if (document.visibilityState === 'hidden') {
			hiddenAt = clock.now();
			return;
		}
		socket.hurry();
		const away = hiddenAt === undefined ? 0 : clock.now() - hiddenAt;
		hiddenAt = undefined;
		if (stream.state.kind !== 'live') return;
		if (away > forgottenMs) stream.reopen();
		else stream.beat();
	};
	const onBack = () => socket.hurry();
	const onPageHide = (event: PageTransitionEvent) => {
		// A page in the back-forward cache comes back with this terminal.
		if (event.persisted) socket.rest();
		else stream.close();
	};
	// Opened in the background, maybe.
	stream.see(document.visibilityState === 'visible');
	document.addEventListener('visibilitychange', onVisibility);
	window.addEventListener('online', onBack);
	window.addEventListener('pageshow', onBack);
	window.addEventListener('pagehide', onPageHide);

	return {
		socket,
		stream,
		dispose: () => {
			heartbeat.clear();
			document.removeEventListener('visibilitychange', onVisibility);
			window.removeEventListener('online', onBack);
			window.removeEventListener('pageshow', onBack);
			window.removeEventListener('pagehide', onPageHide);
			stream.close();
			socket.stop();
		},
	};
};
