/**
 * An agent without tmux, by the rules of protocol/SPEC.md: it remembers all that was typed and printed. Its "redraw" is everything that was
 * printed so far, so that the right screen of a viewer is always the whole print.
 */
import { type Epoch, epoch as epochId, type TerminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { wholeCharacters } from '@shellpod/protocol/payload.ts';
import {
	type AgentRecord,
	decodeViewerRecords,
	type EndReason,
	encodeAgentRecord,
	joinRecords,
	type ViewerRecord,
} from '@shellpod/protocol/record.ts';
import type { Clock } from '../../../frontend/src/stream/clock.ts';

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => {
	const both = new Uint8Array(a.length + b.length);
	both.set(a);
	both.set(b, a.length);
	return both;
};

interface Size {
	columns: number;
	rows: number;
}

export interface RememberingAgentOptions {
	clock: Clock;
	epoch: string;
	send: (payload: string) => void;
	/** what the program does with what is typed */
	onTyped?: (bytes: Uint8Array) => void;
	/** bytes in one output record, asked for anew each time that one is sent */
	chunk?: () => number;
	/** tells its grid instead of the size that a viewer asked for */
	grid?: Size;
}

export const createRememberingAgent = (options: RememberingAgentOptions) => {
	const { clock } = options;
	const epoch: Epoch = epochId(options.epoch);
	let typed: Uint8Array = new Uint8Array(0);
	let printed: Uint8Array = new Uint8Array(0);
	let dead = false;
	const sizes: (ViewerRecord & { type: 'size' })[] = [];
	let look = 0;
	const terminals = new Map<TerminalId, Terminal>();

	interface Terminal {
		id: TerminalId;
		received: number;
		screen: number;
		size: Size;
		/** what fits its page; `size` itself, or else another device has set that */
		wish: Size;
		shown: number;
		flight: { offset: number; bytes: Uint8Array } | undefined;
		confirmed: boolean;
		ended: EndReason | undefined;
		cancelResend: () => void;
	}

	const send = (...records: AgentRecord[]) => {
		if (!dead) options.send(joinRecords(records.map(encodeAgentRecord)));
	};
	const transmit = (t: Terminal) => {
		t.cancelResend();
		if (dead || t.ended || t.screen === 0) return;
		const waiting = printed.subarray(t.shown);
		if (waiting.length === 0) return;
		t.flight = { offset: t.shown, bytes: waiting.slice(0, wholeCharacters(waiting, options.chunk?.() ?? relay.maxChunkBytes)) };
		const head: AgentRecord[] = t.confirmed
			? []
			: [{ type: 'screen', terminal: t.id, epoch, received: t.received, screen: t.screen, ...(options.grid ?? t.size), taken: t.received }];
		send(...head, { type: 'output', terminal: t.id, epoch, screen: t.screen, ...t.flight, received: t.received, echoed: t.received });
		t.cancelResend = clock.after(relay.resendMs, () => transmit(t));
	};
	const begin = (t: Terminal) => {
		t.screen += 1;
		t.shown = 0;
		t.flight = undefined;
		t.confirmed = false;
		t.ended = undefined;
		transmit(t);
	};
	const confirm = (t: Terminal, screen: number, shown: number) => {
		if (screen !== t.screen) return;
		t.confirmed = true;
		if (shown <= t.shown) return;
		t.shown = shown;
		t.flight = undefined;
		transmit(t);
	};
	/** [O7] To type, and to ask on purpose, takes the size back from another device. */
	const use = (t: Terminal) => {
		if (t.size === t.wish) return;
		t.size = t.wish;
		begin(t);
	};
	const input = (t: Terminal, record: ViewerRecord & { type: 'input' }) => {
		if (record.epoch !== epoch) return;
		confirm(t, record.screen, record.shown);
		if (record.offset > t.received) return;
		const fresh = record.bytes.subarray(t.received - record.offset);
		if (fresh.length > 0) {
			t.received += fresh.length;
			typed = join(typed, fresh);
			options.onTyped?.(fresh);
			use(t);
		}
		send({ type: 'received', terminal: t.id, epoch, received: t.received, echoed: t.received });
	};

	return {
		get typed() {
			return typed;
		},
		get printed() {
			return printed;
		},
		/** bytes of print that a viewer has not acknowledged */
		get unshown() {
			return Math.max(0, ...[...terminals.values()].map((t) => printed.length - t.shown));
		},
		sizes,
		/** how often a page that speaks version 2 was hidden and seen again */
		get look() {
			return look;
		},
		receive: (payload: string) => {
			if (dead) return;
			for (const record of decodeViewerRecords(payload)) {
				if ('look' in record) look = Math.max(look, record.look ?? 0);
				if (record.type === 'open') {
					const t: Terminal = terminals.get(record.terminal) ?? {
						id: record.terminal,
						received: 0,
						screen: 0,
						size: record,
						wish: record,
						shown: 0,
						flight: undefined,
						confirmed: false,
						ended: undefined,
						cancelResend: () => {},
					};
					terminals.set(record.terminal, t);
					if (record.has?.epoch === epoch && record.has.screen === t.screen) {
						send({ type: 'screen', terminal: t.id, epoch, received: t.received, screen: t.screen, ...t.size, taken: t.received });
						continue;
					}
					t.wish = { columns: record.columns, rows: record.rows };
					t.size = t.wish;
					begin(t);
					continue;
				}
				const t = terminals.get(record.terminal);
				if (!t) continue;
				if (t.ended) {
					send({ type: 'end', terminal: t.id, reason: t.ended });
					continue;
				}
				if (record.type === 'input') input(t, record);
				else if (record.type === 'shown') record.epoch === epoch && confirm(t, record.screen, record.shown);
				else if (record.type === 'beat') send({ type: 'beat', terminal: t.id, count: record.count });
				else if (record.type === 'size') {
					sizes.push(record);
					const own = t.size === t.wish;
					t.wish = { columns: record.columns, rows: record.rows };
					if (own || (record.reason === 'use' && record.said?.screen === t.screen)) use(t);
				}
			}
		},
		print: (bytes: Uint8Array) => {
			printed = join(printed, bytes);
			for (const t of terminals.values()) if (!t.flight && !t.ended) transmit(t);
		},
		/** Another device sets the size. */
		regrid: (size: Size) => {
			for (const t of terminals.values()) {
				t.size = size;
				begin(t);
			}
		},
		/** A new screen for everybody, as after output was skipped. */
		redraw: () => {
			for (const t of terminals.values()) if (!t.ended) begin(t);
		},
		end: (reason: EndReason) => {
			for (const t of terminals.values()) {
				t.ended = reason;
				t.cancelResend();
				send({ type: 'end', terminal: t.id, reason });
			}
		},
		/** The agent's process is killed: nothing more comes from it. */
		kill: () => {
			dead = true;
			for (const t of terminals.values()) t.cancelResend();
		},
	};
};

export type RememberingAgent = ReturnType<typeof createRememberingAgent>;
