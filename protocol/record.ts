/**
 * The records that a viewer and an agent exchange, by direction. Text, one letter first; numbers in base 36; the payload last:
 *
 *   <letter><terminal>:<field>,<field>...|<payload>
 *
 * Several records share a message as `+<length>|<record>` repeated, the length in UTF-16 units.
 * Offsets count raw bytes from the beginning of an epoch (input) or of a screen (output). SPEC.md has the rules.
 */

import { type Epoch, epoch, type TerminalId, terminalId } from './ids.ts';
import { grid } from './limits.ts';
import { decodePayload, encodePayload, type Payload } from './payload.ts';

/** Why a viewer tells its size: its user wants it now, or it may be another than before. */
export type SizeReason = 'use' | 'resize';
/** Why a terminal ended: its tmux client detached (Ctrl+B d), its tmux went away, the agent refuses the version. */
export type EndReason = 'detached' | 'exited' | 'refused';

/** `look` counts how often the page was hidden and seen again: even while it can be seen, odd while it is hidden; version 1 doesn't say it. */
interface Looking {
	look?: number;
}

export type ViewerRecord =
	/** give this terminal a new screen: the first, or after a cut; `has`, with `look`: or go on with this one, shown so far, over another connection */
	| ({
			type: 'open';
			terminal: TerminalId;
			version: number;
			columns: number;
			rows: number;
			has?: { epoch: Epoch; screen: number; shown: number };
	  } & Looking)
	/** bytes for the program; `screen` and `shown` acknowledge output on the way */
	| ({ type: 'input'; terminal: TerminalId; epoch: Epoch; offset: number; screen: number; shown: number; bytes: Uint8Array } & Looking)
	/** output up to `shown` is on the screen; `missing`: what follows it did not come, but something later did */
	| ({ type: 'shown'; terminal: TerminalId; epoch: Epoch; screen: number; shown: number; missing?: true } & Looking)
	/** `said`: which one this is of the sizes that its page tells, and which screen that shows; version 1 doesn't, and has `type` for `use` and for keys */
	| { type: 'size'; terminal: TerminalId; columns: number; rows: number; reason: SizeReason | 'type'; said?: { count: number; screen: number } }
	| { type: 'close'; terminal: TerminalId }
	| ({ type: 'beat'; terminal: TerminalId; count: number } & Looking);

/**
 * What comes with bytes for the screen; `received` acknowledges input, `echoed` is what was written to the program at least 50 ms ago; `later`:
 * nothing waits for its acknowledgement
 */
interface OutputHead {
	type: 'output';
	terminal: TerminalId;
	epoch: Epoch;
	screen: number;
	offset: number;
	received: number;
	echoed: number;
	later?: true;
}
/** Output that was encoded before. */
export type EncodedOutput = OutputHead & { payload: Payload };

export type AgentRecord =
	/**
	 * a new screen begins with output offset 0, in the one grid that all viewers of the tmux session share; input of `epoch` has been received up to
	 * `received`, and taken up to `taken`: what lies between is about to be written
	 */
	| { type: 'screen'; terminal: TerminalId; epoch: Epoch; received: number; screen: number; columns: number; rows: number; taken?: number }
	| (OutputHead & { bytes: Uint8Array })
	| { type: 'received'; terminal: TerminalId; epoch: Epoch; received: number; echoed: number }
	| { type: 'end'; terminal: TerminalId; reason: EndReason }
	| { type: 'beat'; terminal: TerminalId; count: number };

const n = (value: number): string => value.toString(36);

const write = (letter: string, terminal: TerminalId, fields: readonly (string | number)[], payload = ''): string =>
	`${letter}${terminal}:${fields.map((field) => (typeof field === 'number' ? n(field) : field)).join(',')}|${payload}`;

const optional = (field: number | undefined): number[] => (field === undefined ? [] : [field]);

export const encodeViewerRecord = (record: ViewerRecord): string => {
	switch (record.type) {
		case 'open': {
			const { version, columns, rows, look, has } = record;
			return write('n', record.terminal, [
				...[version, columns, rows],
				...optional(has ? (look ?? 0) : look),
				...(has ? [has.epoch, has.screen, has.shown] : []),
			]);
		}
		case 'input': {
			const { encoding, text } = encodePayload(record.bytes);
			return write('i', record.terminal, [record.epoch, record.offset, record.screen, record.shown, encoding, ...optional(record.look)], text);
		}
		case 'shown': {
			const { missing, look } = record;
			const more = missing || look !== undefined ? [missing ? 'missing' : 'whole', ...optional(look)] : [];
			return write('k', record.terminal, [record.epoch, record.screen, record.shown, ...more]);
		}
		case 'size':
			return write('z', record.terminal, [
				record.columns,
				record.rows,
				record.reason,
				...(record.said ? [record.said.count, record.said.screen] : []),
			]);
		case 'close':
			return write('d', record.terminal, []);
		case 'beat':
			return write('q', record.terminal, [record.count, ...optional(record.look)]);
	}
};

export const encodeAgentRecord = (record: AgentRecord | EncodedOutput): string => {
	switch (record.type) {
		case 'screen':
			return write('s', record.terminal, [
				record.epoch,
				record.received,
				record.screen,
				record.columns,
				record.rows,
				...(record.taken === undefined ? [] : [record.taken]),
			]);
		case 'output': {
			const { encoding, text } = 'payload' in record ? record.payload : encodePayload(record.bytes);
			const later = record.later ? ['later'] : [];
			return write('o', record.terminal, [record.epoch, record.screen, record.offset, record.received, record.echoed, encoding, ...later], text);
		}
		case 'received':
			return write('k', record.terminal, [record.epoch, record.received, record.echoed]);
		case 'end':
			return write('e', record.terminal, [record.reason]);
		case 'beat':
			return write('r', record.terminal, [record.count]);
	}
};

