/** Values as they cross the wire, for property tests. */
import { type Epoch, epoch, patterns, type TerminalId, terminalId } from '@shellpod/protocol/ids.ts';
import { grid } from '@shellpod/protocol/limits.ts';
import type { AgentRecord, ViewerRecord } from '@shellpod/protocol/record.ts';
import * as fc from 'fast-check';

export const terminals: fc.Arbitrary<TerminalId> = fc.stringMatching(patterns.terminal).map(terminalId);
export const epochs: fc.Arbitrary<Epoch> = fc.stringMatching(patterns.epoch).map(epoch);
export const offsets = fc.maxSafeNat();
export const columns = fc.integer({ min: grid.minColumns, max: grid.maxColumns });
export const rows = fc.integer({ min: grid.minRows, max: grid.maxRows });

const encoder = new TextEncoder();
/** any bytes, and bytes that are text: the two encodings of a payload */
export const chunks = fc.oneof(
	fc.uint8Array({ maxLength: 400 }),
	fc.string({ unit: 'binary', maxLength: 200 }).map((text) => encoder.encode(text)),
);

const kind = <T extends string>(type: T) => fc.constant(type);

export const viewerRecords: fc.Arbitrary<ViewerRecord> = fc.oneof(
	fc.record({
		type: kind('open'),
		terminal: terminals,
		version: offsets,
		columns,
		rows,
		look: offsets,
		has: fc.record({ epoch: epochs, screen: offsets, shown: offsets }),
	}),
	fc.record(
		{ type: kind('open'), terminal: terminals, version: offsets, columns, rows, look: offsets },
		{ requiredKeys: ['type', 'terminal', 'version', 'columns', 'rows'] },
	),
	fc.record(
		{ type: kind('input'), terminal: terminals, epoch: epochs, offset: offsets, screen: offsets, shown: offsets, bytes: chunks, look: offsets },
		{ requiredKeys: ['type', 'terminal', 'epoch', 'offset', 'screen', 'shown', 'bytes'] },
	),
	fc.record(
		{ type: kind('shown'), terminal: terminals, epoch: epochs, screen: offsets, shown: offsets, missing: fc.constant(true as const), look: offsets },
		{ requiredKeys: ['type', 'terminal', 'epoch', 'screen', 'shown'] },
	),
	fc.record(
		{
			type: kind('size'),
			terminal: terminals,
			columns,
			rows,
			reason: fc.constantFrom('use', 'type', 'resize'),
			said: fc.record({ count: offsets, screen: offsets }),
		},
		{ requiredKeys: ['type', 'terminal', 'columns', 'rows', 'reason'] },
	),
	fc.record({ type: kind('close'), terminal: terminals }),
	fc.record({ type: kind('beat'), terminal: terminals, count: offsets, look: offsets }, { requiredKeys: ['type', 'terminal', 'count'] }),
);

export const agentRecords: fc.Arbitrary<AgentRecord> = fc.oneof(
	fc.record(
		{ type: kind('screen'), terminal: terminals, epoch: epochs, received: offsets, screen: offsets, columns, rows, taken: offsets },
		{ requiredKeys: ['type', 'terminal', 'epoch', 'received', 'screen', 'columns', 'rows'] },
	),
	fc.record(
		{
			type: kind('output'),
			terminal: terminals,
			epoch: epochs,
			screen: offsets,
			offset: offsets,
			received: offsets,
			echoed: offsets,
			bytes: chunks,
			later: fc.constant(true as const),
		},
		{ requiredKeys: ['type', 'terminal', 'epoch', 'screen', 'offset', 'received', 'echoed', 'bytes'] },
	),
	fc.record({ type: kind('received'), terminal: terminals, epoch: epochs, received: offsets, echoed: offsets }),
	fc.record({ type: kind('end'), terminal: terminals, reason: fc.constantFrom('detached', 'exited', 'refused') }),
	fc.record({ type: kind('beat'), terminal: terminals, count: offsets }),
);

/** Text that almost is what it should be: some of a good one cut out, doubled, or replaced. */
export const damaged = (good: fc.Arbitrary<string>): fc.Arbitrary<string> =>
	fc
		.tuple(
			good,
			fc.nat(),
			fc.nat(40),
			fc.string({ unit: fc.constantFrom('+', '|', ':', ',', ' ', 'z', '0', '\u{0}', '\u{d800}', 'é', '😀'), maxLength: 8 }),
		)
		.map(([text, from, length, instead]) => {
			const at = text.length === 0 ? 0 : from % text.length;
			return text.slice(0, at) + instead + text.slice(at + length);
		});
