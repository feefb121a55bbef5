/** A user's budget for a month, and what it means for a session that runs. Pure; C-numbers are rules of SPEC.md. */
import type { Budget, BudgetState } from '@shellpod/protocol/costs.ts';
import { inDollars } from '@shellpod/protocol/dollars.ts';
import { budgets } from '@shellpod/protocol/limits.ts';
import { prices, taskHour } from '@shellpod/protocol/prices.ts';
import { lookAgain, withBudget } from './budget-watch.ts';
import { stop } from './lifecycle.ts';
import type { SessionRecord } from './record.ts';
import type { Amount } from './spending.ts';

/** US dollars */
export const usdOf = ({ seconds, units }: Amount): number => (seconds / 3_600) * taskHour + units * prices.messageUnit;

export const budgetStateOf = ({ usd }: Budget, used: number): BudgetState => (used >= usd ? 'over' : used >= usd * budgets.near ? 'near' : 'fine');

/** What the operator says of everybody's budget, US dollars a month. */
export interface OperatorBudgets {
	/** of who never chose one; sessions stop at it */
	defaultBudget?: number | undefined;
	/** more than which nobody's sessions cost */
	maxBudget?: number | undefined;
}

/** A budget as it holds; `operator`: it is the most that the operator allows. */
export type HeldBudget = Budget & { operator?: true };

/** What a user set, or was given to begin with. */
export const chosenOf = (set: Budget | null | undefined, { defaultBudget }: OperatorBudgets): Budget | undefined =>
	set === undefined && defaultBudget !== undefined ? { usd: defaultBudget, stop: true } : (set ?? undefined);

/** What holds (C7): the most that the operator allows, where the user's own wouldn't stop before it. */
export const heldBudget = (set: Budget | null | undefined, operator: OperatorBudgets, used: number): HeldBudget | undefined => {
	const own = chosenOf(set, operator);
	const { maxBudget: most } = operator;
	if (most === undefined) return own;
	// One that stops nothing has its own word until the other is near.
	const ownFirst = own && own.usd < most && (own.stop || used < most * budgets.near);
	return ownFirst ? own : { usd: most, stop: true, operator: true };
};

/** What holds for a user, and what the user's sessions have cost this month, US dollars; undefined: nothing holds. */
export type BudgetLook = { budget: HeldBudget; used: number } | undefined;

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
const monthName = (now: Date): string => months[now.getUTCMonth()] ?? '';

const budgetWords = ({ usd, operator }: HeldBudget, now: Date): string =>
	operator ? `what the operator allows you for ${monthName(now)} (${inDollars(usd)})` : `your budget of ${inDollars(usd)} for ${monthName(now)}`;
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Why nothing can be started; undefined: it can. */
export const refusal = (look: BudgetLook, now: Date): string | undefined => {
	if (!look?.budget.stop || budgetStateOf(look.budget, look.used) !== 'over') return undefined;
	const next = months[(now.getUTCMonth() + 1) % 12];
	const mend = look.budget.operator ? 'Ask the operator for more' : 'Raise it under Costs';
	return `${capital(budgetWords(look.budget, now))} is used up. ${mend}, or wait until ${next} 1 (UTC).`;
};

const share = `${budgets.near * 100}%`;

/** A session that runs, after a look at its user's budget (C6): its user is told once a month of each state of each sum, and at its end it is stopped, if that was chosen. */
export const budgeted = (record: SessionRecord, look: BudgetLook, now: Date): SessionRecord => {
	if (!look) return withBudget(record, now, lookAgain.without);
	const state = budgetStateOf(look.budget, look.used);
	const words = budgetWords(look.budget, now);
	if (state === 'over' && look.budget.stop) return stop(record, now.toISOString(), { by: 'platform', why: `${capital(words)} was used up` });
	const month = now.toISOString().slice(0, 7);
	const told = record.spending?.budget?.told;
	const { usd } = look.budget;
	const known = told?.month === month && told.usd === usd && (told.state === state || told.state === 'over');
	if (state === 'fine' || known) return withBudget(record, now, lookAgain.withBudget);
	const why = state === 'over' ? `${capital(words)} is used up; nothing is stopped, as you chose` : `${share} of ${words} is used`;
	return withBudget(record, now, lookAgain.withBudget, { month, usd, state, why });
};
