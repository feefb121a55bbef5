/** A user's budget for a month, and what it means for a session that runs. Pure; C-numbers are rules of SPEC.md. */
import type { Budget, BudgetState } from '@shellpod/protocol/costs.ts';
import { budgets } from '@shellpod/protocol/limits.ts';
import { prices, taskHour } from '@shellpod/protocol/prices.ts';
import { lookAgain, withBudget } from './budget-watch.ts';
import { stop } from './lifecycle.ts';
import type { SessionRecord } from './record.ts';
import type { Amount } from './spending.ts';

/** US dollars */
export const usdOf = ({ seconds, units }: Amount): number => (seconds / 3_600) * taskHour + units * prices.messageUnit;

export const budgetStateOf = ({ usd }: Budget, used: number): BudgetState => (used >= usd ? 'over' : used >= usd * budgets.near ? 'near' : 'fine');

/** What a user has set, and what the user's sessions have cost this month, US dollars; undefined: nothing is set. */
export type BudgetLook = { budget: Budget; used: number } | undefined;

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
const monthName = (now: Date): string => months[now.getUTCMonth()] ?? '';

/** `$20`, `$7.50` */
const inDollars = (usd: number): string => `$${Number.isInteger(usd) ? usd : usd.toFixed(2)}`;
const budgetWords = ({ usd }: Budget, now: Date): string => `budget of ${inDollars(usd)} for ${monthName(now)}`;

/** Why nothing can be started; undefined: it can. */
export const refusal = (look: BudgetLook, now: Date): string | undefined => {
	if (!look?.budget.stop || budgetStateOf(look.budget, look.used) !== 'over') return undefined;
	const next = months[(now.getUTCMonth() + 1) % 12];
	return `Your ${budgetWords(look.budget, now)} is used up. Raise it under Costs, or wait until ${next} 1 (UTC).`;
};

const share = `${budgets.near * 100}%`;

/** A session that runs, after a look at its user's budget (C6): its user is told once a month of each state, and at its end it is stopped, if that was chosen. */
export const budgeted = (record: SessionRecord, look: BudgetLook, now: Date): SessionRecord => {
	if (!look) return withBudget(record, now, lookAgain.without);
	const state = budgetStateOf(look.budget, look.used);
	const words = budgetWords(look.budget, now);
	if (state === 'over' && look.budget.stop) return stop(record, now.toISOString(), { by: 'platform', why: `Your ${words} was used up` });
	const month = now.toISOString().slice(0, 7);
	const told = record.spending?.budget?.told;
	if (state === 'fine' || (told?.month === month && (told.state === state || told.state === 'over')))
		return withBudget(record, now, lookAgain.withBudget);
	const why = state === 'over' ? `Your ${words} is used up; nothing is stopped, as you chose` : `${share} of your ${words} is used`;
	return withBudget(record, now, lookAgain.withBudget, { month, state, why });
};
