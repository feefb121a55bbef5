/** Asks before lines are pasted that would run as they come. */
import { createSignal, Show } from 'solid-js';
import { FormDialog } from '../ui/form-dialog.tsx';
import { previewOf } from './paste.ts';
import css from './paste-dialog.module.css';

export const PasteDialog = (props: {
	text: string;
	focusBack: () => HTMLElement | undefined;
	/** `always`: do not ask again as long as this page is open */
	onPaste: (always: boolean) => void;
	onClose: () => void;
}) => {
	const [always, setAlways] = createSignal(false);
	const preview = previewOf(props.text);
	return (
		<FormDialog
			title={preview.lines === 1 ? 'Paste a line and press Enter?' : `Paste ${preview.lines} lines?`}
			text={<p>The program in the terminal can’t tell pasting from typing: each line end is an Enter, and what is pasted may run at once.</p>}
			confirm="Paste"
			leave="Cancel"
			focusBack={props.focusBack}
			onSubmit={async () => props.onPaste(always())}
			onClose={props.onClose}
		>
			<textarea class={css.text} aria-label="Text to paste" rows={Math.min(preview.lines, 8)} value={preview.text} readonly />
			<Show when={preview.cut}>
				<p class={css.more}>This is only its beginning.</p>
			</Show>
			<label class={css.always}>
				<input type="checkbox" checked={always()} onChange={(event) => setAlways(event.currentTarget.checked)} />
				Don’t ask again while this page is open
			</label>
		</FormDialog>
	);
};
