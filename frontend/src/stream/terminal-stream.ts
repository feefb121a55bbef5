/**
 * The viewer's end of one terminal: rules I1-I6, O1-O6, T11, E1, E2 of protocol/SPEC.md over any service for text messages
 * that may lose, double and reorder them.
 */
import type { Epoch } from '@shellpod/protocol/ids.ts';
import { interrupts } from '@shellpod/protocol/interrupt.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { createPace } from '@shellpod/protocol/pace.ts';
import { type AgentRecord, decodeAgentRecords, encodeViewerRecord, joinRecords, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { commonVersion, versions } from '@shellpod/protocol/version.ts';
import { createAcknowledgement } from './acknowledgement.ts';
import { createTimer } from './clock.ts';
import type { Chunk } from './input-queue.ts';
import { createOpening } from './opening.ts';
import { createOutputGate } from './output-gate.ts';
import type { Size } from './screen.ts';
import { createSizes } from './sizes.ts';
import type { StreamState, TerminalStream, TerminalStreamOptions } from './stream-options.ts';
import { createTyping } from './typing.ts';

/** ms without an answer to anything before a new screen is asked for and the way is called into question */
const patience = 8_000;

export const createTerminalStream = (options: TerminalStreamOptions): TerminalStream => {
	const { terminal, clock, screen } = options;
	const output = createOutputGate();
	const silence = createTimer(clock);
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
	let epoch: Epoch | undefined;
	/** something came that can't be read, and nothing that follows what is shown has come since */
	let garbled = false;
	/** epochs that are over: their last words may come by another way than those of the next */
	const past = new Set<Epoch>();
	/** the size of the screen whose first bytes have not come yet */
	let begun: Size | undefined;
	let grid: Size | undefined;
	let lastBeat = { count: 0, at: 0 };

	/** Everything takes its token; input and acknowledgements wait for one, and gather meanwhile. */
	const transmit = (...records: string[]): void => {
		const payload = joinRecords(records);
		pace.spend(payload.length);
		options.send(payload);
	};
	const send = (record: ViewerRecord): void => transmit(...[opening.preface ?? []].flat(), encodeViewerRecord(record));

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

	const seen = () => ({ screen: Math.max(output.screen, 0), shown: shown.shown });
	const inputOf = (chunk: Chunk, of: Epoch): ViewerRecord => ({ type: 'input', terminal, epoch: of, ...chunk, ...seen(), ...looking() });

	const typing = createTyping({
		clock,
		pace,
		live: () => state.kind === 'live' && epoch !== undefined,
		transmit: (chunk) => {
			if (!epoch) return;
			send(inputOf(chunk, epoch));
			shown.told();
			expectAnswer();
		},
		onAside: options.onAside,
	});

	const sizes = createSizes({
		terminal,
		clock,
		wish: options.size,
		grid: () => grid,
		screen: () => output.screen,
		version: () => version,
		send,
	});

	const opening = createOpening({
		terminal,
		clock,
		wish: () => {
			if (version === undefined) return undefined;
			const has = epoch && version >= 2 ? { epoch, ...seen() } : undefined;
			return { version, ...sizes.opens(), ...looking(), has };
		},
		send: (...records) => {
			transmit(...records);
			expectAnswer();
		},
	});

	const open = () => {
		typing.stop();
		enter({ kind: 'opening' });
		// [I3] In one message, so that the agent knows whose it is. Another agent than the one that it was typed for leaves it.
		const early = epoch && typing.early();
		opening.ask(...(epoch && early ? [encodeViewerRecord(inputOf(early, epoch))] : []));
	};

	/** Another connection, of ours or the agent's, takes the place of one that goes on meanwhile. */
	const move = () => {
		opening.move();
		// What was in flight may be heard under a name that is not ours any more.
		typing.send();
	};

	const received = (offset: number) => {
		if (typing.received(offset)) typing.send();
	};

	/** What was on its way over the old connection doesn't show that the agent knows us by our new name. */
	const answered = (late: boolean) => {
		if (!late) opening.answered();
	};

	/** The write of an older screen that ends late says nothing about the newest. */
	const shownUpTo = (number: number, end: number, mayWait: boolean) => () => {
		if (number === output.screen) shown.parsed(end, mayWait);
	};

	const onScreen = (record: AgentRecord & { type: 'screen' }, late: boolean) => {
		if (record.epoch !== epoch) {
			const first = epoch === undefined;
			if (epoch) past.add(epoch);
			epoch = record.epoch;
			output.restart();
			// What waited for the very first agent was typed for it; what was typed for another one is not.
			if (!first) {
				const keystrokes = typing.restart(record.received);
				if (keystrokes > 0) options.onDropped(keystrokes);
			}
		}
		if (!output.begin(record.screen)) {
			if (record.screen === output.screen && opening.preface !== undefined) answered(late);
			return received(record.received);
		}
		answered(late);
		shown.begin();
		garbled = false;
		grid = { columns: record.columns, rows: record.rows };
		begun = grid;
		typing.received(record.received);
		if (state.kind !== 'live') typing.back(record.taken);
		enter({ kind: 'live' });
		// It became another one while the screen was on its way.
		if (sizes.changed) sizes.tell('resize');
		typing.send();
	};

	const onOutput = (record: AgentRecord & { type: 'output' }) => {
		if (record.epoch !== epoch) return opening.askIn(relay.resendMs);
		received(record.received);
		const verdict = output.judge(record.screen, record.offset, record.bytes, record.later);
		switch (verdict.kind) {
			case 'have':
				return shown.tell();
			case 'early':
				return shown.early();
			case 'unknown screen':
				// Its first record was lost, or is on its way.
				return opening.askIn(relay.resendMs);
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

	/** `late`: no new epoch begins with it. Its agent may have been followed by the one that is known, or by one that is to come. */
	const onRecord = (record: AgentRecord, late: boolean) => {
		if (record.terminal !== terminal) return;
		if ('epoch' in record && (past.has(record.epoch) || (late && record.epoch !== epoch))) return;
		silence.clear();
		switch (record.type) {
			case 'screen':
				return onScreen(record, late);
			case 'output':
				return onOutput(record);
			case 'received':
				return record.epoch === epoch ? received(record.received) : undefined;
			case 'end':
				if (state.kind === 'cut') return;
				opening.answered();
				typing.stop();
				return enter({ kind: 'ended', reason: record.reason });
			case 'beat':
				if (record.count === lastBeat.count) options.onRoundTrip(clock.now() - lastBeat.at);
		}
	};

	const stopTimers = () => {
		typing.stop();
		opening.answered();
		sizes.stop();
		silence.clear();
		shown.stop();
	};

	return {
		get state() {
			return state;
		},
		typing,
		connected: (agentVersions) => {
			version = commonVersion(versions, agentVersions);
			if (version === undefined) return enter({ kind: 'ended', reason: 'refused' });
			// A terminal that the user left with Ctrl+B d, or that ended, comes back by the user's Enter only.
			if (state.kind === 'ended' && state.reason !== 'refused') return;
			return state.kind === 'live' ? move() : open();
		},
		cut: () => {
			stopTimers();
			if (state.kind !== 'ended') enter({ kind: 'cut' });
		},
		receive: (payload, late = false) => {
			let records: AgentRecord[];
			try {
				records = decodeAgentRecords(payload);
			} catch {
				// [O9] It may have been output. Whoever sent that is asked for it once more.
				garbled = true;
				return shown.early();
			}
			for (const record of records) onRecord(record, late);
		},
		type: (bytes) => {
			if (state.kind === 'ended') return false;
			shown.typed();
			// [I6] Behind what is in flight, but not behind its acknowledgement, nor anything else.
			const taken = typing.add(bytes, true, interrupts(bytes));
			if (taken && state.kind === 'live') sizes.tellAgain();
			return taken;
		},
		answer: (bytes) => {
			if (state.kind === 'live') typing.add(bytes, false);
		},
		askForSize: (reason) => {
			if (state.kind !== 'live' || (reason === 'resize' && !sizes.changed)) return;
			sizes.tell(reason);
			// Its answer is a screen; somebody waits for it.
			if (reason === 'use') expectAnswer();
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
			sizes.tellAgain();
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
