/** A dialog with one thing to do: it stays open until that is done, says what went wrong, and is left by "Close" or "Cancel". */
import { Dialog } from '@kobalte/core/dialog';
import { type ErrorCode, ShellPodError } from '@shellpod/protocol/errors.ts';
import { createSignal, type JSX, onCleanup, Show } from 'solid-js';
import { Button, type Tone } from './button.tsx';
import { createCountdown, waitWords } from './countdown.ts';
import css from './dialog.module.css';

/** ms between two tries when the answer said nothing */
const defaultWait = 3_000;

export const FormDialog = (props: {
	title: string;
	text?: JSX.Element;
	confirm: string;
	/** the button that does nothing; "Close" where what was begun may go on */
	leave?: string;
	tone?: Tone;
	disabled?: boolean;
	/** codes after which the same is tried again by itself until the dialog is closed, and what it says meanwhile */
	waitFor?: { code: ErrorCode; text: string };
	/** What is wrong with the fields, in words. */
	check?: () => string | undefined;
	/** has the focus afterwards, where what had it before is gone (a menu's item) */
	focusBack?: (() => HTMLElement | undefined) | undefined;
	onSubmit: () => Promise<void>;
	onClose: () => void;
	children?: JSX.Element;
}) => {
	const [busy, setBusy] = createSignal(false);
	const [problem, setProblem] = createSignal<string>();
	const [waiting, setWaiting] = createSignal(false);
	/** s until it can be tried again, after a refusal that said so */
	const [refusedFor, setRefusedFor] = createSignal<number | undefined>(undefined, { equals: false });
	const left = createCountdown(refusedFor);
	let retry: ReturnType<typeof setTimeout> | undefined;
	let gone = false;
	onCleanup(() => {
		gone = true;
		clearTimeout(retry);
	});

	const submit = async () => {
		clearTimeout(retry);
		const wrong = props.check?.();
		setProblem(wrong);
		if (wrong) return;
		setBusy(true);
		try {
			await props.onSubmit();
			if (!gone) props.onClose();
		} catch (error) {
			if (gone) return;
			const known = error instanceof ShellPodError ? error : new ShellPodError('internal', 'Something broke on this page', { cause: error });
			const waits = known.code === props.waitFor?.code;
			setWaiting(waits);
			setProblem(waits ? undefined : known.message);
			setRefusedFor(waits ? undefined : known.retryAfter);
			if (waits) retry = setTimeout(() => void submit(), known.retryAfter === undefined ? defaultWait : known.retryAfter * 1_000);
			else setBusy(false);
		}
	};

	return (
		<Dialog open onOpenChange={(open) => !open && props.onClose()}>
			<Dialog.Portal>
				<Dialog.Overlay class={css.veil} />
				<div class={css.place}>
					<Dialog.Content
						class={css.dialog}
						onCloseAutoFocus={(event) => {
							const target = props.focusBack?.();
							if (!target?.isConnected) return;
							event.preventDefault();
							target.focus();
						}}
					>
						<Dialog.Title class={css.title}>{props.title}</Dialog.Title>
						<form
							class={css.form}
							onSubmit={(event) => {
								event.preventDefault();
								if (!busy() && !props.disabled) void submit();
							}}
						>
							<Show when={props.text}>
								<Dialog.Description as="div" class={css.text}>
									{props.text}
								</Dialog.Description>
							</Show>
							{props.children}
							<div class={css.foot}>
								<div aria-live="polite">
									<Show when={waiting()}>
										<p class={css.note}>{props.waitFor?.text}</p>
									</Show>
									<Show when={problem()}>
										<p class={`${css.note} ${css.error}`}>{problem()}</p>
									</Show>
									<Show when={left() > 0}>
										<p class={css.note}>It can be tried again in {waitWords(left())}.</p>
									</Show>
								</div>
								<div class={css.buttons}>
									<Button onClick={() => props.onClose()}>{props.leave ?? 'Close'}</Button>
									<Button type="submit" tone={props.tone ?? 'primary'} disabled={props.disabled || busy() || left() > 0}>
										{props.confirm}
									</Button>
								</div>
							</div>
						</form>
					</Dialog.Content>
				</div>
			</Dialog.Portal>
		</Dialog>
	);
};
