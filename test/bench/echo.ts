/**
 * Key to echo: through the page's own stream, gateway, relay function, agent, tmux and back, to a terminal emulator; against the same tmux behind a
 * bare WebSocket, in turn, so that whatever else the machine does meets both.
 */
import { scheduler } from 'node:timers/promises';
import headless from '@xterm/headless';
import { WebSocket } from 'ws';
import { askMeters } from '../../local/meters/ask.ts';
import { openHeadlessPage } from '../support/headless-page.ts';
import type { Stack } from '../support/stack.ts';
import type { HttpUser } from '../support/user.ts';
import { startBareTerminal } from './bare-terminal.ts';
import { type Echoed, type Hops, hopsOf } from './hops.ts';
import { type Row, rowOf } from './row.ts';

export interface Echo {
	/** ms, key by key */
	through: number[];
	direct: number[];
	/** mean ms of each part of the way */
	hops: Hops;
	/** calls of the table for each 1,000 frames that the relay passed on meanwhile */
	tableCalls: number;
}

const columns = 120;
const rows = 40;
const warmUps = 50;
const samples = 1_000;
/** ms between two keys: nobody types faster */
const restMs = 20;
/** one of so many frames is counted at the table twice, after it was passed on; beside it by chance some more, and what each minute's sweep does */
const counted = 2 / 64;
const others = 0.03;

interface Line {
	type(text: string): void;
	/** Resolves when the last line that isn't empty is this one. */
	is(text: string): Promise<void>;
	close(): void;
}

const lineOf = (screen: { lines(): string[]; onChange(listener: () => void): () => void }, rest: Omit<Line, 'is'>): Line => ({
	...rest,
	is: (text) =>
		new Promise((resolve) => {
			const look = (): void => {
				// The status line is tmux's.
				if (
					screen
						.lines()
						.slice(0, -1)
						.findLast((line) => line !== '') !== text
				)
					return;
				stop();
				resolve();
			};
			const stop = screen.onChange(look);
		}),
});

const bareLine = async (url: string): Promise<Line> => {
	const emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
	const listeners = new Set<() => void>();
	const socket = new WebSocket(url, { perMessageDeflate: false });
	socket.on('message', (data: Buffer) =>
		emulator.write(data, () => {
			for (const one of [...listeners]) one();
		}),
	);
	await new Promise((resolve, reject) => {
		socket.once('open', resolve);
		socket.once('error', reject);
	});
	const screen = {
		lines: () => Array.from({ length: rows }, (_, row) => emulator.buffer.active.getLine(row)?.translateToString(true).trimEnd() ?? ''),
		onChange: (listener: () => void) => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
	return lineOf(screen, {
		type: (text) => socket.send(text),
		close: () => {
			socket.terminate();
			emulator.dispose();
		},
	});
};

const keys = 'abcdefghijklmnopqrstuvwxyz';
const wall = (): number => performance.timeOrigin + performance.now();

const keyToEcho = async (line: Line, index: number): Promise<Echoed> => {
	const typed = (index % keys.length) + 1;
	const echoed = line.is(keys.slice(0, typed));
	const from = wall();
	line.type(keys[typed - 1] as string);
	await echoed;
	return { from, until: wall() };
};

const ready = async (line: Line): Promise<void> => {
	// `cat` echoes by the terminal itself: what is measured is the way, not a shell's line editor.
	const begun = line.is('begin-2');
	line.type('clear; echo begin-$((1+1)); exec cat >/dev/null\r');
	await begun;
};

/** @param session one that runs, in which nobody does anything */
export const measureEcho = async (stack: Stack, user: HttpUser, session: string): Promise<Echo> => {
	const bareTerminal = startBareTerminal(columns, rows);
	const { url, close } = await bareTerminal;
	const page = openHeadlessPage(stack, user, session, { columns, rows });
	try {
		await page.shows((lines) => lines.some((line) => /[$#]$/.test(line)));
		const through = lineOf(page, { type: (text) => void page.type(text), close: () => page.close() });
		const bare = await bareLine(url);
		await ready(through);
		await ready(bare);
		const measured: { through: Echoed[]; direct: Echoed[] } = { through: [], direct: [] };
		const environment = await stack.awsEnvironment();
		const before = await askMeters(environment);
		for (let index = 0; index < warmUps + samples; index++) {
			const [a, b] = [await keyToEcho(through, index), await keyToEcho(bare, index)];
			const isLast = index % keys.length === keys.length - 1;
			// The first of a line waits for the one before to end too.
			if (index >= warmUps && index % keys.length > 0) {
				measured.through.push(a);
				measured.direct.push(b);
			}
			if (isLast) for (const line of [through, bare]) line.type('\r');
			await scheduler.wait(restMs);
			if (page.complaints.length > 0) throw new Error(page.complaints.join('; '));
		}
		const after = await askMeters(environment);
		bare.close();
		const calls = (['table read units', 'table write units'] as const).reduce((sum, name) => sum + after[name] - before[name], 0);
		const took = ({ from, until }: Echoed): number => until - from;
		return {
			through: measured.through.map(took),
			direct: measured.direct.map(took),
			hops: hopsOf(stack, measured.through),
			tableCalls: (calls / (after['messages in'] - before['messages in'])) * 1_000,
		};
	} finally {
		page.close();
		close();
	}
};

const bare = 'key to echo, bare WebSocket';
const whole = 'key to echo, whole stack';

export const echoRows = ({ through, direct, hops, tableCalls }: Echo): Row[] => [
	rowOf(bare, 'ms', direct),
	rowOf(whole, 'ms', through, { against: bare }),
	...Object.entries(hops).map(
		([name, mean]): Row => ({ name: `of it: ${name} (mean)`, unit: 'ms', median: mean, samples: through.length, against: whole }),
	),
	{ name: 'table calls for 1,000 frames', unit: '', median: tableCalls, samples: 1, bound: 1_000 * (counted + others) },
];

export const echoFigures = (echo: Echo) => {
	const [direct, through] = [rowOf(bare, 'ms', echo.direct), rowOf(whole, 'ms', echo.through)];
	return {
		medianRatio: through.median / direct.median,
		p99Ratio: (through.p99 ?? Number.NaN) / (direct.p99 ?? Number.NaN),
		medianMs: through.median,
		p99Ms: through.p99,
		bareMedianMs: direct.median,
		bareP99Ms: direct.p99,
		hops: echo.hops,
		tableCallsPer1000Frames: echo.tableCalls,
	};
};
