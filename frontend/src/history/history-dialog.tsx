/** "History of this session": what happened to it, day by day, the newest first. */
import { Dialog } from '@kobalte/core/dialog';
import type { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { SessionEvent } from '@shellpod/protocol/http.ts';
import { createSignal, For, Match, onMount, Show, Switch } from 'solid-js';
import { useApp } from '../app-context.ts';
import { Button } from '../ui/button.tsx';
import dialog from '../ui/dialog.module.css';
import { asError, Problem } from '../ui/problem.tsx';
import css from './history-dialog.module.css';
import { daysOf, sentenceOf } from './sentences.ts';

const dayWords = (at: number): string => new Date(at).toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const timeWords = (at: string): string => new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

export const HistoryDialog = (props: { session: { id: string; name: string }; focusBack: () => HTMLElement | undefined; onClose: () => void }) => {
	const { api } = useApp();
	const [events, setEvents] = createSignal<readonly SessionEvent[]>();
	/** asks for the next page; null: there is none */
	const [before, setBefore] = createSignal<string | null>(null);
	const [error, setError] = createSignal<ShellPodError>();
	const [busy, setBusy] = createSignal(false);

	const read = async () => {
		setBusy(true);
		try {
			const page = await api.events(props.session.id, before());
			setEvents((known) => [...(known ?? []), ...page.events]);
			setBefore(page.before);
			setError(undefined);
		} catch (thrown) {
			setError(asError(thrown));
		}
		setBusy(false);
	};
	onMount(() => void read());

	return (
		<Dialog open onOpenChange={(open) => !open && props.onClose()}>
			<Dialog.Portal>
				<Dialog.Overlay class={dialog.veil} />
				<div class={dialog.place}>
					<Dialog.Content
						class={dialog.dialog}
						onCloseAutoFocus={(event) => {
							const target = props.focusBack();
							if (!target?.isConnected) return;
							event.preventDefault();
							target.focus();
						}}
					>
						<Dialog.Title class={dialog.title}>History of {props.session.name}</Dialog.Title>
						{/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
						<section class={css.list} tabIndex={0} aria-label="What happened, the newest first" aria-busy={busy()}>
							<Switch>
								<Match when={events()?.length === 0}>
									<p class={css.quiet}>Nothing has happened in the last 90 days.</p>
								</Match>
								<Match when={events()}>
									{(known) => (
										<For each={daysOf(known())}>
											{(day) => (
												<>
													<h3 class={css.day}>{dayWords(day.at)}</h3>
													<ul class={css.events}>
														<For each={day.events}>
															{(event) => (
																<li class={css.event}>
																	<time dateTime={event.at}>{timeWords(event.at)}</time>
																	<span>{sentenceOf(event)}</span>
																</li>
															)}
														</For>
													</ul>
												</>
											)}
										</For>
									)}
								</Match>
								<Match when={!error()}>
									<p class={css.quiet}>Loading…</p>
								</Match>
							</Switch>
							<Show when={error()}>{(problem) => <Problem error={problem()} onRetry={() => void read()} />}</Show>
						</section>
						<div class={dialog.buttons}>
							<Show when={before() !== null}>
								<Button disabled={busy()} onClick={() => void read()}>
									Earlier
								</Button>
							</Show>
							<Button onClick={() => props.onClose()}>Close</Button>
						</div>
					</Dialog.Content>
				</div>
			</Dialog.Portal>
		</Dialog>
	);
};
