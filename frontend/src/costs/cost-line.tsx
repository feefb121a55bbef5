/** What sessions cost, in one line of the dashboard that opens more; and in words, when a budget is nearly used. */
import type { Costs } from '@shellpod/protocol/costs.ts';
import { Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import css from './cost-line.module.css';
import { budgetWords, byNow, money, monthOf, perHour } from './words.ts';

export const CostLine = (props: { costs: Costs; now: number; onOpen: () => void }) => {
	const sum = (part: 'today' | 'month') => money(byNow(props.costs[part].usd, props.costs.perHour, props.costs.at, props.now));
	return (
		<button type="button" class={css.line} onClick={() => props.onOpen()}>
			<span class="unseen">Costs: </span>
			<span>
				<strong>{sum('today')}</strong> today
			</span>
			<span>
				<strong>{sum('month')}</strong> in {monthOf(props.costs)}
			</span>
			<Show when={props.costs.perHour > 0}>
				<span>now {perHour(props.costs.perHour)}</span>
			</Show>
		</button>
	);
};

export const BudgetNotice = (props: { costs: Costs; onOpen: () => void }) => (
	<Show when={budgetWords(props.costs)}>
		{(words) => (
			<section class={css.notice} aria-label="Budget">
				<p class={css.words} role="status">
					{words()}
				</p>
				<Button onClick={() => props.onOpen()}>Costs and budget</Button>
			</section>
		)}
	</Show>
);
