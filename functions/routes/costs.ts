import { Costs, SetBudget } from '@shellpod/protocol/costs.ts';
import type { UserCosts } from '../core/costs.ts';
import { bodyOf, json, personOf, type Route } from './route.ts';

export const costRoutes = (costs: Pick<UserCosts, 'costs' | 'setBudget'>): Route[] => [
	{
		method: 'GET',
		path: '/api/costs',
		operation: 'getCosts',
		summary: 'What your sessions cost today and this month (UTC), and an hour from now on, at list prices',
		status: 200,
		result: Costs,
		answer: async (call) => json(200, await costs.costs(personOf(call).id)),
	},
	{
		method: 'PUT',
		path: '/api/budget',
		operation: 'setBudget',
		summary: 'Set what your sessions may cost in a month, and whether they are stopped when that is used up',
		body: SetBudget,
		status: 200,
		result: Costs,
		errors: ['conflict'],
		answer: async (call) => {
			const { budget } = await bodyOf(call, SetBudget);
			return json(200, await costs.setBudget(personOf(call).id, budget));
		},
	},
];
