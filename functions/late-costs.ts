/** What costs, loaded as `late-deps.ts` loads: apart from it, since tasks wait for what is in there. */
import type { CostDeps, UserCosts } from './core/costs.ts';
import { onFirstUse } from './late-deps.ts';

export const costsOf = (deps: CostDeps): UserCosts => {
	const costs = onFirstUse(async () => (await import('./core/costs.ts')).createCosts(deps));
	return {
		costs: async (user) => (await costs()).costs(user),
		setBudget: async (user, budget) => (await costs()).setBudget(user, budget),
		look: async (user) => (await costs()).look(user),
		admit: async (user) => (await costs()).admit(user),
	};
};
