import type { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, SessionList } from '@shellpod/protocol/http.ts';
import { createEffect, createSignal, For, Match, on, onMount, Show, Switch } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import { useApp } from '../app-context.ts';
import { Button } from '../ui/button.tsx';
import { Mark, PersonIcon, PlusIcon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { isMoving, pollMs, usePoll } from '../ui/poll.ts';
import { asError, Problem } from '../ui/problem.tsx';
import css from './dashboard.module.css';
import { NewSessionDialog } from './session-dialogs.tsx';
import { SessionItem } from './session-item.tsx';
import { Trash, Undo } from './trash.tsx';

const Dashboard = () => {
	const app = useApp();
	const [list, setList] = createStore<SessionList>({ sessions: [], trash: [] });
	const [loaded, setLoaded] = createSignal(false);
	const [now, setNow] = createSignal(app.serverClock.now());
	const [error, setError] = createSignal<ShellPodError>();
	/** of an action; it stays until the next action or look by hand */
	const [actionError, setActionError] = createSignal<ShellPodError>();
	const [creating, setCreating] = createSignal(false);
	/** what was put into the trash last, until something else is done */
	const [trashed, setTrashed] = createSignal<Session>();
	let undo: HTMLElement | undefined;
	const [said, setSaid] = createSignal('');

	const look = async () => {
		try {
			setList(reconcile(await app.api.sessions(), { key: 'id' }));
			setError(undefined);
			setLoaded(true);
			setNow(app.serverClock.now());
		} catch (thrown) {
			setError(asError(thrown));
		}
	};
	const refresh = usePoll(look, () =>
		Math.max(list.sessions.some((session) => isMoving(session.state)) ? pollMs.moving : pollMs.resting, (error()?.retryAfter ?? 0) * 1_000),
	);
	onMount(() => {
		document.title = 'ShellPod';
	});

	// A screen reader hears of changes only, not of what was there when the page came up.
	createEffect(
		on(
			() => list.sessions.map((session) => `${session.name}: ${session.state}`),
			(after, before) => before?.length && setSaid(after.filter((line) => !before.includes(line)).join('. ')),
			{ defer: true },
		),
	);

	return (
		<div class={css.page}>
			<header class={css.top}>
				<span class={css.brand}>
					<Mark />
					ShellPod
				</span>
				<Menu label="Account" icon={<PersonIcon />} note={`Signed in as ${app.name()}`} groups={[[{ label: 'Sign out', onSelect: app.signOut }]]} />
			</header>
			<main>
				<div class={css.head}>
					<h1 class={css.title}>Sessions</h1>
					<Show when={list.sessions.length > 0}>
						<Button tone="primary" onClick={() => setCreating(true)}>
							<PlusIcon />
							New session
						</Button>
					</Show>
				</div>
				<Show when={trashed()}>
					{(session) => (
						<Undo
							session={session()}
							ref={(button) => {
								undo = button;
							}}
							onDone={() => {
								setTrashed();
								void refresh();
							}}
						/>
					)}
				</Show>
				<Show when={actionError() ?? error()}>
					{(problem) => (
						<div class={css.trouble}>
							<Problem
								error={problem()}
								meaning={actionError() || !loaded() ? undefined : 'The list may be old. Your sessions go on; this page tries again by itself.'}
								onRetry={() => {
									setActionError(undefined);
									void refresh();
								}}
							/>
						</div>
					)}
				</Show>
				<Switch>
					<Match when={!loaded()}>
						<Show when={!error()}>
							<p class={css.wait}>Loading your sessions…</p>
						</Show>
					</Match>
					<Match when={list.sessions.length === 0}>
						<div class={css.empty}>
							<h2>{list.trash.length > 0 ? 'No session' : 'Your first session'}</h2>
							<div class={css.lines}>
								<p>A session is a Linux machine of your own, in a terminal, from any browser.</p>
								<p>It starts in less than a minute and goes on when you close the tab.</p>
								<p>Stop it when you are done: the files in its home stay.</p>
							</div>
							<Button tone="primary" onClick={() => setCreating(true)}>
								<PlusIcon />
								New session
							</Button>
						</div>
					</Match>
					<Match when={list.sessions.length > 0}>
						<ul class={css.list}>
							<For each={list.sessions}>
								{(session) => (
									<SessionItem
										session={session}
										now={now()}
										onTrashed={(one) => {
											setTrashed({ ...one });
											return undo;
										}}
										onChanged={refresh}
										onError={(thrown) => setActionError(asError(thrown))}
									/>
								)}
							</For>
						</ul>
					</Match>
				</Switch>
				<Show when={list.trash.length > 0}>
					<Trash sessions={list.trash} onDone={() => void refresh()} />
				</Show>
			</main>
			<div class="unseen" aria-live="polite">
				{said()}
			</div>
			<Show when={creating()}>
				<NewSessionDialog taken={list.sessions.map((session) => session.name)} onDone={() => void refresh()} onClose={() => setCreating(false)} />
			</Show>
		</div>
	);
};

export default Dashboard;
