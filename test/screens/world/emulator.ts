/** xterm.js without a browser, set up as the page's own. */
import headless, { type Terminal } from '@xterm/headless';
import type { Screen, Size } from '../../../frontend/src/stream/screen.ts';
import { type Emulator, emulatorOptions, prepareEmulator, screenOf } from '../../../frontend/src/terminal/emulator.ts';

export const createEmulator = (size: Size): { terminal: Terminal; screen: Screen; dispose(): void } => {
	const terminal = new headless.Terminal({ ...emulatorOptions, cols: size.columns, rows: size.rows });
	// The two packages are one program with two sets of types.
	const emulator = terminal as unknown as Emulator;
	prepareEmulator(emulator);
	return { terminal, screen: screenOf(emulator), dispose: () => terminal.dispose() };
};
