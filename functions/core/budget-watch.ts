/** When somebody looks at the budget behind a session that runs. Apart from what it means, since each hello needs it. */
import { dueBy } from './lifecycle.ts';
import type { SessionRecord, Time } from './record.ts';
import { settledOn } from './spending.ts';

/** ms between two looks at the budget behind a session that runs: so long it may run on when it is used up; and where there is none, one may be set */
export const lookAgain = { withBudget: 10 * 60_000, without: 60 * 60_000 } as const;

/** When somebody must look at its budget again; undefined: it doesn't run. */
export const budgetDue = ({ phase, spending }: SessionRecord): Time | undefined => (phase === 'running' ? spending?.budget?.lookAt : undefined);

/** `ms` until the next look; `told`: what its user is told of it now */
export const withBudget = (
	record: SessionRecord,
	now: Date,
	ms: number,
	told?: { month: string; usd: number; state: 'near' | 'over'; why: string },
): SessionRecord => {
	const day = now.toISOString().slice(0, 10);
	const { spending } = record;
	const lookAt = new Date(now.getTime() + ms).toISOString();
	const note = told && { told: { ...told, by: 'platform' as const, at: now.toISOString() } };
	return { ...record, spending: { tasks: {}, settled: settledOn(undefined, day), ...spending, budget: { ...spending?.budget, ...note, lookAt } } };
};

/**
 * An agent said hello: the sweep looks at the budget no later than it should, however often the lease is renewed. What has just begun to run is
 * looked at as if there were one: nobody told it of another while it didn't run.
 */
export const budgetWatched = (record: SessionRecord, now: Date): SessionRecord => {
	const known = record.spending?.budget?.lookAt;
	const soon = new Date(now.getTime() + lookAgain.withBudget).toISOString();
	const late = known === undefined || (record.phaseAt === now.toISOString() && known > soon);
	const watched = late ? withBudget(record, now, lookAgain.withBudget) : record;
	return dueBy(watched, budgetDue(watched));
};

/** Its user has set another budget: it is looked at now. */
export const budgetChanged = (record: SessionRecord, now: Date): SessionRecord =>
	record.phase === 'running' ? { ...withBudget(record, now, 0), dueAt: now.toISOString() } : record;
