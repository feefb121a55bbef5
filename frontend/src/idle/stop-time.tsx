/** When it stops, or what keeps it, in the bar over a terminal; a tap says why, and offers other times. */
import type { Session } from '@shellpod/protocol/http.ts';
import { createSignal, onCleanup, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import css from './stop-time.module.css';
import { brief, sentence } from './words.ts';

/** ms; it is told in minutes */
const tickMs = 20_000;

export const StopTime = (props: { session: Session; onOpen: () => void }) => {
	const { serverClock } = useApp();
	const [now, setNow] = createSignal(serverClock.now());
	const timer = setInterval(() => setNow(serverClock.now()), tickMs);
	onCleanup(() => clearInterval(timer));
	return (
		<Show when={brief(props.session, now())}>
			{(words) => (
				<button type="button" class={css.time} title={sentence(props.session, now())} onClick={() => props.onOpen()}>
					{words()}
				</button>
			)}
		</Show>
	);
};
