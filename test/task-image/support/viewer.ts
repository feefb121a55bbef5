import { type SenderId, senderId, type TerminalId, terminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { type AgentRecord, decodeAgentRecords, encodeViewerRecord, type SizeReason, type ViewerRecord } from '@shellpod/protocol/record.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import headless from '@xterm/headless';
import type { Network } from './network.ts';

/** ms between two beats, as the page has it; the agent lets go who is silent for 45 s */
const beatMs = 20_000;

/** A page without a page: the viewer's side of SPEC.md in front of a real terminal emulator. */
export const createViewer = (network: Network, clock: Clock, name: { sender: string; terminal: string }, size = { columns: 80, rows: 24 }) => {
	const screenOf = new headless.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true, scrollback: 0 });
	let sender: SenderId = senderId(name.sender);
	const terminal: TerminalId = terminalId(name.terminal);
	let epoch: string | undefined;
	let screen = 0;
	/** output that has come, and that the emulator has parsed */
	let got = 0;
	let parsed = 0;
	let acknowledges = true;
	let base = 0;
	let unsent: Uint8Array = new Uint8Array();
	let inFlight = 0;
	let stopResend: (() => void) | undefined;
	let stopOpening: (() => void) | undefined;
	let stopBeating: (() => void) | undefined;
	let beats = 0;
	let sizes = 0;
	let open = false;
	const heard: AgentRecord[] = [];
	const waiting = new Set<() => void>();
	const stats = { dropped: 0, received: 0, screens: 0 };

	const send = (record: ViewerRecord): void => network.toAgent(sender, encodeViewerRecord(record));

	const sendInput = (): void => {
		stopResend?.();
		stopResend = undefined;
		if (!open || !epoch || unsent.length === 0) return;
		if (inFlight === 0) inFlight = Math.min(unsent.length, relay.maxChunkBytes);
		const bytes = unsent.subarray(0, inFlight);
		send({ type: 'input', terminal, epoch: epoch as never, offset: base, screen, shown: parsed, bytes });
		stopResend = clock.after(relay.resendMs, sendInput);
	};

	const received = (upTo: number): void => {
		if (upTo <= base) return;
		unsent = unsent.subarray(upTo - base);
		base = upTo;
		inFlight = 0;
		sendInput();
	};

	const shown = (): void => {
		if (acknowledges && epoch) send({ type: 'shown', terminal, epoch: epoch as never, screen, shown: parsed });
	};

	const take = (record: AgentRecord): void => {
		heard.push(record);
		if (record.terminal !== terminal) throw new Error('a record for another terminal');
		switch (record.type) {
			case 'screen': {
				if (record.epoch === epoch && record.screen <= screen) return;
				if (record.epoch !== epoch) {
					stats.dropped += unsent.length;
					unsent = new Uint8Array();
					base = record.received;
					inFlight = 0;
				}
				stopOpening?.();
				open = true;
				epoch = record.epoch;
				({ screen } = record);
				got = 0;
				parsed = 0;
				stats.screens++;
				screenOf.reset();
				screenOf.resize(record.columns, record.rows);
				received(record.received);
				sendInput();
				return;
			}
			case 'output': {
				if (record.epoch !== epoch) return;
				received(record.received);
				if (record.screen !== screen) return;
				const end = record.offset + record.bytes.length;
				if (record.offset > got) return;
				if (end <= got) {
					shown();
					return;
				}
				const fresh = record.bytes.subarray(got - record.offset);
				got = end;
				stats.received += fresh.length;
				const on = screen;
				screenOf.write(fresh, () => {
					if (on !== screen) return;
					parsed = end;
					shown();
					for (const look of waiting) look();
				});
				return;
			}
			case 'received':
				if (record.epoch === epoch) received(record.received);
				return;
			case 'end':
				open = false;
		}
	};

	// What the emulator answers by itself is typed like anything else.
	screenOf.onData((text) => viewer.type(text));

	const askToOpen = (): void => {
		send({ type: 'open', terminal, version: 1, ...size });
		stopOpening = clock.after(relay.resendMs, askToOpen);
	};

	/** A page that is looked at says so, however long nothing else happens. */
	const beatOn = (): void => {
		stopBeating = clock.after(beatMs, () => {
			if (open && acknowledges) viewer.beat(++beats);
			beatOn();
		});
	};

	const viewer = {
		terminal,
		get sender() {
			return sender;
		},
		heard,
		stats,
		size,
		get epoch() {
			return epoch;
		},
		get screen() {
			return screen;
		},
		/** Hears what comes under this name, and nothing else. */
		join(as: SenderId): void {
			sender = as;
			network.connectViewer(as, (payload) => {
				// What comes over a connection that it has left.
				if (as !== sender) return;
				for (const record of decodeAgentRecords(payload)) take(record);
				for (const look of waiting) look();
			});
			stopOpening?.();
		},
		/** Comes in, or comes back, maybe under another name. */
		open(as = sender): void {
			open = false;
			viewer.join(as);
			askToOpen();
			stopBeating?.();
			beatOn();
		},
		/** [T11] Goes on over another connection with the screen that it has, or with one that it says it has. */
		move(as: SenderId, has: { screen: number; shown: number } = { screen, shown: parsed }): void {
			viewer.join(as);
			send({ type: 'open', terminal, version: 2, ...size, has: { epoch: epoch as never, ...has } });
		},
		type(text: string): void {
			const bytes = new TextEncoder().encode(text);
			const joined = new Uint8Array(unsent.length + bytes.length);
			joined.set(unsent);
			joined.set(bytes, unsent.length);
			unsent = joined;
			if (inFlight === 0) sendInput();
		},
		wish(columns: number, rows: number, reason: SizeReason): void {
			size = { columns, rows };
			send({ type: 'size', terminal, columns, rows, reason, said: { count: ++sizes, screen } });
		},
		beat: (count: number): void => send({ type: 'beat', terminal, count }),
		close: (): void => {
			stopBeating?.();
			send({ type: 'close', terminal });
		},
		/** By another name than its own. */
		say: (as: SenderId, record: ViewerRecord): void => network.toAgent(as, encodeViewerRecord(record)),
		/** Raw records, for a viewer that doesn't keep to the rules. */
		send,
		/** Says nothing by itself any more, as a page that is stuck. */
		stall: (): void => {
			acknowledges = false;
		},
		goOn: (): void => {
			acknowledges = true;
			shown();
		},
		/** rows as they are on the screen, trailing blanks removed */
		lines(): string[] {
			const { active } = screenOf.buffer;
			return Array.from({ length: screenOf.rows }, (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '');
		},
		text: (): string => viewer.lines().join('\n'),
		grid: () => ({ columns: screenOf.cols, rows: screenOf.rows }),
		modes: () => screenOf.modes,
		cursor: () => ({ x: screenOf.buffer.active.cursorX, y: screenOf.buffer.active.cursorY }),
		unacknowledged: (): number => unsent.length,
		/** Resolves when `condition` holds; it is looked at whenever something came in. */
		until: (condition: () => boolean, what = condition.toString(), ms = 15_000): Promise<void> =>
			new Promise((done, refuse) => {
				const timer = setTimeout(() => {
					waiting.delete(look);
					refuse(new Error(`never: ${what}\n${viewer.text()}\n${JSON.stringify({ open, epoch, screen, got, parsed, base, unsent: unsent.length })}`));
				}, ms);
				const look = (): void => {
					if (!condition()) return;
					clearTimeout(timer);
					waiting.delete(look);
					done();
				};
				waiting.add(look);
				look();
			}),
		shows: (text: string, ms?: number): Promise<void> => viewer.until(() => viewer.text().includes(text), `the text ${JSON.stringify(text)}`, ms),
		dispose(): void {
			stopResend?.();
			stopOpening?.();
			stopBeating?.();
			screenOf.dispose();
		},
	};
	return viewer;
};
export type Viewer = ReturnType<typeof createViewer>;
