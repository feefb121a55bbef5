/** What a user's sessions cost, and the user's budget. Read from the sessions' own records: nothing is kept a second time, but for sessions that are gone. */
import type { Budget, Cost, Costs } from '@shellpod/protocol/costs.ts';
import { inDollars } from '@shellpod/protocol/dollars.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { UserId } from '@shellpod/protocol/ids.ts';
import { pricesAsOf, pricesRegion, taskHour } from '@shellpod/protocol/prices.ts';
import type { Log, Sessions, Users } from '../ports.ts';
import { type BudgetLook, budgetStateOf, chosenOf, heldBudget, type OperatorBudgets, refusal, usdOf } from './budget.ts';
import { budgetChanged } from './budget-watch.ts';
import { changeUser } from './change-user.ts';
import type { SessionRecord } from './record.ts';
import { type Amount, dayBegins, plus, runningOf, type Settled, settledOn, spentOf } from './spending.ts';
import type { UserRecord } from './user-record.ts';

export interface CostDeps {
	sessions: Pick<Sessions, 'get' | 'list' | 'put'>;
	users: Users;
	operator: OperatorBudgets;
	now: () => Date;
	log: Pick<Log, 'error'>;
}

export interface UserCosts {
	costs(user: UserId): Promise<Costs>;
	/** Sets the budget, or takes it away. Throws ShellPodError `conflict`, and `invalid_request` for more than the operator allows. */
	setBudget(user: UserId, budget: Budget | null): Promise<Costs>;
	/** The budget and what is used of it; reads the sessions only where there is a budget. */
	look(user: UserId): Promise<BudgetLook>;
	/** Throws ShellPodError `over_budget` where nothing may be started. */
	admit(user: UserId): Promise<void>;
}

const none: Amount = { seconds: 0, units: 0 };

const sumOf = (all: readonly Settled[], part: 'today' | 'month'): Amount => all.reduce((sum, one) => plus(sum, one[part]), none);

const costOf = (amount: Amount): Cost => ({ usd: usdOf(amount), ...amount });

const goneOf = ({ gone = {} }: UserRecord, day: string): Settled[] => Object.values(gone).map((one) => settledOn(one, day));

const isWorthTelling = (record: SessionRecord, { month }: Settled): boolean => runningOf(record) > 0 || month.seconds > 0 || month.units > 0;

/** how often a session's record is read again after somebody else wrote it */
const attempts = 3;

export const createCosts = ({ sessions, users, operator, now, log }: CostDeps): UserCosts => {
	const look: UserCosts['look'] = async (user) => {
		const record = await users.get(user);
		// Without any money used: whether there is one at all.
		if (!heldBudget(record.budget, operator, 0)) return undefined;
		const at = now();
		const spent = (await sessions.list(user)).map((one) => spentOf(one, at));
		const used = usdOf(sumOf([...spent, ...goneOf(record, at.toISOString().slice(0, 10))], 'month'));
		const budget = heldBudget(record.budget, operator, used);
		return budget && { budget, used };
	};

	const costs: UserCosts['costs'] = async (user) => {
		const [record, all] = await Promise.all([users.get(user), sessions.list(user)]);
		const at = now();
		const day = at.toISOString().slice(0, 10);
		const own = all.map((one) => ({ one, spent: spentOf(one, at) })).filter(({ one, spent }) => isWorthTelling(one, spent));
		const gone = goneOf(record, day);
		const everything = [...own.map(({ spent }) => spent), ...gone];
		const month = costOf(sumOf(everything, 'month'));
		const perHour = (one: SessionRecord): number => runningOf(one) * taskHour;
		const held = heldBudget(record.budget, operator, month.usd);
		return {
			at: at.toISOString(),
			dayEnds: new Date(dayBegins(day) + 86_400_000).toISOString(),
			monthEnds: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1)).toISOString(),
			pricesAsOf,
			pricesRegion,
			perHour: own.reduce((sum, { one }) => sum + perHour(one), 0),
			today: costOf(sumOf(everything, 'today')),
			month,
			sessions: own
				.toSorted((a, b) => usdOf(b.spent.month) - usdOf(a.spent.month))
				.map(({ one, spent }) => ({
					id: one.id,
					name: one.name,
					perHour: perHour(one),
					today: costOf(spent.today),
					month: costOf(spent.month),
				})),
			gone: { today: costOf(sumOf(gone, 'today')), month: costOf(sumOf(gone, 'month')) },
			budget: held ? { usd: held.usd, stop: held.stop, state: budgetStateOf(held, month.usd), operator: held.operator ?? false } : null,
			chosenBudget: chosenOf(record.budget, operator) ?? null,
			mostBudget: operator.maxBudget ?? null,
		};
	};

	/** Whoever doesn't learn of it at once does so within the hour. */
	const tell = async (first: SessionRecord): Promise<void> => {
		let record: SessionRecord | undefined = first;
		for (let attempt = 0; attempt < attempts && record; attempt++) {
			const next = budgetChanged(record, now());
			if (next === record || (await sessions.put(next))) return;
			record = await sessions.get(first.user, first.id);
		}
		if (record) throw new Error(`${attempts} times somebody else wrote the record of ${record.id} meanwhile`);
	};

	return {
		costs,
		look,

		async setBudget(user, budget) {
			const { maxBudget } = operator;
			if (budget && maxBudget !== undefined && budget.usd > maxBudget)
				throw new ShellPodError('invalid_request', `The operator allows at most ${inDollars(maxBudget)} a month.`);
			await changeUser(users, user, (record) => ({ ...record, budget }));
			const told = await Promise.allSettled((await sessions.list(user)).map(tell));
			for (const one of told) if (one.status === 'rejected') log.error('budget_not_told', one.reason);
			return costs(user);
		},

		async admit(user) {
			const why = refusal(await look(user), now());
			if (why !== undefined) throw new ShellPodError('over_budget', why);
		},
	};
};
