/** Why a session is as it is, what its user can do about it, and the code by which an operator finds it. */
import type { Session } from '@shellpod/protocol/http.ts';
import { Show } from 'solid-js';
import css from './cause.module.css';

export const CauseWords = (props: { session: Session }) => (
	<Show when={props.session.reason}>
		<div class={css.cause} classList={{ [css.failed ?? '']: props.session.state === 'Failed' }}>
			<p class={css.reason}>{props.session.reason}</p>
			<Show when={props.session.advice}>
				<p class={css.advice}>{props.session.advice}</p>
			</Show>
			<Show when={props.session.state === 'Failed' && props.session.code}>
				<p class={css.code}>{props.session.code}</p>
			</Show>
		</div>
	</Show>
);
