/** What lies over the terminal: small, never in the way of the keys, and never the whole screen. */
import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import type { Aside } from '../stream/typing.ts';
import { Button, type Tone } from '../ui/button.tsx';
import css from './notice.module.css';
import { readable } from './waiting.ts';

/** ms after which the badge says that only the connection is lost */
const longCut = 30_000;

export const keystrokes = (count: number): string => `${count} ${count === 1 ? 'keystroke' : 'keystrokes'}`;

/** How long it has been cut off, or not been there yet (`first`), with a way to try now. */
export const ReconnectingBadge = (props: {
	since: number;
	first: boolean;
	/** that wait to be sent */
	keystrokes: () => number;
	onNow: () => void;
}) => {
	const [now, setNow] = createSignal(Date.now());
	/** What tells of its changes by itself isn't everywhere: it is looked at with each tick. */
	const online = () => now() > 0 && navigator.onLine;
	const waiting = () => (now() > 0 ? props.keystrokes() : 0);
	const timer = setInterval(() => setNow(Date.now()), 500);
	onCleanup(() => clearInterval(timer));
	const ms = () => Math.max(0, now() - props.since);
	return (
		<div class={css.badge}>
			<div class={css.lines}>
				<span class={css.words}>
					<Show when={online()} fallback="This device is offline; the session goes on.">
						<Show when={ms() > longCut} fallback={props.first ? 'Connecting' : 'Reconnecting'}>
							{props.first ? 'There is no connection yet.' : 'The session goes on; only the connection is lost.'}
						</Show>
					</Show>{' '}
					{Math.floor(ms() / 1_000)} s
				</span>
				<Show when={waiting() > 0}>
					<span>{keystrokes(waiting())} waiting</span>
				</Show>
			</div>
			<button type="button" class={css.button} onClick={() => props.onNow()}>
				Try now
			</button>
		</div>
	);
};

/** It was cut off so long, and is back. */
export const BackBadge = (props: { ms: number }) => (
	<div class={css.badge} classList={{ [css.back ?? '']: true }}>
		<span class={css.words}>Back after {Math.max(1, Math.round(props.ms / 1_000))} s; the screen was drawn anew.</span>
	</div>
);

/** What was typed long before the connection was back: it goes by the user's word only. */
export const AsideNotice = (props: { aside: Aside; onSend: () => void; onDrop: () => void }) => (
	<section class={css.notice} aria-label="Old typing">
		<span class={css.words}>
			{keystrokes(props.aside.keystrokes)} from over 30 s before the connection was back {props.aside.keystrokes === 1 ? 'was' : 'were'} not sent:{' '}
			<code class={css.typed}>{readable(props.aside.bytes)}</code>
		</span>
		<span class={css.choice}>
			<button type="button" class={css.button} onClick={() => props.onSend()}>
				Send
			</button>
			<button type="button" class={css.button} onClick={() => props.onDrop()}>
				Discard
			</button>
		</span>
	</section>
);

const kilobytes = (bytes: number): number => Math.ceil(bytes / 1024);

/** A large paste on its way. */
export const PasteProgress = (props: { done: number; total: number; onCancel: () => void }) => (
	<section class={css.notice} aria-label="Paste">
		<span class={css.words}>
			Pasting: {kilobytes(props.done)} of {kilobytes(props.total)} KB
		</span>
		<progress class={css.progress} aria-label="Pasted" max={props.total} value={props.done} />
		<button type="button" class={css.button} onClick={() => props.onCancel()}>
			Cancel
		</button>
	</section>
);

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
	action?: { label: string; run: () => void; tone?: Tone; disabled?: boolean } | undefined;
	children?: JSX.Element;
}) => (
	<div class={css.panel} classList={{ [css.alone ?? '']: props.alone ?? false }}>
		<h2>{props.title}</h2>
		{props.children}
		<Show when={props.action}>
			{(action) => (
				<div class={css.buttons}>
					<Button tone={action().tone ?? 'primary'} disabled={action().disabled} onClick={() => action().run()}>
						{action().label}
					</Button>
				</div>
			)}
		</Show>
	</div>
);
