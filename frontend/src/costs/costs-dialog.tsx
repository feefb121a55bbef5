/** What sessions cost, now, today and this month, and the budget. */
import type { Costs, SetBudget } from '@shellpod/protocol/costs.ts';
import { dollarsOf, inDollars } from '@shellpod/protocol/dollars.ts';
import { budgets } from '@shellpod/protocol/limits.ts';
import { createEffect, createSignal, createUniqueId, For, on, onCleanup, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import field from '../ui/field.module.css';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Problem } from '../ui/problem.tsx';
import css from './costs-dialog.module.css';
import { useCosts } from './use-costs.ts';
import { budgetWords, byNow, dateWords, momentWords, money, monthOf, nightHours, perHour } from './words.ts';

/** ms; a session costs a cent in 13 min */
const tickMs = 10_000;

const Figures = (props: { costs: Costs; now: number }) => {
	const sum = (part: 'today' | 'month') => money(byNow(props.costs[part].usd, props.costs.perHour, props.costs.at, props.now));
	const runs = () => props.costs.perHour > 0;
	return (
		<dl class={css.figures}>
			<div>
				<dt>Now</dt>
				<dd>{runs() ? perHour(props.costs.perHour) : 'Nothing runs'}</dd>
			</div>
			<div>
				<dt>Today</dt>
				<dd>{sum('today')}</dd>
			</div>
			<div>
				<dt>{monthOf(props.costs)}</dt>
				<dd>{sum('month')}</dd>
			</div>
			<Show when={runs()}>
				<div>
					<dt>If left overnight</dt>
					<dd>
						{money(props.costs.perHour * nightHours)} <span class={css.quiet}>for {nightHours} h</span>
					</dd>
				</div>
			</Show>
		</dl>
	);
};

const Sessions = (props: { costs: Costs; now: number }) => {
	const by = (usd: number, rate: number) => money(byNow(usd, rate, props.costs.at, props.now));
	return (
		<table class={css.table}>
			<thead>
				<tr>
					<th scope="col">Session</th>
					<th scope="col">Today</th>
					<th scope="col">{monthOf(props.costs)}</th>
				</tr>
			</thead>
			<tbody>
				<For each={props.costs.sessions}>
					{(one) => (
						<tr>
							<th scope="row">{one.name}</th>
							<td>{by(one.today.usd, one.perHour)}</td>
							<td>{by(one.month.usd, one.perHour)}</td>
						</tr>
					)}
				</For>
				<Show when={props.costs.gone.month.usd > 0}>
					<tr>
						<th scope="row">Deleted for good</th>
						<td>{money(props.costs.gone.today.usd)}</td>
						<td>{money(props.costs.gone.month.usd)}</td>
					</tr>
				</Show>
			</tbody>
		</table>
	);
};

/** What stands in the field: a sum, nothing, or neither. */
const sumOf = (text: string): number | null | undefined => {
	const trimmed = text.trim().replace(/^\$/, '').replace(',', '.');
	if (trimmed === '') return null;
	return dollarsOf(trimmed);
};

export const CostsDialog = (props: { focusBack: () => HTMLElement | undefined; onDone: () => void; onClose: () => void }) => {
	const { api, serverClock } = useApp();
	const { costs, error, refresh } = useCosts(api);
	const [now, setNow] = createSignal(serverClock.now());
	const timer = setInterval(() => setNow(serverClock.now()), tickMs);
	onCleanup(() => clearInterval(timer));
	const id = createUniqueId();
	const [text, setText] = createSignal('');
	const [stops, setStops] = createSignal(true);
	const [touched, setTouched] = createSignal(false);
	// What is set, until somebody begins to change it.
	createEffect(
		on(costs, (told) => {
			setNow(serverClock.now());
			if (!told || touched()) return;
			setText(told.chosenBudget ? String(told.chosenBudget.usd) : '');
			setStops(told.chosenBudget?.stop ?? true);
		}),
	);
	const meaning = () =>
		costs() ? 'The figures are older than they should be.' : 'What your sessions cost is counted all the same; it can’t be shown just now.';
	const most = () => costs()?.mostBudget ?? budgets.most;
	const wanted = (): SetBudget | undefined => {
		const usd = sumOf(text());
		if (usd === undefined || (usd ?? 0) > most()) return undefined;
		return { budget: usd === null ? null : { usd, stop: stops() } };
	};

	return (
		<FormDialog
			title="Costs"
			confirm="Save budget"
			disabled={!costs()}
			check={() => (wanted() ? undefined : `A budget is a sum in US dollars, from ${budgets.least} to ${most()}. Leave it empty for none.`)}
			onSubmit={async () => {
				const set = wanted();
				if (set) await api.setBudget(set);
				props.onDone();
			}}
			focusBack={props.focusBack}
			onClose={props.onClose}
		>
			<Show when={error()}>{(problem) => <Problem error={problem()} meaning={meaning()} onRetry={() => void refresh()} />}</Show>
			<Show
				when={costs()}
				fallback={
					<Show when={!error()}>
						<p class={css.quiet}>Loading…</p>
					</Show>
				}
			>
				{(told) => (
					<>
						<Show when={budgetWords(told())}>{(words) => <p class={css.warning}>{words()}</p>}</Show>
						<Figures costs={told()} now={now()} />
						<Show when={told().sessions.length > 0 || told().gone.month.usd > 0}>
							<Sessions costs={told()} now={now()} />
						</Show>
						<fieldset class={field.group}>
							<legend class={field.legend}>Budget for a month</legend>
							<label class={field.hint} for={id}>
								US dollars; empty for none. At {budgets.near * 100}% you are told here and in History.
								<Show when={told().mostBudget}>
									{(sum) => ` The operator allows at most ${inDollars(sum())}: at that your sessions are stopped in any case, and none starts.`}
								</Show>
							</label>
							<input
								id={id}
								class={field.input}
								type="text"
								inputmode="decimal"
								autocomplete="off"
								value={text()}
								onInput={(event) => {
									setTouched(true);
									setText(event.currentTarget.value);
								}}
							/>
							<label class={css.choice}>
								<input
									type="checkbox"
									checked={stops()}
									onChange={(event) => {
										setTouched(true);
										setStops(event.currentTarget.checked);
									}}
								/>
								<span>When it is used up, stop my sessions and start none. Files are kept.</span>
							</label>
						</fieldset>
						<p class={css.quiet}>
							AWS’s list prices of {told().pricesRegion}, as of {dateWords(told().pricesAsOf)}: the machines with their addresses, and the messages of
							terminals. Storage, functions and traffic are not in it. Days and months are UTC’s; this month ends {momentWords(told().monthEnds)}{' '}
							here.
						</p>
					</>
				)}
			</Show>
		</FormDialog>
	);
};
