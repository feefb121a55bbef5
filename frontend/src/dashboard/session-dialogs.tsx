/** The dialogs about one session; the dashboard and the terminal page share them. */
import type { Session } from '@shellpod/protocol/http.ts';
import { names, trashDays } from '@shellpod/protocol/limits.ts';
import { createSignal, Match, Switch } from 'solid-js';
import { useApp } from '../app-context.ts';
import { CostsDialog } from '../costs/costs-dialog.tsx';
import { HistoryDialog } from '../history/history-dialog.tsx';
import { IdleDialog } from '../idle/idle-dialog.tsx';
import { atWork } from '../idle/words.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';

export type SessionDialog = 'costs' | 'history' | 'idle' | 'rename' | 'stop' | 'restart' | 'update' | 'delete';

export const nameProblem = (name: string): string | undefined => (names.session.test(name) ? undefined : `A name is ${names.sessionHint}.`);

export const NewSessionDialog = (props: { taken: readonly string[]; onDone: () => void; onClose: () => void }) => {
	const { api } = useApp();
	const free = ['work', 'play', 'side', 'lab'].find((name) => !props.taken.includes(name)) ?? '';
	const [name, setName] = createSignal(free);
	return (
		<FormDialog
			title="New session"
			confirm="Create"
			check={() => nameProblem(name().trim())}
			waitFor={{ code: 'no_slot', text: 'A home is being made for it. This takes a minute or two and goes on by itself while this dialog is open.' }}
			onSubmit={async () => {
				await api.create(name().trim());
				props.onDone();
			}}
			onClose={props.onClose}
		>
			<Field label="Name" value={name()} onInput={setName} hint="Letters, digits, spaces, dots, dashes, underscores." />
		</FormDialog>
	);
};

interface DialogProps {
	session: Session;
	focusBack: () => HTMLElement | undefined;
	onDone: () => void;
	onClose: () => void;
}

const RenameDialog = (props: DialogProps) => {
	const { api } = useApp();
	const [name, setName] = createSignal(props.session.name);
	return (
		<FormDialog
			title="Rename session"
			confirm="Save"
			check={() => nameProblem(name().trim())}
			onSubmit={async () => {
				await api.rename(props.session.id, name().trim());
				props.onDone();
			}}
			focusBack={props.focusBack}
			onClose={props.onClose}
		>
			<Field label="Name" value={name()} onInput={setName} />
		</FormDialog>
	);
};

/** What ends with a session's machine, by name as far as it is known. */
const Programs = (props: { session: Session }) => (
	<>
		every program that runs in {props.session.name}
		{atWork(props.session) && ` (${atWork(props.session)})`}
	</>
);

const DeleteDialog = (props: DialogProps) => {
	const { api } = useApp();
	return (
		<FormDialog
			title="Delete session"
			text={
				<>
					<p>
						<strong>Ends:</strong> <Programs session={props.session} />.
					</p>
					<p>
						<strong>Stays:</strong> all files in its home, in the trash, for {trashDays} days. Until then it can be restored.
					</p>
				</>
			}
			confirm="Delete session"
			tone="danger"
			onSubmit={async () => {
				await api.remove(props.session.id);
				props.onDone();
			}}
			focusBack={props.focusBack}
			onClose={props.onClose}
		/>
	);
};

/** `update`: a restart too, by which what is planned is done. */
const EndDialog = (props: DialogProps & { kind: 'stop' | 'restart' | 'update' }) => {
	const { api } = useApp();
	const restarts = () => props.kind !== 'stop';
	return (
		<FormDialog
			title={restarts() ? 'Restart session' : 'Stop session'}
			text={
				<>
					<p>
						<strong>Ends:</strong> <Programs session={props.session} />, its tmux windows, and what was installed outside the home.
					</p>
					<p>
						<strong>Stays:</strong> all files and settings in its home.{' '}
						{restarts() ? 'A new machine starts right after.' : 'Start brings it back on a new machine.'}
					</p>
				</>
			}
			confirm={restarts() ? 'Restart session' : 'Stop session'}
			tone="danger"
			onSubmit={async () => {
				if (props.kind === 'update') await api.update(props.session.id, 'now');
				else await api[props.kind](props.session.id);
				props.onDone();
			}}
			focusBack={props.focusBack}
			onClose={props.onClose}
		/>
	);
};

export const SessionDialogs = (props: DialogProps & { open: SessionDialog | undefined }) => (
	<Switch>
		<Match when={props.open === 'costs'}>
			<CostsDialog focusBack={props.focusBack} onDone={props.onDone} onClose={props.onClose} />
		</Match>
		<Match when={props.open === 'history'}>
			<HistoryDialog session={props.session} focusBack={props.focusBack} onClose={props.onClose} />
		</Match>
		<Match when={props.open === 'idle'}>
			<IdleDialog session={props.session} focusBack={props.focusBack} onDone={props.onDone} onClose={props.onClose} />
		</Match>
		<Match when={props.open === 'rename'}>
			<RenameDialog {...props} />
		</Match>
		<Match when={props.open === 'delete'}>
			<DeleteDialog {...props} />
		</Match>
		<Match when={(props.open === 'stop' || props.open === 'restart' || props.open === 'update') && props.open}>
			{(kind) => <EndDialog {...props} kind={kind()} />}
		</Match>
	</Switch>
);
