/** A second opinion: another tmux client of the same size, attached just now, whose first drawing goes straight into a terminal of its own. */
import { type Pty, spawnPty } from '@shellpod/task-image/agent/pty.ts';
import { createQueryFilter } from '@shellpod/task-image/agent/queries.ts';
import { createEmulator } from '../world/emulator.ts';
import type { House } from '../world/house.ts';
import { type Seen, seenOn } from './cells.ts';

export const attachFresh = ({ tmux }: House, size: { columns: number; rows: number }) => {
	const { terminal, dispose } = createEmulator(size);
	let pty: Pty | undefined;
	const withoutQueries = createQueryFilter((bytes) => pty?.write(bytes));
	let gone = (): void => {};
	const end = new Promise<void>((done) => {
		gone = done;
	});
	let leaving = false;
	pty = spawnPty(tmux.attach, tmux.environment, tmux.home, size, {
		data: (bytes) => {
			if (!leaving) terminal.write(withoutQueries(bytes));
		},
		exit: () => gone(),
	});
	return {
		seen: (): Seen => seenOn(terminal),
		async leave(): Promise<void> {
			leaving = true;
			pty?.kill();
			await end;
			dispose();
		},
	};
};
export type FreshClient = ReturnType<typeof attachFresh>;
