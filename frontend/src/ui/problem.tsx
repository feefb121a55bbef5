import { errorCodes, ShellPodError } from '@shellpod/protocol/errors.ts';
import { Show } from 'solid-js';
import { Button } from './button.tsx';
import { createCountdown, waitWords } from './countdown.ts';
import css from './problem.module.css';

/** Anything that was thrown, as one of ours. */
export const asError = (error: unknown): ShellPodError =>
	error instanceof ShellPodError ? error : new ShellPodError('internal', 'Something broke on this page. Reloading it may help.', { cause: error });

/** What happened, what it means, and the way on. */
export const Problem = (props: { error: ShellPodError; meaning?: string | undefined; onRetry?: () => void }) => {
	const title = () => errorCodes[props.error.code].title;
	const left = createCountdown(() => props.error.retryAfter);
	return (
		<div class={css.problem} role="alert">
			<div class={css.words}>
				<p class={css.title}>{title()}</p>
				<Show when={props.error.message !== title()}>
					<p>{props.error.message}</p>
				</Show>
				<Show when={left() > 0}>
					<p>It can be tried again in {waitWords(left())}.</p>
				</Show>
				<Show when={props.meaning}>
					<p>{props.meaning}</p>
				</Show>
				<p class={css.code}>{props.error.code}</p>
			</div>
			<Show when={props.onRetry}>
				<Button disabled={left() > 0} onClick={() => props.onRetry?.()}>
					Try again
				</Button>
			</Show>
		</div>
	);
};
