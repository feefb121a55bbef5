/** Money in words, and how it grows while something runs. */
import type { Costs } from '@shellpod/protocol/costs.ts';

/** hours of a night */
export const nightHours = 10;

/** "$0.32"; what is next to nothing is said to be */
export const money = (usd: number): string => {
	if (usd === 0) return '$0';
	return usd < 0.005 ? 'under $0.01' : `$${(Math.round(usd * 100) / 100).toFixed(2)}`;
};

/** "$0.045 an hour" */
export const perHour = (usd: number): string => `$${usd < 1 ? Math.round(usd * 1_000) / 1_000 : usd.toFixed(2)} an hour`;

/** What a sum is by now: what runs has gone on since it was told. */
export const byNow = (usd: number, rate: number, at: string, now: number): number => usd + (rate * Math.max(0, now - Date.parse(at))) / 3_600_000;

const utc = (time: number, options: Intl.DateTimeFormatOptions): string =>
	new Date(time).toLocaleDateString(undefined, { ...options, timeZone: 'UTC' });

/** "November": the month that ends then */
export const monthOf = ({ monthEnds }: Pick<Costs, 'monthEnds'>): string => utc(Date.parse(monthEnds) - 1, { month: 'long' });

/** "1 November 2026" */
export const dateWords = (date: string): string => utc(Date.parse(date), { day: 'numeric', month: 'long', year: 'numeric' });

/** "1 December, 01:00", by this device's clock */
export const momentWords = (time: string): string =>
	new Date(time).toLocaleString(undefined, { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });

/** What a session costs, of all that was told; undefined: nothing this month. */
export const costOf = (costs: Costs | undefined, id: string, now: number): string | undefined => {
	const one = costs?.sessions.find((session) => session.id === id);
	if (!costs || !one) return undefined;
	const by = (usd: number) => money(byNow(usd, one.perHour, costs.at, now));
	return `${by(one.today.usd)} today, ${by(one.month.usd)} in ${monthOf(costs)}`;
};

/** What a budget that is nearly or wholly used means; undefined: nothing to say. */
export const budgetWords = (costs: Costs): string | undefined => {
	const { budget, month } = costs;
	if (!budget || budget.state === 'fine') return undefined;
	const name = monthOf(costs);
	const operators = `what the operator allows you for ${name} (${money(budget.usd)})`;
	if (budget.state === 'near')
		return `${money(month.usd)} of ${budget.operator ? operators : `your budget of ${money(budget.usd)} for ${name}`} is used.${budget.stop ? ' When it is used up, sessions are stopped; their files are kept.' : ''}`;
	const used = budget.operator
		? `What the operator allows you for ${name} (${money(budget.usd)}) is used up.`
		: `Your budget of ${money(budget.usd)} for ${name} is used up.`;
	return budget.stop
		? `${used} Sessions are stopped, with their files kept, and none can be started until ${budget.operator ? 'the operator allows more' : 'you raise it'} or the month ends (${momentWords(costs.monthEnds)}).`
		: `${used} Nothing is stopped, as you chose.`;
};
