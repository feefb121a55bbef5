import type { Clock } from './clock.ts';
import { createOutput, type Manners } from './output.ts';
import type { Pty, PtySize, SpawnPty } from './pty.ts';
import { createQueryFilter } from './queries.ts';
import type { Tmux } from './tmux.ts';

/** What tmux reads from a terminal in one turn of its loop, bytes. */
const readInOneTurn = 4096;
/**
 * ms after which what was written is read, but for what a terminal holds: tmux reads whatever its panes do, unless the whole machine is so slow
 * that it does nothing at all.
 */
const surelyRead = 2_000;

/**
 * A client begins with it when it goes, and never else: keypad keys of the terminal before (rmkx). Then it clears the screen and says
 * why it goes, to the shell that it was started from. The last screen shall stay in view.
 */
const farewell = '\x1b[?1l\x1b>';

/** One tmux client and the screen that it draws: from its attaching to the day when another takes its place. */
export const createView = (deps: {
	clock: Clock;
	spawn: SpawnPty;
	tmux: Tmux;
	screen: number;
	size: PtySize;
	transmit: Parameters<typeof createOutput>[0]['transmit'];
	manners: Manners;
	/** ms until the next chunk may go */
	wait: (atRest: boolean) => number;
	/** It has attached: keys that it gets now reach the session. */
	attached: () => void;
	/** It is gone, and nobody has retired it. */
	ended: () => void;
}) => {
	const { clock, tmux } = deps;
	let attached = false;
	let retired = false;
	let gone = false;
	let leaving = false;
	let writes: { at: number; bytes: number }[] = [];
	let pty: Pty | undefined;
	const output = createOutput({
		clock,
		transmit: deps.transmit,
		manners: deps.manners,
		wait: deps.wait,
		source: {
			pause: () => pty?.pause(),
			resume: () => pty?.resume(),
			skipped: async (redraw) => (pty ? tmux.skipped(pty.name, redraw) : Number.NaN),
		},
	});
	const withoutQueries = createQueryFilter((bytes) => pty?.write(bytes));
	pty = deps.spawn(tmux.attach, tmux.environment, tmux.home, deps.size, {
		data: (bytes) => {
			if (retired || leaving) return;
			const read = withoutQueries(bytes);
			const end = Buffer.from(read.buffer, read.byteOffset, read.length).indexOf(farewell);
			leaving = end >= 0;
			const drawn = leaving ? read.subarray(0, end) : read;
			if (drawn.length > 0) output.push(drawn);
			// Before its first word the client's terminal isn't in raw mode: keys would be changed on their way.
			if (attached) return;
			attached = true;
			deps.attached();
		},
		exit: () => {
			gone = true;
			if (retired) return;
			output.stop();
			deps.ended();
		},
	});
	const client = pty;

	return {
		screen: deps.screen,
		size: deps.size,
		beganAt: clock.now(),
		output,
		/** the viewer has said something about this screen, so it knows of it */
		confirmed: false,
		get attached() {
			return attached;
		},
		write(bytes: Uint8Array): number {
			const count = client.write(bytes);
			if (count > 0) writes = [...writes.filter(({ at }) => clock.now() - at < surelyRead), { at: clock.now(), bytes: count }];
			return count;
		},
		/**
		 * Lets the client go; resolves when tmux has read what was written to it. To end it before would lose keys that are
		 * acknowledged; to let its successor type before would change their order.
		 * @param size of its successor: two sizes at a time would make tmux go back and forth between them
		 */
		async retire(size: PtySize = deps.size): Promise<void> {
			retired = true;
			output.stop();
			if (gone) return;
			client.resize(size);
			const unread = writes.reduce((sum, { at, bytes }) => (clock.now() - at < surelyRead ? sum + bytes : sum), 0);
			const least = writes.length > 0 ? 1 : 0;
			for (let turns = Math.max(least, Math.ceil(unread / readInOneTurn)); turns > 0 && !gone; turns--) await tmux.turn();
			client.kill();
		},
	};
};
export type View = ReturnType<typeof createView>;
