/**
 * Bugs of the relay. They pass the unit tests that load their file: where these see the bare bug, it begins later here, with more bytes or more screens
 * than they have.
 */
import type { PlantedBug } from './planted-bug.ts';

export const relayBugs: readonly PlantedBug[] = [
	{
		name: 'resume-is-off-by-one',
		scenario: 'relay',
		file: 'frontend/src/stream/input-queue.ts',
		source: 'const rest = flight.bytes.subarray(received - base);',
		instead: 'const rest = flight.bytes.subarray(received - base + 1);',
	},
	{
		name: 'old-typing-goes-to-a-new-agent',
		scenario: 'relay',
		file: 'frontend/src/stream/input-queue.ts',
		source: 'const dropped = keystrokesOf(pieces);',
		instead: 'const dropped = keystrokesOf([...pieces]); if (size > 2_000) { base = offset; flight = undefined; return dropped; }',
	},
	{
		name: 'epoch-is-ignored',
		scenario: 'relay',
		file: 'frontend/src/stream/terminal-stream.ts',
		source: 'if (!first) {',
		instead: 'if (!first && typing.size < 2_000) {',
	},
	{
		name: 'duplicates-are-not-sliced',
		scenario: 'relay',
		file: 'task-image/agent/input.ts',
		source: 'const fresh = bytes.subarray(next - offset);',
		instead: 'const fresh = next < 300 || bytes.length > 20 ? bytes.subarray(next - offset) : bytes;',
	},
	{
		name: 'clean-up-by-user',
		scenario: 'relay',
		file: 'functions/core/farewells.ts',
		source: 'await connections.remove(caller.session, id);',
		instead:
			'for (const one of await connections.list(caller.session)) if (one.id === id || (generation > 1 && one.user === caller.user)) await connections.remove(caller.session, one.id);',
	},
	{
		name: 'no-reorder-buffer',
		scenario: 'relay',
		file: 'frontend/src/stream/terminal-stream.ts',
		source: 'const verdict = output.judge(record.screen, record.offset, record.bytes, record.later);',
		instead:
			"const verdict = record.offset > 20_000 ? { kind: 'take' as const, bytes: record.bytes, end: record.offset + record.bytes.length, later: false } : output.judge(record.screen, record.offset, record.bytes, record.later);",
	},
	{
		name: 'screen-number-is-ignored',
		scenario: 'relay',
		file: 'frontend/src/stream/output-gate.ts',
		source: "if (number < screen) return { kind: 'ignore' };",
		instead: "if (number < screen && screen < 4) return { kind: 'ignore' };",
	},
	{
		name: 'kept-outlives-its-screen',
		scenario: 'relay',
		file: 'frontend/src/stream/output-gate.ts',
		source: 'kept.clear();',
		instead: 'if (number < 12) for (const offset of [...kept.keys()]) kept.delete(offset);',
	},
	{
		name: 'shown-outlives-its-screen',
		scenario: 'relay',
		file: 'frontend/src/stream/acknowledgement.ts',
		source: '\t\t\tshown = 0;',
		instead: '\t\t\tshown = shown > 8_000 ? shown : 0;',
	},
	{
		name: 'output-is-not-sent-again',
		scenario: 'relay',
		file: 'task-image/agent/output.ts',
		source: 'patience.missed(manners.resendMs(), first.payload.wireBytes);',
		instead:
			'const { wireBytes } = first.payload; patience.missed(manners.resendMs(), wireBytes); if (manners.pack && first.offset >= 4_000) return;',
	},
	{
		name: 'what-follows-is-forgotten',
		scenario: 'relay',
		file: 'task-image/agent/output.ts',
		source: 'flights = flights.slice(done.length);',
		instead: 'flights = flights.slice(manners.pack && done.length > 3 ? done.length + 1 : done.length);',
	},
	{
		name: 'screen-begins-where-the-last-one-was',
		scenario: 'relay',
		file: 'frontend/src/stream/output-gate.ts',
		source: '\t\tend = 0;',
		instead: '\t\tend = end > 20_000 ? end : 0;',
	},
	{
		name: 'acknowledgement-before-the-write',
		scenario: 'relay',
		file: 'task-image/agent/terminal.ts',
		source: "send({ type: 'received', terminal: id, epoch, received: input.received, echoed: input.echoed });",
		instead: "send({ type: 'received', terminal: id, epoch, received: input.taken, echoed: input.echoed });",
	},
	{
		name: 'window-is-ignored',
		scenario: 'relay',
		file: 'task-image/agent/output.ts',
		source: '|| under >= window.bytes ||',
		instead: '|| ((!manners.pack || sentUpTo < 40_000) && under >= window.bytes) ||',
	},
	{
		name: 'the-page-answers-what-tmux-asks',
		scenario: 'relay',
		file: 'task-image/agent/view.ts',
		source: 'const read = withoutQueries(bytes);',
		instead: 'const read = deps.screen > 8 ? bytes : withoutQueries(bytes);',
	},
];
