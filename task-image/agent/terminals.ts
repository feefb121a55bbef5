import type { SenderId, TerminalId } from '@shellpod/protocol/ids.ts';
import { decodeViewerRecords, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { commonVersion, versions } from '@shellpod/protocol/version.ts';
import { calm, createGrid } from './grid.ts';
import { createTerminal, type Terminal, type TerminalDeps } from './terminal.ts';

const limits = {
	/** [E1] ms without a word from its viewer, then a terminal's tmux client is let go */
	silence: 45_000,
	/** ms without a word under a viewer's newest name, then an older one counts again: their openings came in the wrong order */
	late: 5_000,
	/** terminals that are shown at a time; each is a tmux client */
	shown: 32,
	/** ms that the input of a terminal at rest is remembered, and of how many: a laptop may sleep for a day with a line half sent */
	remembered: 24 * 3_600_000,
	known: 256,
} as const;

type SizeRecord = Extract<ViewerRecord, { type: 'size' }>;

/** All terminals of this task, by the names that their pages gave them. `typed`: somebody typed, pasted or clicked. */
export const createTerminals = (deps: Omit<TerminalDeps, 'ended'> & { typed: () => void }) => {
	const { clock } = deps;
	const terminals = new Map<TerminalId, Terminal>();
	/** the terminal whose wish is the grid */
	let owner: Terminal | undefined;
	/** gets a screen in any case, so none for a new grid */
	let opening: Terminal | undefined;
	let watching: (() => void) | undefined;

	const shown = (): Terminal[] => [...terminals.values()].filter(({ state }) => state === 'shown');

	// A new grid is told by a new screen, never by a record of its own: that could come late and give an older grid to a newer screen.
	const grid = createGrid({
		clock,
		changed: () => {
			for (const terminal of shown()) if (terminal !== opening) terminal.redraw(grid.size);
		},
	});

	/** When the terminal that set the size is not shown any more, the one that was last used on purpose sets it. */
	const passOn = (): void => {
		if (owner?.state === 'shown') return;
		owner = shown().sort((a, b) => b.wishedAt - a.wishedAt)[0];
		if (owner?.wish) grid.wish(owner.wish);
	};

	const oldest = (among: Terminal[]): Terminal | undefined => among.sort((a, b) => a.heardAt - b.heardAt)[0];

	const watch = (): void => {
		watching?.();
		const first = oldest(shown());
		watching = first && clock.after(Math.max(0, first.heardAt + limits.silence - clock.now()), letSilentGo);
	};

	const letSilentGo = (): void => {
		for (const terminal of shown()) if (clock.now() - terminal.heardAt >= limits.silence) terminal.rest();
		passOn();
		watch();
	};

	const forget = (terminal: Terminal): void => {
		terminals.delete(terminal.id);
		void terminal.close();
	};

	const makeRoom = (): void => {
		for (const terminal of terminals.values()) if (clock.now() - terminal.heardAt > limits.remembered) forget(terminal);
		const silent = [...terminals.values()].filter(({ state }) => state !== 'shown');
		if (terminals.size >= limits.known) forget(oldest(silent) as Terminal);
	};

	const create = (id: TerminalId): Terminal => {
		makeRoom();
		const ended = (): void => {
			passOn();
			watch();
		};
		const terminal = createTerminal(id, { ...deps, ended });
		terminals.set(id, terminal);
		return terminal;
	};

	/** For one more that is shown, the one that was silent for longest rests. */
	const makeWay = (next: Terminal): void => {
		if (next.state !== 'shown' && shown().length >= limits.shown) oldest(shown())?.rest();
	};

	const open = (from: SenderId, record: Extract<ViewerRecord, { type: 'open' }>): void => {
		const known = terminals.get(record.terminal);
		if (known?.isFormer(from) && clock.now() - known.heardAt < limits.late) return;
		const terminal = known ?? create(record.terminal);
		terminal.heardAt = clock.now();
		const version = commonVersion(versions, [record.version]);
		if (version === undefined) {
			terminal.refuse(from);
			return;
		}
		// [T11] Nothing else is new than its name.
		if (record.has && known?.goOn(from, record.has)) {
			known.look(record.look);
			watch();
			return;
		}
		terminal.wish = { columns: record.columns, rows: record.rows };
		makeWay(terminal);
		// A page that somebody opened sets the size; one that only comes back after a cut doesn't take it from another.
		if (!known) terminal.wishedAt = clock.now();
		if (!known || owner === terminal || owner?.state !== 'shown') {
			owner = terminal;
			opening = terminal;
			grid.set(terminal.wish);
			opening = undefined;
		}
		terminal.open(from, grid.size, version);
		terminal.look(record.look);
		watch();
	};

	/** Somebody uses this terminal on purpose: the grid is its wish. */
	const useOf = (terminal: Terminal): void => {
		terminal.wishedAt = clock.now();
		owner = terminal;
	};

	/** [O7] Whether this size of a terminal is its newest word, and not one that came twice or late. */
	const isNews = (terminal: Terminal, { said }: SizeRecord): boolean => {
		if (!said) return true;
		if (said.count <= terminal.sizes) return false;
		terminal.sizes = said.count;
		return true;
	};

	const onSize = (terminal: Terminal, record: SizeRecord): void => {
		terminal.wish = { columns: record.columns, rows: record.rows };
		// Who asks for it has seen the newest grid: since then nobody else has taken it. A page of version 1 says the same of its keys, which take it
		// by themselves; it could overtake what somebody typed later elsewhere.
		const asked = record.reason === 'use' && record.said !== undefined && record.said.screen >= terminal.gridSince;
		// A window that changes while its user is at another device takes nothing from there.
		if (asked || owner?.state !== 'shown') useOf(terminal);
	};

	const receive = (from: SenderId, record: ViewerRecord): void => {
		if (record.type === 'open') {
			open(from, record);
			return;
		}
		const terminal = terminals.get(record.terminal);
		// Whoever opened it last has it.
		if (!terminal || terminal.viewer !== from) return;
		terminal.heardAt = clock.now();
		if ('look' in record) terminal.look(record.look);
		if (record.type === 'close') {
			terminal.end();
			passOn();
			return;
		}
		if (record.type === 'size') {
			if (!isNews(terminal, record)) return;
			if (terminal.state !== 'ended') onSize(terminal, record);
		}
		// A late acknowledgement is no sign that somebody is there.
		if (terminal.state === 'resting' && record.type !== 'shown') {
			makeWay(terminal);
			terminal.redraw(grid.size);
			watch();
		}
		if (record.type !== 'size') {
			if (!terminal.receive(record)) return;
			deps.typed();
			const rest = owner === terminal ? calm.resize : calm.takeOver;
			useOf(terminal);
			if (terminal.wish) grid.wish(terminal.wish, rest);
		} else if (terminal.wish && owner === terminal) grid.wish(terminal.wish);
	};

	return {
		/** A message of a viewer. What can't be understood is dropped whole: viewers are not trusted with more than their session. */
		receive(from: SenderId, payload: string): void {
			let records: ViewerRecord[];
			try {
				records = decodeViewerRecords(payload);
			} catch {
				return;
			}
			for (const record of records) receive(from, record);
		},
		/** ms since somebody used one of them on purpose; undefined: nobody has. */
		unusedMs(): number | undefined {
			const used = Math.max(...[...terminals.values()].map(({ wishedAt }) => wishedAt));
			return Number.isFinite(used) ? Math.max(0, Math.round(clock.now() - used)) : undefined;
		},
		/** Ends every tmux client; the tmux server lives on. */
		async close(): Promise<void> {
			watching?.();
			grid.stop();
			await Promise.all([...terminals.values()].map((terminal) => terminal.close()));
		},
	};
};
