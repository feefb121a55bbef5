import type { SessionState } from '@shellpod/protocol/http.ts';
import { Match, Switch } from 'solid-js';
import css from './state.module.css';

/** A session's state as a word, a shape and a colour. */
export const State = (props: { state: SessionState }) => (
	<span class={`${css.state} ${css[props.state]}`}>
		<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="2.2" aria-hidden="true">
			<Switch>
				<Match when={props.state === 'Running'}>
					<circle cx="8" cy="8" r="6" fill="currentColor" stroke="none" />
				</Match>
				<Match when={props.state === 'Stopped'}>
					<rect x="2.6" y="2.6" width="10.8" height="10.8" rx="2" />
				</Match>
				<Match when={props.state === 'Failed'}>
					<path d="M8 2.2L14.4 13.4H1.6Z" stroke-linejoin="round" />
					<path d="M8 6.6v3" stroke-width="1.8" />
				</Match>
				<Match when={props.state === 'Starting' || props.state === 'Stopping'}>
					<circle cx="8" cy="8" r="6" opacity="0.3" />
					<path class={css.turns} d="M8 2a6 6 0 0 1 6 6" stroke-linecap="round" />
				</Match>
			</Switch>
		</svg>
		<span>{props.state}</span>
	</span>
);
