/** What was deleted and can be had back, and the one way to be rid of it at once. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, TrashedSession } from '@shellpod/protocol/http.ts';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { useApp } from '../app-context.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { asError, Problem } from '../ui/problem.tsx';
import { dayWords } from '../ui/time.ts';
import { nameProblem } from './session-dialogs.tsx';
import css from './trash.module.css';

interface Deleted {
	id: string;
	name: string;
}

interface DialogProps {
	session: Deleted;
	focusBack: () => HTMLElement | undefined;
	onDone: () => void;
	onClose: () => void;
}

const NameTakenDialog = (props: DialogProps) => {
	const { api } = useApp();
	const [name, setName] = createSignal(`${props.session.name.slice(0, 38)} 2`);
	return (
		<FormDialog
			title="Restore session"
			text={
				<p>
					Another of your sessions is called <strong>{props.session.name}</strong> now.
				</p>
			}
			confirm="Restore"
			check={() => nameProblem(name().trim())}
			onSubmit={async () => {
				await api.restore(props.session.id, name().trim());
				props.onDone();
			}}
			focusBack={props.focusBack}
			onClose={props.onClose}
		>
			<Field label="Another name" value={name()} onInput={setName} />
		</FormDialog>
	);
};

const DeleteForGoodDialog = (props: DialogProps) => {
	const { api } = useApp();
	const [typed, setTyped] = createSignal('');
	return (
		<FormDialog
			title="Delete for good"
			text={
				<p>
					This deletes <strong>{props.session.name}</strong> with every file in its home. It can’t be undone. To go on, type its name.
				</p>
			}
			confirm="Delete for good"
			tone="danger"
			disabled={typed().trim() !== props.session.name}
			onSubmit={async () => {
				await api.removeForGood(props.session.id, typed().trim());
				props.onDone();
			}}
			focusBack={props.focusBack}
			onClose={props.onClose}
		>
			<Field label="Session name" value={typed()} onInput={setTyped} />
		</FormDialog>
	);
};

/** Restores at once; only where the name is taken there is something to ask. */
const createRestore = (session: () => Deleted, onDone: () => void) => {
	const { api } = useApp();
	const [busy, setBusy] = createSignal(false);
	const [taken, setTaken] = createSignal(false);
	const [error, setError] = createSignal<ShellPodError>();
	const run = async () => {
		setBusy(true);
		setError();
		try {
			await api.restore(session().id);
			onDone();
		} catch (thrown) {
			if (thrown instanceof ShellPodError && thrown.code === 'name_taken') setTaken(true);
			else setError(asError(thrown));
		}
		setBusy(false);
	};
	return { busy, taken, error, run, leave: () => setTaken(false) };
};

const TrashItem = (props: { session: TrashedSession; onDone: () => void }) => {
	let restoring: HTMLElement | undefined;
	let deleting: HTMLElement | undefined;
	const [removing, setRemoving] = createSignal(false);
	const restore = createRestore(
		() => props.session,
		() => props.onDone(),
	);
	return (
		<li class={css.item}>
			<div class={css.words}>
				<h3 class={css.name}>{props.session.name}</h3>
				<p class={css.line}>Goes for good on {dayWords(props.session.goesAt)}</p>
			</div>
			<div class={css.actions}>
				<Button
					ref={(button: HTMLElement) => {
						restoring = button;
					}}
					disabled={restore.busy()}
					onClick={() => void restore.run()}
				>
					Restore
				</Button>
				<Button
					ref={(button: HTMLElement) => {
						deleting = button;
					}}
					onClick={() => setRemoving(true)}
				>
					Delete for good
				</Button>
			</div>
			<Show when={restore.error()}>
				{(error) => (
					<div class={css.trouble}>
						<Problem error={error()} onRetry={() => void restore.run()} />
					</div>
				)}
			</Show>
			<Switch>
				<Match when={restore.taken()}>
					<NameTakenDialog session={props.session} focusBack={() => restoring} onDone={props.onDone} onClose={restore.leave} />
				</Match>
				<Match when={removing()}>
					<DeleteForGoodDialog session={props.session} focusBack={() => deleting} onDone={props.onDone} onClose={() => setRemoving(false)} />
				</Match>
			</Switch>
		</li>
	);
};

export const Trash = (props: { sessions: readonly TrashedSession[]; onDone: () => void }) => (
	<section aria-labelledby="trash" class={css.trash}>
		<h2 id="trash" class={css.title}>
			Trash
		</h2>
		<ul class={css.list}>
			<For each={props.sessions}>{(session) => <TrashItem session={session} onDone={props.onDone} />}</For>
		</ul>
	</section>
);

/** Says where a session went, and takes it back. */
export const Undo = (props: { session: Session; ref: (button: HTMLElement) => void; onDone: () => void }) => {
	let button: HTMLElement | undefined;
	const restore = createRestore(
		() => props.session,
		() => props.onDone(),
	);
	return (
		<div class={css.undo} role="status">
			<p>
				<strong>{props.session.name}</strong> is in the trash.
			</p>
			<Button
				ref={(element: HTMLElement) => {
					button = element;
					props.ref(element);
				}}
				disabled={restore.busy()}
				onClick={() => void restore.run()}
			>
				Undo
			</Button>
			<Show when={restore.error()}>{(error) => <Problem error={error()} />}</Show>
			<Show when={restore.taken()}>
				<NameTakenDialog session={props.session} focusBack={() => button} onDone={props.onDone} onClose={restore.leave} />
			</Show>
		</div>
	);
};
