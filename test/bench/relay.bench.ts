/**
 * What the relay carries and what that costs: recorded workloads in a real tmux, through agent, gateway and relay function to the page's own
 * stream; metered by the gateway's access log, beside what a relay would send that forwards what it reads.
 */
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openHeadlessPage } from '../support/headless-page.ts';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { agentsOf } from './agents.ts';
import { costPerHour, taskPerHour, terminalsPerAccount } from './relay/cost.ts';
import { countNaive, type Naive } from './relay/naive.ts';
import { watchTmux } from './relay/truth.ts';
import { type Watched, watch } from './relay/watch.ts';
import { numberedLine, type Workload, workloads } from './relay/workloads.ts';
import type { Bench, Row } from './row.ts';

const size = { columns: 120, rows: 40 };
const program = fileURLToPath(new URL('relay/program.mjs', import.meta.url));
/** ms before it is metered: what a page may have at once after a rest is spent, and its last key was long ago */
const warmUp = 8_000;
/** of what is printed after the end of the measuring, s */
const margin = 1;
const fileBytes = 100 * 1024 * 1024;
/** ms */
const bounds = { watched: 300, used: 100, afterEnd: 200 } as const;

const writeLargeFile = (path: string): void => {
	const file = openSync(path, 'w', 0o644);
	const block = 10_000;
	for (let line = 0, bytes = 0; bytes < fileBytes; line += block) {
		const lines = Buffer.from(Array.from({ length: block }, (_, at) => numberedLine(line + at)).join(''));
		bytes += writeSync(file, lines);
	}
	closeSync(file);
};

const rowsOf = (workload: Workload, watched: Watched, naive: Naive): Row[] => {
	const row = (name: string, unit: Row['unit'], median: number, more: Pick<Row, 'bound' | 'least'> = {}): Row => ({
		name: `${workload.name}: ${name}`,
		unit,
		median,
		samples: 1,
		...more,
	});
	const { traffic, minutes, keys } = watched;
	return [
		row('metered', 'per minute', traffic.units / minutes),
		row('naive', 'per minute', naive.units / minutes),
		row('fewer than naive', 'times', naive.units / traffic.units, workload.fewer === undefined ? {} : { least: workload.fewer }),
		row('age of the screen, watched, p95', 'ms', watched.staleWatched, { bound: bounds.watched }),
		...(keys > 0 ? [row('age of the screen, used, p95', 'ms', watched.staleUsed, { bound: bounds.used })] : []),
		row('right after the end', 'ms', watched.rightAfterEnd, { bound: bounds.afterEnd }),
		row('an hour of relay', 'US$', costPerHour(traffic, minutes), { bound: taskPerHour }),
		row('terminals in 10,000 requests/s', '', terminalsPerAccount(traffic, minutes)),
	];
};

export const run: Bench = async ({ seconds = 15 }) => {
	const measured = seconds * 1_000;
	const total = warmUp / 1_000 + seconds + margin;
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-relay-'));
	const stack = await startStack();
	try {
		const user = await signInByHttp(stack, 'bench');
		const { id } = await user.createSession('bench');
		await user.reaches(id, 'Running');
		const [agent] = await agentsOf(stack);
		const machine = `/proc/${agent}/root`;
		const large = join(folder, 'large.txt');
		writeLargeFile(large);
		copyFileSync(large, `${machine}/home/dev/large.txt`);
		copyFileSync(program, `${machine}/home/dev/program.mjs`);
		const page = openHeadlessPage(stack, user, id, size);
		await page.shows((lines) => lines.some((line) => /[$#]$/.test(line)));
		const truth = await watchTmux(`${machine}/run/shellpod/tmux`);
		const rows: Row[] = [];
		const figures: Record<string, unknown> = {};
		for (const workload of workloads) {
			const args = (file: string): [string, string, string] => [workload.name, String(total), file];
			const command = `node program.mjs ${args('large.txt').join(' ')}\r`;
			const watched = await watch({ stack, page, truth, workload, command, warmUp, measured });
			const naive = await countNaive({
				argv: [process.execPath, program, ...args(large)],
				...size,
				from: warmUp,
				until: warmUp + measured,
				keys: workload.keys(measured),
			});
			rows.push(...rowsOf(workload, watched, naive));
			figures[workload.name] = {
				meteredPerMinute: watched.traffic.units / watched.minutes,
				naivePerMinute: naive.units / watched.minutes,
				...watched,
				costPerHour: costPerHour(watched.traffic, watched.minutes),
				terminals: terminalsPerAccount(watched.traffic, watched.minutes),
			};
		}
		page.close();
		truth.close();
		return { rows, figures: { workloads: figures, taskPerHour } };
	} finally {
		await stack.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
};
