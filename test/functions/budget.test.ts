/** What a budget means, at its edges. C-numbers: functions/core/SPEC.md. */
import { budgeted, budgetStateOf, heldBudget, refusal } from '@shellpod/functions/core/budget.ts';
import { expect, test } from 'vitest';
import { dateAt, running } from '../support/session-records.ts';

const stops = { usd: 10, stop: true };
const goesOn = { usd: 10, stop: false };

test.each([
	[7.99, 'fine'],
	[8, 'near'],
	[9.99, 'near'],
	[10, 'over'],
] as const)('[C6] of $10, $%d used is %s', (used, state) => {
	expect(budgetStateOf(stops, used)).toBe(state);
});

test.each([
	['nobody set one', undefined, {}, 0, undefined],
	['its user never chose, the operator did', undefined, { defaultBudget: 5 }, 0, { usd: 5, stop: true }],
	['its user wants none', null, { defaultBudget: 5 }, 0, undefined],
	['its user wants none, and there is a most', null, { defaultBudget: 5, maxBudget: 50 }, 0, { usd: 50, stop: true, operator: true }],
	['its user’s stops first', stops, { maxBudget: 50 }, 45, stops],
	['its user’s would not stop, and the most is far', goesOn, { maxBudget: 50 }, 39.99, goesOn],
	['its user’s would not stop, and the most is near', goesOn, { maxBudget: 50 }, 40, { usd: 50, stop: true, operator: true }],
	['its user’s is as much as the most', { usd: 50, stop: true }, { maxBudget: 50 }, 0, { usd: 50, stop: true, operator: true }],
])('[C7] what holds where %s', (_, set, operator, used, held) => {
	expect(heldBudget(set, operator, used)).toEqual(held);
});

test('[C6] one that is not to stop anything refuses no start either', () => {
	expect(refusal({ budget: goesOn, used: 11 }, dateAt(0))).toBeUndefined();
	expect(refusal({ budget: stops, used: 9.99 }, dateAt(0))).toBeUndefined();
	expect(refusal({ budget: stops, used: 10 }, dateAt(0))).toMatch(/used up/);
});

test('[C6] what was told at its end is not taken back when less is used', () => {
	const over = budgeted(running(), { budget: goesOn, used: 10 }, dateAt(0));
	const told = over.spending?.budget?.told;
	expect(told?.state).toBe('over');
	expect(budgeted(over, { budget: goesOn, used: 9 }, dateAt(600)).spending?.budget?.told).toEqual(told);
	expect(budgeted(over, { budget: { ...goesOn, usd: 11 }, used: 9 }, dateAt(600)).spending?.budget?.told).toMatchObject({ state: 'near', usd: 11 });
});
