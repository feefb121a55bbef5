import type { Epoch, SenderId, TerminalId } from '@shellpod/protocol/ids.ts';
import { interrupts } from '@shellpod/protocol/interrupt.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { createPace } from '@shellpod/protocol/pace.ts';
import {
	type AgentRecord,
	type EncodedOutput,
	type EndReason,
	encodeAgentRecord,
	joinRecords,
	type ViewerRecord,
} from '@shellpod/protocol/record.ts';
import type { Clock } from './clock.ts';
import { pack } from './fill.ts';
import { createFrames } from './frames.ts';
import { createInput, isTyped } from './input.ts';
import { createNames } from './names.ts';
import type { Chunk } from './output.ts';
import type { PtySize, SpawnPty } from './pty.ts';
import type { Tmux } from './tmux.ts';
import { createView, type View } from './view.ts';

const times = {
	/** an acknowledgement waits so long for an echo that carries it */
	carry: 10,
	/** between two tries to write to a client that doesn't read */
	busy: 5,
	/** an `open` that comes again so soon is the same wish */
	sameOpen: 1_000,
	/** between two answers "this terminal has ended" */
	endAgain: 1_000,
} as const;

export interface TerminalDeps {
	clock: Clock;
	spawn: SpawnPty;
	tmux: Tmux;
	epoch: Epoch;
	send: (to: SenderId, payload: string) => boolean;
	log: (line: string) => void;
	/** The tmux client has ended by itself. */
	ended: () => void;
}

