/** What lies over the terminal: small, never in the way of the keys, and never the whole screen. */
import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import css from './notice.module.css';

/** ms after which the badge says that only the connection is lost */
const longCut = 30_000;

/** How long it has been cut off, or not been there yet (`first`), with a way to try now. */
export const ReconnectingBadge = (props: { since: number; first: boolean; onNow: () => void }) => {
	const [now, setNow] = createSignal(Date.now());
	const timer = setInterval(() => setNow(Date.now()), 500);
	onCleanup(() => clearInterval(timer));
	const ms = () => Math.max(0, now() - props.since);
	return (
		<div class={css.badge}>
			<span class={css.words}>
				<Show when={navigator.onLine} fallback="This device is offline; the session goes on.">
					<Show when={ms() > longCut} fallback={props.first ? 'Connecting' : 'Reconnecting'}>
						{props.first ? 'There is no connection yet.' : 'The session goes on; only the connection is lost.'}
					</Show>
				</Show>{' '}
				{Math.floor(ms() / 1_000)} s
			</span>
			<button type="button" class={css.button} onClick={() => props.onNow()}>
				Try now
			</button>
		</div>
	);
};

export interface NoticeContent {
	text: string;
	action?: { label: string; run: () => void };
}

export const Notice = (props: { content: NoticeContent; onClose: () => void }) => (
	<div class={css.notice} role="alert">
		<span class={css.words}>{props.content.text}</span>
		<Show when={props.content.action}>
			{(action) => (
				<button
					type="button"
					class={css.button}
					onClick={() => {
						action().run();
						props.onClose();
					}}
				>
					{action().label}
				</button>
			)}
		</Show>
		<button type="button" class={css.button} onClick={() => props.onClose()}>
			Dismiss
		</button>
	</div>
);

/** Why there is no terminal just now, and the way on. */
export const Panel = (props: {
	title: string;
	/** there is no last screen to leave in view */
	alone?: boolean;
	action?: { label: string; run: () => void; disabled?: boolean } | undefined;
	children?: JSX.Element;
}) => (
	<div class={css.panel} classList={{ [css.alone ?? '']: props.alone ?? false }}>
		<h2>{props.title}</h2>
		{props.children}
		<Show when={props.action}>
			{(action) => (
				<div class={css.buttons}>
					<Button tone="primary" disabled={action().disabled} onClick={() => action().run()}>
						{action().label}
					</Button>
				</div>
			)}
		</Show>
	</div>
);
