/** Bugs that make a screen wrong, planted as the simulation's are (`test/simulation/planted`); `seeds`: one of them finds it in `npm test`. */
import type { PlantedBug } from '../simulation/planted/planted-bug.ts';

export const bugs: readonly (PlantedBug & { seeds?: readonly number[] })[] = [
	{
		name: 'what-came-early-is-dropped',
		scenario: 'screens',
		file: 'frontend/src/stream/output-gate.ts',
		source: 'kept.delete(offset);',
		instead: 'if (kept.delete(offset)) end += bytes.length;',
	},
	{
		name: 'a-chunk-is-drawn-twice',
		scenario: 'screens',
		file: 'frontend/src/stream/output-gate.ts',
		source: 'const fresh = bytes.subarray(end - offset);',
		instead: 'const fresh = bytes.subarray(0); if (offset + bytes.length < end) return undefined;',
	},
	{
		name: 'a-screen-s-number-is-ignored',
		scenario: 'screens',
		file: 'frontend/src/stream/output-gate.ts',
		source: "if (number < screen) return { kind: 'ignore' };",
		instead: "if (number < screen) return { kind: 'take', bytes, end };",
	},
	{
		name: 'no-new-screen-for-a-new-size',
		scenario: 'screens',
		file: 'task-image/agent/terminals.ts',
		source: 'for (const terminal of shown()) if (terminal !== opening) terminal.redraw(grid.size);',
		instead: '',
		seeds: [17],
	},
	{
		name: 'the-old-screen-is-not-forgotten',
		scenario: 'screens',
		file: 'frontend/src/terminal/emulator.ts',
		source: 'const forget = new Uint8Array([0x18, 0x1b, 0x63]);',
		instead: 'const forget = new Uint8Array([0x18]);',
	},
	{
		name: 'letters-are-as-wide-as-in-unicode-11',
		scenario: 'screens',
		file: 'frontend/src/terminal/emulator.ts',
		source: 'terminal.unicode.activeVersion = provider.version;',
		instead: '',
		seeds: [1],
	},
	{
		name: 'a-size-is-told-once',
		scenario: 'screens',
		file: 'frontend/src/stream/sizes.ts',
		source: 'tellAgain(0);',
		instead: '',
	},
	{
		name: 'a-chunk-gets-lost',
		scenario: 'screens',
		file: 'frontend/src/stream/output-gate.ts',
		source: 'const first = freshOf(offset, bytes);',
		instead: 'const first = freshOf(offset, bytes)?.subarray(offset % 2 === 1 ? bytes.length : 0);',
		seeds: [8, 15, 4],
	},
];