/** One page's view of the tmux session. Its input outlives its tmux clients, so that no key is typed twice or lost. */
export const createTerminal = (id: TerminalId, deps: TerminalDeps) => {
	const { clock, epoch, tmux } = deps;
	const input = createInput(clock);
	const pace = createPace(clock.now);
	const frames = createFrames(clock);
	/** of the stream, as its viewer speaks it */
	let version = 1;
	const names = createNames();
	/** [O12] of its page, the newest that was heard */
	let look = 0;
	let view: View | undefined;
	let screens = 0;
	let gridSince = 0;
	let drawnFor: PtySize | undefined;
	let retiring: Promise<unknown> = Promise.resolve();
	let mayType = false;
	/** without a reason: its viewer closed it, or the reason isn't known yet */
	let end: { reason: EndReason | undefined; toldAt: number } | undefined;
	let stopAcknowledging: (() => void) | undefined;
	let stopWriting: (() => void) | undefined;

	const send = (...records: (AgentRecord | EncodedOutput)[]): void => {
		if (!names.current) return;
		const payload = joinRecords(records.map(encodeAgentRecord));
		pace.spend(payload.length);
		deps.send(names.current, payload);
	};

	const acknowledge = (): void => {
		stopAcknowledging = undefined;
		send({ type: 'received', terminal: id, epoch, received: input.received, echoed: input.echoed });
	};

	const acknowledgeSoon = (): void => {
		if (stopAcknowledging) return;
		const wait = pace.wait();
		if (wait > 0) stopAcknowledging = clock.after(wait, acknowledge);
		else if (!view || view.output.due === 'full') acknowledge();
		else stopAcknowledging = clock.after(times.carry, acknowledge);
	};

	const beginningOf = ({ screen, size }: View): AgentRecord => {
		const { received, taken } = input;
		return { type: 'screen', terminal: id, epoch, received, screen, ...size, taken };
	};

	const transmit = (of: () => View | undefined, chunk: Chunk, again: boolean): void => {
		const shown = of();
		if (!shown) return;
		if (!again) frames.spend();
		stopAcknowledging?.();
		stopAcknowledging = undefined;
		const { received, echoed } = input;
		const records: (AgentRecord | EncodedOutput)[] = [{ type: 'output', terminal: id, epoch, screen: shown.screen, ...chunk, received, echoed }];
		// [O1] With the first chunk until the viewer shows that it knows the screen: apart from each other they could come in any order.
		if (!shown.confirmed) records.unshift(beginningOf(shown));
		send(...records);
	};

	const write = (): void => {
		stopWriting?.();
		stopWriting = undefined;
		if (!view || !mayType) return;
		const { write: writeTo } = view;
		const before = input.received;
		let interrupted = false;
		input.flush((bytes) => {
			const count = writeTo(bytes);
			interrupted ||= interrupts(bytes.subarray(0, count));
			return count;
		});
		if (input.received > before) acknowledgeSoon();
		if (input.waiting > 0) stopWriting = clock.after(times.busy, write);
		if (interrupted) catchUp();
	};

	/** [O11] A new screen instead of what nobody waits for; not as long as the viewer hasn't seen the last one. */
	const catchUp = (): void => {
		if (view?.confirmed && view.output.behind && !frames.hidden) begin(view.size);
	};

	/** Ends the tmux client, not the terminal. */
	const letGo = (size?: PtySize): void => {
		mayType = false;
		if (view) retiring = Promise.all([retiring, view.retire(size)]);
		view = undefined;
	};

	const sayEnd = (): void => {
		if (!end?.reason || clock.now() - end.toldAt < times.endAgain) return;
		end.toldAt = clock.now();
		send({ type: 'end', terminal: id, reason: end.reason });
	};

	/** [E2] */
	const finish = (reason?: EndReason): void => {
		letGo();
		end = { reason, toldAt: Number.NEGATIVE_INFINITY };
		sayEnd();
	};

	/** A new screen: a fresh tmux client in the place of the one that there may be. */
	const begin = (size: PtySize): void => {
		letGo(size);
		end = undefined;
		screens++;
		if (size.columns !== drawnFor?.columns || size.rows !== drawnFor.rows) gridSince = screens;
		drawnFor = size;
		const before = retiring;
		let fresh: View | undefined;
		let drawn = false;
		try {
			fresh = createView({
				clock,
				spawn: deps.spawn,
				tmux,
				screen: screens,
				size,
				transmit: (chunk, again) => {
					drawn = true;
					transmit(() => fresh, chunk, again);
				},
				manners: {
					many: version >= 2,
					pack: version >= 2 ? pack : undefined,
					resendMs: () => (version >= 2 && !frames.used ? relay.resendMs + relay.acknowledgeMs : relay.resendMs),
				},
				// [O8] A new screen is there at once, for whatever it comes.
				wait: (atRest) => Math.max(pace.wait(), drawn ? frames.wait(atRest) : 0),
				attached: () => {
					void before.then(() => {
						if (view !== fresh) return;
						mayType = true;
						write();
					});
				},
				ended: () => {
					if (view !== fresh) return;
					finish();
					deps.ended();
					const ours = end;
					void tmux.alive().then((alive) => {
						if (end === ours) finish(alive ? 'detached' : 'exited');
					});
				},
			});
			view = fresh;
		} catch (error) {
			deps.log(`no tmux client: ${error instanceof Error ? error.message : String(error)}`);
			finish('exited');
		}
	};

	const confirm = (screen: number, shown: number, missing = false): void => {
		if (view?.screen !== screen) return;
		view.confirmed = true;
		view.output.acknowledge(shown, missing);
	};

	return {
		id,
		heardAt: clock.now(),
		/** when its viewer last asked for a size on purpose */
		wishedAt: Number.NEGATIVE_INFINITY,
		wish: undefined as PtySize | undefined,
		/** of the sizes that its page has told, the newest that was heard */
		sizes: 0,
		/** the first screen of the size that its newest has: who has seen that one has seen the grid */
		get gridSince(): number {
			return gridSince;
		},
		/** Shown by a tmux client, at rest until its viewer speaks again, or ended until it is opened again. */
		get state(): 'shown' | 'resting' | 'ended' {
			return view ? 'shown' : end ? 'ended' : 'resting';
		},
		get viewer() {
			return names.current;
		},
		/** Whether this is a late word from a connection that its viewer has left. */
		isFormer: names.isFormer,
		/** [O6] A new screen for this viewer, or the one that is already on its way to it. */
		open(from: SenderId, size: PtySize, speaks: number): void {
			version = speaks;
			const same = view && !view.confirmed && names.current === from && view.size.columns === size.columns && view.size.rows === size.rows;
			names.take(from);
			if (same && view && clock.now() - view.beganAt < times.sameOpen) view.output.again();
			else begin(size);
		},
		/** [T11] The same viewer by another name goes on with this screen. False where it is another one, or where what is missing was lost long ago. */
		goOn(from: SenderId, { epoch: of, screen, shown }: { epoch: Epoch; screen: number; shown: number }): boolean {
			if (of !== epoch || view?.screen !== screen) return false;
			confirm(screen, shown);
			if (clock.now() - view.output.unshownSince > relay.resendMs) return false;
			names.take(from);
			send(beginningOf(view));
			return true;
		},
		/** The grid has changed, or the viewer is back after a rest. */
		redraw: (size: PtySize): void => begin(size),
		/** [O12] Its page says how often it was hidden and seen again. */
		look(count = 0): void {
			if (count <= look) return;
			look = count;
			frames.see(look % 2 === 0);
			catchUp();
			view?.output.hurry();
		},
		refuse(from: SenderId): void {
			names.take(from);
			finish('refused');
		},
		/** What its viewer says, `open`, `size` and `close` apart. True for input that is new and that somebody typed. */
		receive(record: Extract<ViewerRecord, { type: 'input' | 'shown' | 'beat' }>): boolean {
			if (end) {
				sayEnd();
				return false;
			}
			if (record.type === 'beat') {
				send({ type: 'beat', terminal: id, count: record.count });
				return false;
			}
			// [I4] Meant for another run of the agent.
			if (record.epoch !== epoch) return false;
			if (record.type !== 'input') {
				confirm(record.screen, record.shown, record.missing);
				return false;
			}
			confirm(record.screen, record.shown);
			const known = record.offset + record.bytes.length <= input.received;
			const fresh = input.accept(record.offset, record.bytes);
			// Its acknowledgement was lost, or the viewer would not send it again.
			if (known) acknowledgeSoon();
			else write();
			// What comes twice was typed once, though no program may have taken it yet.
			const typed = isTyped(fresh);
			if (typed) {
				frames.use();
				view?.output.hurry();
			}
			return typed;
		},
		/** Lets its tmux client go until its viewer speaks again. */
		rest: (): void => letGo(),
		/** [E1] Its viewer is done with it. What was typed stays known: a page may come back from the browser's cache. */
		end: (): void => finish(),
		/** Ends its tmux client for good; resolves when that has happened. */
		async close(): Promise<void> {
			letGo();
			stopAcknowledging?.();
			stopWriting?.();
			await retiring;
		},
	};
};
export type Terminal = ReturnType<typeof createTerminal>;
