import type { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, SessionList } from '@shellpod/protocol/http.ts';
import { createEffect, createSignal, For, Match, on, onCleanup, Show, Switch } from 'solid-js';
import { createStore, reconcile } from 'solid-js/store';
import { useApp } from '../app-context.ts';
import { BudgetNotice, CostLine } from '../costs/cost-line.tsx';
import { CostsDialog } from '../costs/costs-dialog.tsx';
import { useCosts } from '../costs/use-costs.ts';
import { costOf } from '../costs/words.ts';
import { Button } from '../ui/button.tsx';
import { Mark, PersonIcon, PlusIcon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { mayAsk, useNotices } from '../ui/notices.ts';
import { isMoving, pauseOf, usePoll } from '../ui/poll.ts';
import { asError, Problem } from '../ui/problem.tsx';
import { newest, withNewer } from '../watch/newest.ts';
import { useWatch } from '../watch/use-watch.ts';
import css from './dashboard.module.css';
import { NewSessionDialog } from './session-dialogs.tsx';
import { SessionItem } from './session-item.tsx';
import { Trash, Undo } from './trash.tsx';

/** ms; times are told in minutes */
const tickMs = 20_000;

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
	const [asks, setAsks] = createSignal(mayAsk());
	const asking = () =>
		asks() ? [{ label: 'Notify me in this browser', onSelect: () => void Notification.requestPermission().then(() => setAsks(mayAsk())) }] : [];

	const look = async () => {
		try {
			const { sessions, trash } = await app.api.sessions();
			setList(reconcile({ sessions: newest(list.sessions, sessions), trash }, { key: 'id' }));
			setError(undefined);
			setLoaded(true);
			setNow(app.serverClock.now());
		} catch (thrown) {
			setError(asError(thrown));
		}
	};
	const hear = (session: Session) => {
		const known = withNewer(list.sessions, session);
		if (!known) return void refresh();
		setList('sessions', reconcile([...known], { key: 'id' }));
		setNow(app.serverClock.now());
	};
	const live = useWatch(app.api, { session: hear, look: () => void refresh() });
	const refresh = usePoll(look, () => pauseOf({ moving: list.sessions.some((session) => isMoving(session.state)), live: live(), error: error() }));
	const ticking = setInterval(() => setNow(app.serverClock.now()), tickMs);
	onCleanup(() => clearInterval(ticking));
	const { costs, refresh: refreshCosts } = useCosts(app.api, () => list.sessions.map(({ id, state }) => `${id} ${state}`).join());
	const [costsOpen, setCostsOpen] = createSignal(false);
	let account: HTMLElement | undefined;

	// A screen reader hears of changes only, not of what was there when the page came up.
	createEffect(
		on(
			() => list.sessions.map((session) => `${session.name}: ${session.state}`),
			(after, before) => before?.length && setSaid(after.filter((line) => !before.includes(line)).join('. ')),
			{ defer: true },
		),
	);

	const notices = useNotices(({ name }, text) => setSaid(`${name}: ${text}`));
	createEffect(() => list.sessions.forEach(notices.hear));
	createEffect(() => {
		document.title = `${notices.mark()}ShellPod`;
	});

	return (
		<div class={css.page}>
			<header class={css.top}>
				<span class={css.brand}>
					<Mark />
					ShellPod
				</span>
				<Menu
					ref={(button) => {
						account = button;
					}}
					label="Account"
					icon={<PersonIcon />}
					note={`Signed in as ${app.name()}`}
					groups={[asking(), [{ label: 'Costs', onSelect: () => setCostsOpen(true) }], [{ label: 'Sign out', onSelect: app.signOut }]]}
				/>
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
				<Show when={costs()}>
					{(told) => (
						<>
							<Show when={told().month.usd > 0 || told().perHour > 0}>
								<CostLine costs={told()} now={now()} onOpen={() => setCostsOpen(true)} />
							</Show>
							<BudgetNotice costs={told()} onOpen={() => setCostsOpen(true)} />
						</>
					)}
				</Show>
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
										cost={costOf(costs(), session.id, now())}
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
			<Show when={costsOpen()}>
				<CostsDialog focusBack={() => account} onDone={() => void refreshCosts()} onClose={() => setCostsOpen(false)} />
			</Show>
			<Show when={creating()}>
				<NewSessionDialog taken={list.sessions.map((session) => session.name)} onDone={() => void refresh()} onClose={() => setCreating(false)} />
			</Show>
		</div>
	);
};

export default Dashboard;
