import { createUniqueId, onMount, Show } from 'solid-js';
import css from './field.module.css';

/** One line of text with its label; it has the focus when it appears, with what is in it chosen. */
export const Field = (props: { label: string; value: string; onInput: (value: string) => void; hint?: string }) => {
	const id = createUniqueId();
	let input: HTMLInputElement | undefined;
	onMount(() => {
		// After the dialog has put the focus on its first element.
		requestAnimationFrame(() => {
			input?.focus();
			input?.select();
		});
	});
	return (
		<div class={css.field}>
			<label class={css.label} for={id}>
				{props.label}
			</label>
			<input
				ref={input}
				id={id}
				class={css.input}
				type="text"
				autocomplete="off"
				autocapitalize="none"
				spellcheck={false}
				aria-describedby={props.hint ? `${id}-hint` : undefined}
				value={props.value}
				onInput={(event) => props.onInput(event.currentTarget.value)}
			/>
			<Show when={props.hint}>
				<p class={css.hint} id={`${id}-hint`}>
					{props.hint}
				</p>
			</Show>
		</div>
	);
};
