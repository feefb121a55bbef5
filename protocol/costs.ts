/** What sessions cost, as their user sees it, and the budget that a user sets. */
import * as z from 'zod/mini';
import { patterns } from './ids.ts';
import { budgets } from './limits.ts';

const time = z.iso.datetime();
const dollars = z.number().check(z.gte(0));

/** Of a stretch of time: seconds of tasks, units of messages, and what they cost in US dollars. */
export const Cost = z.object({ usd: dollars, seconds: dollars, units: dollars });
export type Cost = z.infer<typeof Cost>;

const costs = { today: Cost, month: Cost };

export const Budget = z.strictObject({
	/** of a month of UTC */
	usd: z.number().check(z.gte(budgets.least), z.lte(budgets.most)),
	/** whether sessions are stopped, and none is started, when it is used up */
	stop: z.boolean(),
});
export type Budget = z.infer<typeof Budget>;

/** Body of `PUT /api/budget`; null: none. */
export const SetBudget = z.strictObject({ budget: z.nullable(Budget) });
export type SetBudget = z.infer<typeof SetBudget>;

export const BudgetState = z.enum(['fine', 'near', 'over']);
export type BudgetState = z.infer<typeof BudgetState>;

/** Days and months are UTC's, as on AWS's bill. What runs costs `perHour` more from `at` on. */
export const Costs = z.object({
	at: time,
	/** when today and the month end */
	dayEnds: time,
	monthEnds: time,
	/** the day on which the list prices were compared with AWS's, and the region that they are of */
	pricesAsOf: z.iso.date(),
	pricesRegion: z.string(),
	/** US dollars, of all that runs */
	perHour: dollars,
	...costs,
	/** what runs or has cost anything this month, what is in the trash too */
	sessions: z.array(z.object({ id: z.string().check(z.regex(patterns.session)), name: z.string(), perHour: dollars, ...costs })),
	/** of those that were deleted for good this month, together */
	gone: z.object(costs),
	/** what holds; `operator`: it is the most that the operator allows, which stops whatever its user chose */
	budget: z.nullable(z.object({ usd: dollars, stop: z.boolean(), state: BudgetState, operator: z.boolean() })),
	/** what its user set, or was given to begin with; and the most that the operator allows, US dollars */
	chosenBudget: z.nullable(Budget),
	mostBudget: z.nullable(dollars),
});
export type Costs = z.infer<typeof Costs>;
