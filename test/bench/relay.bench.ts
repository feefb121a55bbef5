/**
 * What the relay carries and what that costs: recorded workloads in a real tmux, through agent, gateway and relay function to the page's own
 * stream; metered by the gateway's access log, beside what a relay would send that forwards what it reads. And the way of a key and its echo.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { taskHour } from '@shellpod/protocol/prices.ts';
import { openHeadlessPage } from '../support/headless-page.ts';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { agentsOf } from './agents.ts';
import { echoFigures, echoRows, measureEcho } from './echo.ts';
import { writeLargeFile } from './large-file.ts';
import { costPerHour, terminalsPerAccount } from './relay/cost.ts';
import { countBehindTmux, countNaive, type Naive, type NaiveOptions } from './relay/naive.ts';
import { quantile } from './relay/timeline.ts';
import { watchTmux } from './relay/truth.ts';
import { type Watched, watch } from './relay/watch.ts';
import { type Workload, workloads } from './relay/workloads.ts';
import { type Bench, isWanted, type Row, rowOf } from './row.ts';

const size = { columns: 120, rows: 40 };
const program = fileURLToPath(new URL('relay/program.mjs', import.meta.url));
/** s before it is metered: what a page may have at once after a rest is spent, and its last key was long ago; the naive way saves nothing up */
const warmUp = { ours: 8, naive: 1 };
const fileBytes = 100 * 1024 * 1024;
/** ms */
const bounds = { watched: 300, used: 100, afterEnd: 200 } as const;

/** p95, against which a bound stands, and p99 beside it. */
const ageRow = (name: string, ages: readonly number[], bound: number): Row => ({
	name,
	unit: 'ms',
	median: quantile(ages, 0.95),
	p99: quantile(ages, 0.99),
	samples: ages.length,
	bound,
});

/** Units per minute: what the gateway metered, what it would with programs' terminals forwarded as they are read, and with a tmux client's. */
interface PerMinute {
	metered: number;
	naive: number;
	naiveBehindTmux: number;
}

const rowsOf = ({ name, fewer }: Workload, { traffic, minutes, ages, ends }: Watched, { metered, naive, naiveBehindTmux }: PerMinute): Row[] => {
	const row = (what: string, unit: Row['unit'], median: number, more: Pick<Row, 'bound' | 'least'> = {}): Row => ({
		name: `${name}: ${what}`,
		unit,
		median,
		samples: 1,
		...more,
	});
	return [
		row('metered', 'per minute', metered),
		row('naive', 'per minute', naive),
		row('naive, behind tmux', 'per minute', naiveBehindTmux),
		row('fewer than naive', 'times', naive / metered, fewer === undefined ? {} : { least: fewer }),
		ageRow(`${name}: age of the screen, watched (p95)`, ages.watched, bounds.watched),
		ageRow(`${name}: age of the screen, used (p95)`, ages.used, bounds.used),
		rowOf(`${name}: right after the end`, 'ms', ends, { bound: bounds.afterEnd }),
		row('an hour of relay', 'US$', costPerHour(traffic, minutes), { bound: taskHour }),
		row('terminals in 10,000 requests/s', '', terminalsPerAccount(traffic, minutes)),
	];
};

const shares = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99) });

const figuresOf = ({ traffic, minutes, ages, ends, keys }: Watched, { metered, naive, naiveBehindTmux }: PerMinute) => ({
	meteredPerMinute: metered,
	naivePerMinute: naive,
	naiveBehindTmuxPerMinute: naiveBehindTmux,
	ratio: naive / metered,
	stalenessMs: { watched: shares(ages.watched), used: shares(ages.used) },
	rightAfterEndMs: { ...shares(ends), most: Math.max(...ends), ends: ends.length },
	costPerHour: costPerHour(traffic, minutes),
	terminals: terminalsPerAccount(traffic, minutes),
	traffic,
	minutes,
	keys,
});

export const run: Bench = async (options) => {
	const { seconds = 15 } = options;
	const measured = seconds * 1_000;
	const stack = await startStack();
	const closing: (() => unknown)[] = [];
	try {
		const user = await signInByHttp(stack, 'bench');
		const { id } = await user.createSession('bench');
		await user.reaches(id, 'Running');
		const [agent] = await agentsOf(stack);
		const machine = `/proc/${agent}/root`;
		// Goes with the stack.
		const large = join(stack.state, 'large.txt');
		writeLargeFile(large, fileBytes);
		copyFileSync(large, `${machine}/home/dev/large.txt`);
		copyFileSync(program, `${machine}/home/dev/program.mjs`);
		const page = openHeadlessPage(stack, user, id, size);
		closing.push(() => page.close());
		await page.shows((lines) => lines.some((line) => /[$#]$/.test(line)));
		const truth = await watchTmux(`${machine}/run/shellpod/tmux`);
		closing.push(() => truth.close());
		const rows: Row[] = [];
		const figures: Record<string, unknown> = {};
		for (const workload of workloads.filter(({ name }) => isWanted(options, name))) {
			const args = (before: number, of: number, ends: number, file: string) => [workload.name, before, of, ends, file].map(String);
			const command = `node program.mjs ${args(warmUp.ours, seconds, workload.ends, 'large.txt').join(' ')}\r`;
			const watched = await watch({ stack, page, truth, workload, command, warmUp: warmUp.ours * 1_000, measured });
			const naive: NaiveOptions = {
				argv: [process.execPath, program, ...args(warmUp.naive, seconds, 0, large)],
				...size,
				from: warmUp.naive * 1_000,
				until: (warmUp.naive + seconds) * 1_000,
				keys: workload.keys(measured),
			};
			const minute = ({ units }: Naive): number => units / (seconds / 60);
			const perMinute = {
				metered: watched.traffic.units / watched.minutes,
				naive: minute(await countNaive(naive)),
				naiveBehindTmux: minute(await countBehindTmux(naive)),
			};
			rows.push(...rowsOf(workload, watched, perMinute));
			figures[workload.name] = figuresOf(watched, perMinute);
		}
		for (const close of closing.splice(0)) close();
		const echo = isWanted(options, 'echo') ? await measureEcho(stack, user, id) : undefined;
		return {
			rows: [...rows, ...(echo ? echoRows(echo) : [])],
			figures: { workloads: figures, taskHour, ...(echo && { echo: echoFigures(echo) }) },
		};
	} finally {
		for (const close of closing) close();
		await stack.dispose();
	}
};
