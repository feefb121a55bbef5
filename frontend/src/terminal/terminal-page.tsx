import { relay } from '@shellpod/protocol/limits.ts';
import { A, useLocation, useNavigate, useParams } from '@solidjs/router';
import { createEffect, createSignal, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import { useApp } from '../app-context.ts';
import { type SessionDialog, SessionDialogs } from '../dashboard/session-dialogs.tsx';
import { BackIcon, MoreIcon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { Problem } from '../ui/problem.tsx';
import { StartSteps } from '../ui/start-steps.tsx';
import { State } from '../ui/state.tsx';
import { createLive } from './live.ts';
import { Notice, type NoticeContent, Panel, ReconnectingBadge } from './notice.tsx';
import { boundFontSize, loadPreferences, savePreferences } from './preferences.ts';
import css from './terminal-page.module.css';
import { type TerminalHandle, TerminalView } from './terminal-view.tsx';

/** ms that a notice stays */
const noticeMs = 15_000;

const TerminalPage = () => {
	const app = useApp();
	const params = useParams<{ id: string }>();
	const location = useLocation();
	const navigate = useNavigate();
	const [preferences, setPreferences] = createSignal(loadPreferences(window.localStorage, window.innerWidth < 640 ? 12 : 14));
	const [notice, setNotice] = createSignal<NoticeContent>();
	const [dialog, setDialog] = createSignal<SessionDialog>();
	let terminal: TerminalHandle | undefined;
	let bar!: HTMLElement;
	let noticeTimer: ReturnType<typeof setTimeout> | undefined;
	onCleanup(() => clearTimeout(noticeTimer));

	const say = (content: NoticeContent) => {
		clearTimeout(noticeTimer);
		setNotice(content);
		noticeTimer = setTimeout(() => setNotice(), noticeMs);
	};
	// `#open` is the user's wish to be in the terminal now. It is used once: an old tab or a reload starts nothing.
	const live = createLive({
		app,
		id: params.id,
		deliberate: location.hash === '#open',
		onDropped: (keystrokes) =>
			say({
				text: `${keystrokes} ${keystrokes === 1 ? 'keystroke was' : 'keystrokes were'} lost: the machine was replaced before ${keystrokes === 1 ? 'it' : 'they'} arrived. Nothing old is typed into the new one.`,
			}),
	});
	onMount(() => {
		// By the router: it may be about to write the address that led here.
		if (location.hash) navigate(location.pathname, { replace: true, scroll: false });
	});
	createEffect(() => {
		document.title = live.session()?.name ?? 'ShellPod';
	});
	createEffect(() => savePreferences(window.localStorage, preferences()));
	// The keys belong to the terminal as soon as there is one, unless the user is doing something else.
	createEffect(() => {
		if (live.status() === 'Connected' && !dialog() && document.activeElement === document.body) terminal?.focus();
	});

	const type = (bytes: Uint8Array) => {
		if (live.ended()) {
			if (bytes.includes(13)) live.reopen();
			return;
		}
		if (!live.type(bytes))
			say({ text: `Not typed: ${relay.maxQueuedInputBytes / 1024} KB wait already. They are sent when the connection is back.` });
	};
	const copy = (text: string) => {
		const write = () => navigator.clipboard.writeText(text);
		// Some browsers want a tap for it.
		write().catch(() => say({ text: 'A program wants to copy text.', action: { label: 'Copy', run: () => void write() } }));
	};
	const setFontSize = (pixels: number) => setPreferences((now) => ({ ...now, fontSize: boundFontSize(pixels) }));
	const warn = (event: BeforeUnloadEvent) => {
		if (live.pending() > 0) event.preventDefault();
	};
	window.addEventListener('beforeunload', warn);
	onCleanup(() => window.removeEventListener('beforeunload', warn));

	const is = (state: string) => live.session()?.state === state;
	const name = () => live.session()?.name ?? '';
	return (
		<main class={css.page}>
			<header ref={bar} class={css.bar}>
				<A href="/" class={css.back} aria-label="Sessions">
					<BackIcon />
					<span class={css.backWord}>Sessions</span>
				</A>
				<h1 class={css.name}>{name()}</h1>
				<Show when={!is('Running') && live.session()}>{(session) => <State state={session().state} />}</Show>
				<span class={css.space} />
				<span class={css.status}>
					<Show when={live.status()}>
						<span class={css.dot} classList={{ [css.cut ?? '']: live.status() !== 'Connected' }} />
					</Show>
					<span role="status">{live.status()}</span>
				</span>
				<Show when={live.status() === 'Connected' && live.roundTrip()}>
					{(ms) => (
						<span class={css.figure} title="From this page to the session and back">
							{Math.max(1, Math.round(ms()))} ms
						</span>
					)}
				</Show>
				<Menu
					label="Menu"
					icon={<MoreIcon />}
					groups={[
						[
							{ label: 'Larger text', onSelect: () => setFontSize(preferences().fontSize + 1) },
							{ label: 'Smaller text', onSelect: () => setFontSize(preferences().fontSize - 1) },
							{
								label: preferences().screenReader ? 'Screen reader mode: on' : 'Screen reader mode: off',
								onSelect: () => setPreferences((now) => ({ ...now, screenReader: !now.screenReader })),
							},
						],
						live.session()
							? [
									...(is('Running')
										? [
												{ label: 'Stop', onSelect: () => setDialog('stop') },
												{ label: 'Restart', onSelect: () => setDialog('restart') },
											]
										: []),
									{ label: 'Rename', onSelect: () => setDialog('rename') },
								]
							: [],
						[{ label: 'Sign out', onSelect: app.signOut }],
					]}
				/>
			</header>
			<TerminalView
				name={name()}
				old={live.old()}
				fontSize={preferences().fontSize}
				screenReader={preferences().screenReader}
				onReady={(handle) => {
					terminal = handle;
					live.attach(handle);
				}}
				onType={type}
				onAnswer={live.answer}
				onAskForSize={live.askForSize}
				onClipboard={copy}
				onLeave={() => bar.querySelector('a')?.focus()}
				onPasteRefused={() => say({ text: 'This browser does not let the page read the clipboard. Paste with its own menu or keys.' })}
			>
				<div class={css.overlay}>
					<Show when={live.cutSince()}>{(since) => <ReconnectingBadge since={since()} onNow={live.hurry} />}</Show>
					<Show when={notice()}>{(content) => <Notice content={content()} onClose={() => setNotice()} />}</Show>
				</div>
				<Switch>
					<Match when={live.problem()}>
						{(problem) => (
							<Panel title="There is no terminal here" alone={!live.seen()}>
								<Problem error={problem()} onRetry={live.retry} />
							</Panel>
						)}
					</Match>
					<Match when={is('Starting') && !live.connected() && live.session()}>
						{(session) => (
							<Panel title={`Starting ${session().name}`} alone={!live.seen()}>
								<Show when={session().reason}>
									<p>{session().reason}</p>
								</Show>
								<StartSteps session={session()} clock={app.serverClock} />
							</Panel>
						)}
					</Match>
					<Match when={is('Stopping') && live.session()}>
						{(session) => (
							<Panel title={`Stopping ${session().name}`} alone={!live.seen()}>
								{session().reason && <p>{session().reason}</p>}
							</Panel>
						)}
					</Match>
					<Match when={(is('Stopped') || is('Failed')) && live.session()}>
						{(session) => (
							<Panel
								alone={!live.seen()}
								title={is('Failed') ? `${session().name} could not start` : `${session().name} is stopped`}
								action={{ label: is('Failed') ? 'Retry' : 'Start', run: live.start, disabled: live.starting() }}
							>
								<p>{session().reason ?? 'Its files are kept; nothing runs.'}</p>
								<Show when={live.actionError()}>{(error) => <Problem error={error()} />}</Show>
							</Panel>
						)}
					</Match>
					<Match when={live.ended() === 'detached'}>
						<Panel title="Detached" action={{ label: 'Come back', run: live.reopen }}>
							<p>The session goes on. Press Enter to come back.</p>
						</Panel>
					</Match>
					<Match when={live.ended() === 'exited'}>
						<Panel title="The last shell has ended" action={{ label: 'New shell', run: live.reopen }}>
							<p>Press Enter for a new one.</p>
						</Panel>
					</Match>
					<Match when={live.ended() === 'refused'}>
						<Panel title="Different versions" action={{ label: 'Reload', run: () => window.location.reload() }}>
							<p>This page and the session do not speak the same version. Reload the page; if that does not help, restart the session.</p>
						</Panel>
					</Match>
				</Switch>
			</TerminalView>
			<Show when={live.session()}>
				{(session) => (
					<SessionDialogs
						open={dialog()}
						session={session()}
						focusBack={() => bar.querySelector<HTMLElement>('[aria-haspopup]') ?? undefined}
						onDone={live.refresh}
						onClose={() => setDialog()}
					/>
				)}
			</Show>
		</main>
	);
};

export default TerminalPage;
