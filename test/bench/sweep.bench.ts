/** What the minute's sweep reads where 50 of 10,000 sessions are due, and what the control plane costs for sessions that nobody uses. */
import { lookAgain } from '@shellpod/functions/core/budget-watch.ts';
import { prices, taskHour } from '@shellpod/protocol/prices.ts';
import type { Bench, Row } from './row.ts';
import { idleSeconds, measureIdle } from './sweep/idle.ts';
import { type DueKind, dueKinds, sizes } from './sweep/population.ts';
import { openSweptTable, type SweepCost } from './sweep/run.ts';

/** of the table, to find and look at 50 sessions, with the look for orphans */
const mostReads = 60;

const say: Record<(typeof dueKinds)[number], string> = {
	emptied: 'nothing of them shows',
	silent: "and their tasks' last words",
	ended: 'and their ends told to their users',
	budgeted: 'and what their users may spend',
};

/** looks at its user's budget in an hour of a session that runs: the first is later than what is measured of one */
const budgetLooks = 3_600_000 / lookAgain.withBudget;

/** US dollars */
const costOfLook = ({ readUnits, writeUnits }: SweepCost): number => (readUnits * prices.readUnit + writeUnits * prices.writeUnit) / sizes.due;

/** of what its task costs, what a session that nobody uses may cost beside it */
const shareOfTask = 0.02;

const idleRows = async (seconds: number, look: number): Promise<{ rows: Row[]; figures: Record<string, unknown> }> => {
	const idle = await measureIdle(seconds);
	const budget = budgetLooks * look;
	const row = (name: string, median: number, more: Partial<Row> = {}): Row => ({ name, unit: 'US$', median, samples: 1, ...more });
	return {
		rows: [
			row('an hour of a session that runs unused, beside its task and its files', idle.running.cost + budget, { bound: shareOfTask * taskHour }),
			...Object.entries({ ...idle.running.costs, 'looks at a budget': budget }).map(([name, cost]) => row(`of it: ${name}`, cost)),
			row('an hour of its task', taskHour),
			row('an hour of a session that is stopped, beside its files', idle.stopped.cost),
			row('an hour of a deployment without sessions', idle.deployment.cost),
		],
		figures: { ...idle, budget, taskHour, seconds },
	};
};

export const run: Bench = async ({ seconds = idleSeconds }) => {
	const swept = await openSweptTable();
	try {
		const rows: Row[] = [];
		const figures: Partial<Record<DueKind, SweepCost>> = {};
		for (const kind of dueKinds) {
			const cost = await swept.sweep(kind);
			figures[kind] = cost;
			const row = (what: string, median: number, more: Partial<Row> = {}): Row => ({
				name: `${sizes.due} of ${sizes.all} due, ${say[kind]}: ${what}`,
				unit: '',
				median,
				samples: 1,
				...more,
			});
			const bound = kind === 'emptied' ? { bound: mostReads } : {};
			rows.push(
				row('reads', cost.reads, bound),
				row('read units', cost.readUnits, bound),
				row('writes', cost.writes),
				row('write units', cost.writeUnits),
				row('requests to ECS about them', cost.ecs.ofSessions),
				row('requests to ECS for orphans', cost.ecs.ofOrphans),
				row('time', cost.ms, { unit: 'ms' }),
			);
		}
		const idle = await idleRows(seconds, figures.budgeted ? costOfLook(figures.budgeted) : Number.NaN);
		return { rows: [...rows, ...idle.rows], figures: { sweep: { ...sizes, ...figures }, idle: idle.figures } };
	} finally {
		await swept.close();
	}
};
