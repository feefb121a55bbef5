/** What sessions cost, asked for when the page comes up, when `changed` does, and now and then: what runs is reckoned on meanwhile. */
import type { Costs } from '@shellpod/protocol/costs.ts';
import type { ShellPodError } from '@shellpod/protocol/errors.ts';
import { type Accessor, createEffect, createSignal, on } from 'solid-js';
import type { Api } from '../api/client.ts';
import { usePoll } from '../ui/poll.ts';
import { asError } from '../ui/problem.tsx';

/** ms */
const everyMs = 5 * 60_000;

export interface UsedCosts {
	/** as they were told last */
	costs: Accessor<Costs | undefined>;
	/** why there is nothing newer */
	error: Accessor<ShellPodError | undefined>;
	refresh: () => Promise<void>;
}

export const useCosts = (api: Pick<Api, 'costs'>, changed: Accessor<string> = () => ''): UsedCosts => {
	const [costs, setCosts] = createSignal<Costs>();
	const [error, setError] = createSignal<ShellPodError>();
	const look = async () => {
		try {
			setCosts(await api.costs());
			setError(undefined);
		} catch (thrown) {
			setError(asError(thrown));
		}
	};
	const refresh = usePoll(look, () => everyMs);
	createEffect(on(changed, () => void refresh(), { defer: true }));
	return { costs, error, refresh };
};
