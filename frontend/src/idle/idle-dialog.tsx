/** When a session stops by itself, and which of its programs keep it. */
import { idleChoices } from '@shellpod/protocol/activity.ts';
import type { Session } from '@shellpod/protocol/http.ts';
import { createSignal, For, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import field from '../ui/field.module.css';
import { FormDialog } from '../ui/form-dialog.tsx';
import css from './idle-dialog.module.css';
import { choiceWords, sentence } from './words.ts';

/** minutes; what a session has before its user chose */
const usual = 60;

export const IdleDialog = (props: { session: Session; focusBack: () => HTMLElement | undefined; onDone: () => void; onClose: () => void }) => {
	const { api, serverClock } = useApp();
	const { id, idle } = props.session;
	const before = idle ? idle.limitMinutes : usual;
	const [limit, setLimit] = createSignal<number | null>(before);
	const programs = (idle?.doing ?? []).filter(({ kind, name }) => (kind === 'job' || kind === 'server') && name !== '');
	const [counts, setCounts] = createSignal<Readonly<Record<string, boolean>>>(Object.fromEntries(programs.map((one) => [one.name, one.counts])));

	const save = async () => {
		if (limit() !== before) await api.chooseIdle(id, { limitMinutes: limit() });
		for (const one of programs) {
			const counted = counts()[one.name] ?? one.counts;
			if (counted !== one.counts) await api.chooseIdle(id, { counts: { name: one.name, counts: counted } });
		}
		props.onDone();
	};

	return (
		<FormDialog
			title="Idle time"
			text={<p>{sentence(props.session, serverClock.now()) ?? 'A session that nobody uses stops by itself. Its files stay.'}</p>}
			confirm="Save"
			onSubmit={save}
			focusBack={props.focusBack}
			onClose={props.onClose}
		>
			<fieldset class={field.group}>
				<legend class={field.legend}>Stop it after so long without activity</legend>
				<div class={css.choices}>
					<For each={idleChoices}>
						{(choice) => (
							<label class={css.choice}>
								<input type="radio" name="limit" checked={limit() === choice} onChange={() => setLimit(choice)} />
								{choiceWords(choice)}
							</label>
						)}
					</For>
				</div>
				<p class={css.hint}>Activity is what you type, Claude at work, and programs that run. An open page alone is none.</p>
			</fieldset>
			<Show when={programs.length > 0}>
				<fieldset class={field.group}>
					<legend class={field.legend}>Programs that keep it running</legend>
					<For each={programs}>
						{(program) => (
							<label class={css.program}>
								<input
									type="checkbox"
									checked={counts()[program.name] ?? false}
									onChange={(event) => setCounts({ ...counts(), [program.name]: event.currentTarget.checked })}
								/>
								<span>
									<code class={css.name}>{program.name}</code>
									{program.kind === 'server' && <span class={css.hint}> listens for connections</span>}
								</span>
							</label>
						)}
					</For>
				</fieldset>
			</Show>
		</FormDialog>
	);
};
