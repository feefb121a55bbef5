/** What a relay would send that forwards what it reads: a message in and one out for each key and for each read of the program's own terminal. */
import { scheduler } from 'node:timers/promises';
import { spawn } from 'node-pty';
import { messageUnit } from '../../../local/meters/meters.ts';
import type { Key } from './keys.ts';

/** ms that a read gathers, and bytes at which it is full */
const gatherMs = 5;
const readBytes = 64 * 1024;

export interface Naive {
	/** in and out, of 32 KB, while it was counted */
	units: number;
	bytes: number;
}

/** Counts from `from` to `until`, ms after the program's beginning. */
export const countNaive = async (options: {
	argv: readonly [string, ...string[]];
	columns: number;
	rows: number;
	from: number;
	until: number;
	keys: readonly Key[];
}): Promise<Naive> => {
	const [file, ...rest] = options.argv;
	const counted = { units: 0, bytes: 0 };
	let gathered = 0;
	let since = 0;
	const begun = performance.now();
	const send = (bytes: number): void => {
		const at = performance.now() - begun;
		if (bytes === 0 || at < options.from || at > options.until) return;
		counted.units += 2 * Math.ceil(bytes / messageUnit);
		counted.bytes += bytes;
	};
	const flush = (): void => {
		send(gathered);
		gathered = 0;
	};
	// With `encoding: null` node-pty hands over buffers, which its types don't say.
	const program = spawn(file, rest, { name: 'xterm-256color', cols: options.columns, rows: options.rows, encoding: null });
	program.onData((data) => {
		const now = performance.now();
		if (gathered > 0 && now - since >= gatherMs) flush();
		if (gathered === 0) since = now;
		gathered += data.length;
		for (; gathered >= readBytes; gathered -= readBytes) send(readBytes);
	});
	const ended = new Promise<void>((done) => void program.onExit(() => done()));
	for (const { at, key } of options.keys) {
		await scheduler.wait(Math.max(0, begun + options.from + at - performance.now()));
		program.write(key);
		send(1);
	}
	await ended;
	flush();
	return counted;
};
