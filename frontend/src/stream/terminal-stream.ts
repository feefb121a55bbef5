/**
 * The viewer's end of one terminal: rules I1-I5, O1-O6, E1, E2 of protocol/SPEC.md over any service for text messages
 * that may lose, double and reorder them.
 */
import type { Epoch } from '@shellpod/protocol/ids.ts';
import { interrupts } from '@shellpod/protocol/interrupt.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { createPace } from '@shellpod/protocol/pace.ts';
import { type AgentRecord, decodeAgentRecords, encodeViewerRecord, type SizeReason, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { commonVersion, versions } from '@shellpod/protocol/version.ts';
import { createAcknowledgement } from './acknowledgement.ts';
import { createTimer } from './clock.ts';
import { createInputQueue } from './input-queue.ts';
import { createOutputGate } from './output-gate.ts';
import { isSame, type Size } from './screen.ts';
import type { StreamState, TerminalStream, TerminalStreamOptions } from './stream-options.ts';

/** ms without an answer to anything before a new screen is asked for and the way is called into question */
const patience = 8_000;
/** ms before `open` is sent again; doubles up to `patience` */
const openAgain = 3_000;
/** ms after which a size that was asked for and is not there is told again, one after the other: the word may have been lost */
const sizeAgain = [1_000, 2_000, 4_000, 8_000] as const;

export const createTerminalStream = (options: TerminalStreamOptions): TerminalStream => {
	const { terminal, clock, screen } = options;
	const input = createInputQueue();
	const output = createOutputGate();
	const resendInput = createTimer(clock);
	const resendOpen = createTimer(clock);
	const silence = createTimer(clock);
	const resendSize = createTimer(clock);
	const pace = createPace(() => clock.now());
	const shown = createAcknowledgement({
		clock,
		pace,
		missing: () => output.waiting || garbled,
		send: (upTo, missing) => {
			if (epoch) send({ type: 'shown', terminal, epoch, screen: output.screen, shown: upTo, ...(missing && { missing }), ...looking() });
		},
	});

	let state: StreamState = { kind: 'cut' };
	let version: number | undefined;
	/** counts how often the page was hidden and seen again: odd while it is hidden */
	let look = 0;
	/** the size that was last asked for */
	let asked = options.size();
	let epoch: Epoch | undefined;
	/** something came that can't be read, and nothing that follows what is shown has come since */
	let garbled = false;
	/** the size of the screen whose first bytes have not come yet */
	let begun: Size | undefined;
	/** the sizes that the agent was told */
	let told = { count: 0, at: Number.NEGATIVE_INFINITY };
	let grid: Size | undefined;
	let lastBeat = { count: 0, at: 0 };

	/** Everything takes its token; input and acknowledgements wait for one, and gather meanwhile. */
	const send = (record: ViewerRecord): void => {
		const payload = encodeViewerRecord(record);
		pace.spend(payload.length);
		options.send(payload);
	};

	const looking = () => (version !== undefined && version >= 2 ? { look } : {});

	const enter = (next: StreamState) => {
		if (next.kind === state.kind && next.kind !== 'ended') return;
		state = next;
		options.onState(next);
	};

	/** Something that wants an answer was sent. If none comes, the way may be dead, or the agent has forgotten this terminal (E1). */
	const expectAnswer = () => {
		if (!silence.pending)
			silence.set(patience, () => {
				options.onSilence();
				if (state.kind === 'live') open();
			});
	};

	const sendInput = (atOnce = false) => {
		resendInput.clear();
		if (state.kind !== 'live' || !epoch) return;
		const wait = pace.wait();
		if (wait > 0 && !atOnce) return resendInput.set(wait, () => sendInput());
		const chunk = input.flight ?? input.take();
		if (!chunk) return;
		send({ type: 'input', terminal, epoch, ...chunk, screen: Math.max(output.screen, 0), shown: shown.shown, ...looking() });
		shown.told();
		expectAnswer();
		resendInput.set(relay.resendMs, () => sendInput());
	};

	const sendOpen = (wait: number) => {
		if (version === undefined) return;
		asked = options.size();
		send({ type: 'open', terminal, version, ...asked, ...looking() });
		expectAnswer();
		resendOpen.set(wait, () => sendOpen(Math.min(wait * 2, patience)));
	};

	const open = () => {
		resendInput.clear();
		enter({ kind: 'opening' });
		sendOpen(openAgain);
	};

	const received = (offset: number) => {
		if (input.acknowledge(offset)) sendInput();
	};

	/** The write of an older screen that ends late says nothing about the newest. */
	const shownUpTo = (number: number, end: number, mayWait: boolean) => () => {
		if (number === output.screen) shown.parsed(end, mayWait);
	};

	const onScreen = (record: AgentRecord & { type: 'screen' }) => {
		if (record.epoch !== epoch) {
			const first = epoch === undefined;
			epoch = record.epoch;
			output.restart();
			// What waited for the very first agent was typed for it; what was typed for another one is not.
			if (!first) {
				const keystrokes = input.restart(record.received);
				if (keystrokes > 0) options.onDropped(keystrokes);
			}
		}
		if (!output.begin(record.screen)) return;
		resendOpen.clear();
		shown.begin();
		garbled = false;
		grid = { columns: record.columns, rows: record.rows };
		begun = grid;
		input.acknowledge(record.received);
		enter({ kind: 'live' });
		// It became another one while the screen was on its way.
		if (!isSame(asked, options.size())) askForSize('resize');
		sendInput();
	};

	const onOutput = (record: AgentRecord & { type: 'output' }) => {
		if (record.epoch !== epoch) {
			if (!resendOpen.pending) resendOpen.set(relay.resendMs, () => sendOpen(openAgain));
			return;
		}
		received(record.received);
		const verdict = output.judge(record.screen, record.offset, record.bytes, record.later);
		switch (verdict.kind) {
			case 'have':
				return shown.tell();
			case 'early':
				return shown.early();
			case 'unknown screen':
				// Its first record was lost, or is on its way.
				if (!resendOpen.pending) resendOpen.set(relay.resendMs, () => sendOpen(openAgain));
				return;
			case 'take': {
				garbled = false;
				const done = shownUpTo(record.screen, verdict.end, verdict.mayWait);
				if (begun) {
					const size = begun;
					begun = undefined;
					screen.begin(size, verdict.bytes, done);
				} else screen.write(verdict.bytes, done);
			}
		}
	};

	const onRecord = (record: AgentRecord) => {
		if (record.terminal !== terminal) return;
		silence.clear();
		switch (record.type) {
			case 'screen':
				return onScreen(record);
			case 'output':
				return onOutput(record);
			case 'received':
				return record.epoch === epoch ? received(record.received) : undefined;
			case 'end':
				if (state.kind === 'cut') return;
				resendOpen.clear();
				resendInput.clear();
				return enter({ kind: 'ended', reason: record.reason });
			case 'beat':
				if (record.count === lastBeat.count) options.onRoundTrip(clock.now() - lastBeat.at);
		}
	};

	const askForSize = (reason: SizeReason) => {
		asked = options.size();
		told = { count: told.count + 1, at: clock.now() };
		const said = { count: told.count, screen: Math.max(output.screen, 0) };
		const record = { type: 'size', terminal, ...asked, reason: reason === 'use' && version === 1 ? 'type' : reason, said } as const;
		send(record);
		// [O7] The same word, which takes nothing when it comes twice; an agent of version 1 would count it as a new one.
		const tellAgain = (tries: number) => {
			const wait = sizeAgain[tries];
			if (wait === undefined || version === 1) return resendSize.clear();
			resendSize.set(wait, () => {
				if (grid && isSame(grid, record)) return;
				send(record);
				tellAgain(tries + 1);
			});
		};
		tellAgain(0);
	};

	/** What is typed takes this device's size by itself (O7); the agent must know it, and may never have heard the last word. */
	const tellSizeAgain = () => {
		if (grid && !isSame(grid, options.size()) && clock.now() - told.at >= relay.resendMs) askForSize('resize');
	};

	const stopTimers = () => {
		resendInput.clear();
		resendOpen.clear();
		resendSize.clear();
		silence.clear();
		shown.stop();
	};

	return {
		get state() {
			return state;
		},
		get pending() {
			return input.size;
		},
		connected: (agentVersions) => {
			version = commonVersion(versions, agentVersions);
			if (version === undefined) return enter({ kind: 'ended', reason: 'refused' });
			// A terminal that the user left with Ctrl+B d, or that ended, comes back by the user's Enter only.
			if (state.kind === 'ended' && state.reason !== 'refused') return;
			open();
		},
		cut: () => {
			stopTimers();
			if (state.kind !== 'ended') enter({ kind: 'cut' });
		},
		receive: (payload) => {
			let records: AgentRecord[];
			try {
				records = decodeAgentRecords(payload);
			} catch {
				// [O9] It may have been output. Whoever sent that is asked for it once more.
				garbled = true;
				return shown.early();
			}
			for (const record of records) onRecord(record);
		},
		type: (bytes) => {
			if (state.kind === 'ended') return false;
			if (state.kind !== 'live' && input.size + bytes.length > relay.maxQueuedInputBytes) return false;
			input.add(bytes, true);
			shown.typed();
			// [I6] Behind what is in flight, but not behind its acknowledgement, nor anything else.
			const interrupt = interrupts(bytes);
			if (interrupt) input.hurry();
			if (interrupt || !input.flight) sendInput(interrupt);
			if (state.kind === 'live') tellSizeAgain();
			return true;
		},
		answer: (bytes) => {
			if (state.kind !== 'live') return;
			input.add(bytes, false);
			if (!input.flight) sendInput();
		},
		askForSize: (reason) => {
			if (state.kind === 'live' && (reason !== 'resize' || !isSame(asked, options.size()))) askForSize(reason);
		},
		forgetEnd: () => {
			if (state.kind === 'ended') enter({ kind: 'cut' });
		},
		reopen: () => {
			if (version !== undefined) open();
		},
		see: (visible) => {
			if (visible === (look % 2 === 0)) return;
			look += 1;
			// Should this be lost: for a while no acknowledgement waits for long, and each says it again.
			shown.typed();
			if (state.kind === 'live') shown.tell();
		},
		beat: () => {
			if (state.kind !== 'live') return;
			tellSizeAgain();
			lastBeat = { count: lastBeat.count + 1, at: clock.now() };
			send({ type: 'beat', terminal, count: lastBeat.count, ...looking() });
			expectAnswer();
		},
		close: () => {
			stopTimers();
			send({ type: 'close', terminal });
		},
	};
};