/** A record's fields as they came; each `take` checks one and throws on the first that is not what it should be. */
const fieldsOf = (text: string) => {
	const colon = text.indexOf(':');
	const bar = text.indexOf('|', colon);
	if (colon < 2 || bar < 0) throw new TypeError('not a record');
	const fields = text.slice(colon + 1, bar).split(',');
	let next = 0;
	const take = (): string => {
		const field = fields[next++];
		if (field === undefined) throw new TypeError('a field is missing');
		return field;
	};
	return {
		letter: text[0] as string,
		terminal: terminalId(text.slice(1, colon)),
		payload: text.slice(bar + 1),
		word: take,
		more: (): boolean => next < fields.length,
		number: (): number => {
			const field = take();
			const value = Number.parseInt(field, 36);
			if (!/^[0-9a-z]{1,11}$/.test(field) || !Number.isSafeInteger(value)) throw new TypeError('not a number');
			return value;
		},
		epoch: (): Epoch => epoch(take()),
		oneOf: <T extends string>(...values: readonly T[]): T => {
			const field = take();
			const found = values.find((value) => value === field);
			if (!found) throw new TypeError('an unknown word');
			return found;
		},
	};
};

type Fields = ReturnType<typeof fieldsOf>;

const sizeOf = (fields: Fields): { columns: number; rows: number } => {
	const [columns, rows] = [fields.number(), fields.number()];
	if (columns < grid.minColumns || columns > grid.maxColumns || rows < grid.minRows || rows > grid.maxRows)
		throw new TypeError('a size out of range');
	return { columns, rows };
};

const lookOf = (fields: Fields): Looking => (fields.more() ? { look: fields.number() } : {});

const viewerRecord = (text: string): ViewerRecord => {
	const f = fieldsOf(text);
	const { terminal } = f;
	switch (f.letter) {
		case 'n':
			return {
				type: 'open',
				terminal,
				version: f.number(),
				...sizeOf(f),
				...lookOf(f),
				...(f.more() && { has: { epoch: f.epoch(), screen: f.number(), shown: f.number() } }),
			};
		case 'i': {
			const head = { epoch: f.epoch(), offset: f.number(), screen: f.number(), shown: f.number() };
			return { type: 'input', terminal, ...head, bytes: decodePayload(f.oneOf('u', 'b'), f.payload), ...lookOf(f) };
		}
		case 'k':
			return {
				type: 'shown',
				terminal,
				epoch: f.epoch(),
				screen: f.number(),
				shown: f.number(),
				...(f.more() && f.oneOf('missing', 'whole') === 'missing' && { missing: true }),
				...lookOf(f),
			};
		case 'z':
			return {
				type: 'size',
				terminal,
				...sizeOf(f),
				reason: f.oneOf('use', 'type', 'resize'),
				...(f.more() && { said: { count: f.number(), screen: f.number() } }),
			};
		case 'd':
			return { type: 'close', terminal };
		case 'q':
			return { type: 'beat', terminal, count: f.number(), ...lookOf(f) };
		default:
			throw new TypeError('an unknown record');
	}
};

const agentRecord = (text: string): AgentRecord => {
	const f = fieldsOf(text);
	const { terminal } = f;
	switch (f.letter) {
		case 's':
			return {
				type: 'screen',
				terminal,
				epoch: f.epoch(),
				received: f.number(),
				screen: f.number(),
				...sizeOf(f),
				...(f.more() && { taken: f.number() }),
			};
		case 'o': {
			const head = { epoch: f.epoch(), screen: f.number(), offset: f.number(), received: f.number(), echoed: f.number() };
			const bytes = decodePayload(f.oneOf('u', 'b', 'd'), f.payload);
			return { type: 'output', terminal, ...head, bytes, ...(f.more() && f.oneOf('later') && { later: true }) };
		}
		case 'k':
			return { type: 'received', terminal, epoch: f.epoch(), received: f.number(), echoed: f.number() };
		case 'e':
			return { type: 'end', terminal, reason: f.oneOf('detached', 'exited', 'refused') };
		case 'r':
			return { type: 'beat', terminal, count: f.number() };
		default:
			throw new TypeError('an unknown record');
	}
};

/** Records in one message. */
export const joinRecords = (records: readonly string[]): string =>
	records.length === 1 ? (records[0] as string) : records.map((record) => `+${record.length}|${record}`).join('');

const splitRecords = (payload: string): string[] => {
	if (payload[0] !== '+') return [payload];
	const records: string[] = [];
	let at = 0;
	while (at < payload.length) {
		const bar = payload.indexOf('|', at);
		const length = Number(payload.slice(at + 1, bar));
		const end = bar + 1 + length;
		if (payload[at] !== '+' || bar < 0 || !Number.isSafeInteger(length) || length < 1 || end > payload.length) throw new TypeError('a cut message');
		records.push(payload.slice(bar + 1, end));
		at = end;
	}
	return records;
};

/** What a viewer sent, checked. Throws TypeError on anything else: the whole message is refused. */
export const decodeViewerRecords = (payload: string): ViewerRecord[] => splitRecords(payload).map(viewerRecord);
/** What an agent sent, checked. Throws TypeError on anything else: the whole message is refused. */
export const decodeAgentRecords = (payload: string): AgentRecord[] => splitRecords(payload).map(agentRecord);
