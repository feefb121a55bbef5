/** What the minute's sweep reads where 50 of 10,000 sessions are due. */

import type { Bench, Row } from './row.ts';
import { dueKinds, sizes } from './sweep/population.ts';
import { openSweptTable, type SweepCost } from './sweep/run.ts';

/** of the table, to find and look at 50 sessions, with the look for orphans */
const mostReads = 60;

const say: Record<(typeof dueKinds)[number], string> = {
	emptied: 'nothing of them shows',
	silent: "and their tasks' last words",
	ended: 'and their ends told to their users',
};

export const run: Bench = async () => {
	const swept = await openSweptTable();
	try {
		const rows: Row[] = [];
		const figures: Record<string, SweepCost> = {};
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
		return { rows, figures: { sweep: { ...sizes, ...figures } } };
	} finally {
		await swept.close();
	}
};
