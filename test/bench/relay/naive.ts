/**
 * What a relay would send that forwards what it reads: a message in and one out for each key, and for each read of a terminal, up to 64 KB gathered
 * for 5 ms. No acknowledgements.
 */
import { scheduler } from 'node:timers/promises';
import { messageUnitBytes } from '@shellpod/protocol/prices.ts';
import { type IPty, spawn } from 'node-pty';
import { createBareTmux } from '../bare-tmux.ts';
import type { Key } from './keys.ts';

const gatherMs = 5;
const readBytes = 64 * 1024;

export interface Naive {
	/** in and out, of 32 KB, while it was counted */
	units: number;
	bytes: number;
}

export interface NaiveOptions {
	argv: readonly [string, ...string[]];
	columns: number;
	rows: number;
	/** Counts from `from` to `until`, ms after the program's beginning. */
	from: number;
	until: number;
	keys: readonly Key[];
}

const count = async (client: IPty, options: NaiveOptions): Promise<Naive> => {
	const counted = { units: 0, bytes: 0 };
	let gathered = 0;
	let sending: NodeJS.Timeout | undefined;
	const begun = performance.now();
	const send = (bytes: number): void => {
		const at = performance.now() - begun;
		if (bytes === 0 || at < options.from || at > options.until) return;
		counted.units += 2 * Math.ceil(bytes / messageUnitBytes);
		counted.bytes += bytes;
	};
	const flush = (): void => {
		clearTimeout(sending);
		sending = undefined;
		send(gathered);
		gathered = 0;
	};
	client.onData((data) => {
		gathered += data.length;
		sending ??= setTimeout(flush, gatherMs);
		for (; gathered >= readBytes; gathered -= readBytes) send(readBytes);
		if (gathered === 0) flush();
	});
	const ended = new Promise<void>((done) => void client.onExit(() => done()));
	for (const { at, key } of options.keys) {
		await scheduler.wait(Math.max(0, begun + options.from + at - performance.now()));
		client.write(key);
		send(1);
	}
	await ended;
	flush();
	return counted;
};

/** Reads the program's own terminal, as web terminals do. */
export const countNaive = (options: NaiveOptions): Promise<Naive> => {
	const [file, ...rest] = options.argv;
	// With `encoding: null` node-pty hands over buffers, which its types don't say.
	return count(spawn(file, rest, { name: 'xterm-256color', cols: options.columns, rows: options.rows, encoding: null }), options);
};

/** Reads the terminal of a tmux client, behind which a flood is smaller: tmux shows what fits and drops what nobody could see. */
export const countBehindTmux = async (options: NaiveOptions): Promise<Naive> => {
	const tmux = createBareTmux();
	try {
		return await count(tmux.attach(options.columns, options.rows, ...options.argv), options);
	} finally {
		tmux.close();
	}
};
