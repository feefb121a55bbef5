/** A session that runs is to be stopped and started again, on a newer image or another machine: when, and its user's choice of it. */
import type { Session, UpdateChoice } from '@shellpod/protocol/http.ts';
import { createSignal, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import { Button } from './button.tsx';
import { asError, Problem } from './problem.tsx';
import { dayWords, nightWords } from './time.ts';
import css from './update-notice.module.css';

const titles = { image: 'A new image is ready', retirement: 'AWS takes its machine away soon' } as const;

/** `onHide`: it stands over a terminal, and its user wants it out of the way. */
export const UpdateNotice = (props: { session: Session; onNow: () => void; onChanged: () => void; onHide?: () => void }) => {
	const { api, serverClock } = useApp();
	const [busy, setBusy] = createSignal(false);
	const [error, setError] = createSignal<unknown>();
	const choose = async (when: UpdateChoice) => {
		setBusy(true);
		try {
			await api.update(props.session.id, when);
			setError(undefined);
		} catch (cause) {
			setError(cause);
		}
		setBusy(false);
		props.onChanged();
	};
	const last = (update: NonNullable<Session['update']>) => (update.at >= update.last ? '' : `, or on ${dayWords(update.last)} in any case`);
	return (
		<Show when={props.session.update}>
			{(update) => (
				<section class={css.notice} classList={{ [css.over ?? '']: props.onHide !== undefined }} aria-label={`Update of ${props.session.name}`}>
					<p class={css.words} role="status">
						<strong>{titles[update().why]}:</strong> {props.session.name} restarts {nightWords(update().at, serverClock.now())} if nobody uses it then
						{last(update())}. Programs in it end, its files stay.
					</p>
					<div class={css.choices}>
						<Button disabled={busy()} onClick={() => void choose('tonight')}>
							Tonight at 3
						</Button>
						<Button disabled={busy()} onClick={() => props.onNow()}>
							Now
						</Button>
						<Button disabled={busy()} onClick={() => void choose('later')}>
							Later
						</Button>
						<Show when={props.onHide}>{(hide) => <Button onClick={() => hide()()}>Hide</Button>}</Show>
					</div>
					<Show when={error()}>{(cause) => <Problem error={asError(cause())} />}</Show>
				</section>
			)}
		</Show>
	);
};
