/** It will be stopped soon: when, why, and what can be done about it. */
import type { Session } from '@shellpod/protocol/http.ts';
import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import { Button } from '../ui/button.tsx';
import css from './idle-warning.module.css';
import { atWork, leftOf, leftWords, warnings } from './words.ts';

/** minutes that *Keep* keeps it */
const keepMinutes = 60;
const tickMs = 1_000;

export const IdleWarning = (props: {
	session: Session;
	/** over a terminal, which is dark in light mode too */
	dark?: boolean;
	onStop: () => void;
	onChanged: () => void;
	onError: (error: unknown) => void;
	/** Has the same place, and is shown while there is no warning. */
	children?: JSX.Element;
	/** when that happens of which the children tell: what comes first is shown */
	otherAt?: string | undefined;
}) => {
	const { api, serverClock } = useApp();
	const [now, setNow] = createSignal(serverClock.now());
	const [busy, setBusy] = createSignal(false);
	const timer = setInterval(() => setNow(serverClock.now()), tickMs);
	onCleanup(() => clearInterval(timer));
	const left = () => leftOf(props.session, now());
	const isFirst = () => props.otherAt === undefined || Date.parse(props.otherAt) - now() >= (left() ?? 0);
	const near = () => (left() ?? Number.POSITIVE_INFINITY) <= warnings.first && isFirst();
	const last = () => (left() ?? 0) <= warnings.last;

	const keep = async () => {
		setBusy(true);
		try {
			await api.keep(props.session.id, keepMinutes);
		} catch (error) {
			props.onError(error);
		}
		props.onChanged();
		setBusy(false);
	};

	return (
		<Show when={near()} fallback={props.children}>
			<section
				class={css.warning}
				classList={{ [css.dark ?? '']: props.dark ?? false, [css.last ?? '']: last() }}
				aria-label={`${props.session.name} stops`}
			>
				<div class={css.words}>
					<p class={css.when}>Stops {leftWords(left() ?? 0)}</p>
					<p class={css.why}>
						{props.session.idle?.maximum ? 'Nothing runs for longer without you here.' : 'Nobody uses it.'} Its files stay; what runs in it ends
						{atWork(props.session) && `: ${atWork(props.session)}`}.
					</p>
				</div>
				<div class={css.buttons}>
					<Button tone="primary" disabled={busy()} onClick={() => void keep()}>
						Keep for 1 h
					</Button>
					<Button onClick={() => props.onStop()}>Stop now</Button>
				</div>
				{/* Said twice: once when it comes up, once when little time is left. */}
				<span class="unseen" role="status">
					{last() ? `${props.session.name} stops in less than 2 minutes.` : `${props.session.name} stops in less than 10 minutes.`}
				</span>
			</section>
		</Show>
	);
};
