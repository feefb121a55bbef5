import { relay } from '@shellpod/protocol/limits.ts';
import { useLocation, useNavigate, useParams } from '@solidjs/router';
import { createEffect, createSignal, onCleanup, onMount, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import { type SessionDialog, SessionDialogs } from '../dashboard/session-dialogs.tsx';
import { IdleWarning } from '../idle/idle-warning.tsx';
import { useNotices } from '../ui/notices.ts';
import { asError } from '../ui/problem.tsx';
import { UpdateNotice } from '../ui/update-notice.tsx';
import { createLive } from './live.ts';
import { AsideNotice, BackBadge, keystrokes, Notice, type NoticeContent, PasteProgress, ReconnectingBadge } from './notice.tsx';
import { loadPreferences, savePreferences } from './preferences.ts';
import { SessionPanel } from './session-panel.tsx';
import { TerminalBar } from './terminal-bar.tsx';
import css from './terminal-page.module.css';
import { type TerminalHandle, TerminalView } from './terminal-view.tsx';

/** ms that a notice stays in view */
const noticeMs = 15_000;
/** ms from a key until what waits for an answer stands over the terminal again: on a phone it may cover the line that is typed */
const typingMs = 3_000;

const TerminalPage = () => {
	const app = useApp();
	const params = useParams<{ id: string }>();
	const location = useLocation();
	const navigate = useNavigate();
	const [preferences, setPreferences] = createSignal(loadPreferences(window.localStorage, window.innerWidth < 640 ? 12 : 14));
	const [notice, setNotice] = createSignal<NoticeContent>();
	const [dialog, setDialog] = createSignal<SessionDialog>();
	const [updateHidden, setUpdateHidden] = createSignal(false);
	let terminal: TerminalHandle | undefined;
	let bar!: HTMLElement;
	let noticeTimer: ReturnType<typeof setTimeout> | undefined;
	const [typing, setTyping] = createSignal(false);
	let typingTimer: ReturnType<typeof setTimeout> | undefined;
	onCleanup(() => {
		document.removeEventListener('visibilitychange', letGo);
		clearTimeout(noticeTimer);
		clearTimeout(typingTimer);
	});

	const say = (content: NoticeContent) => {
		setNotice(content);
		letGo();
	};
	/** What came while nobody looked waits until somebody does. */
	const letGo = () => {
		clearTimeout(noticeTimer);
		if (document.visibilityState === 'visible') noticeTimer = setTimeout(() => setNotice(), noticeMs);
	};
	document.addEventListener('visibilitychange', letGo);
	// `#open` is the user's wish to be in the terminal now. It is used once: an old tab or a reload starts nothing.
	const live = createLive({
		app,
		id: params.id,
		deliberate: location.hash === '#open',
		onDropped: (count) =>
			say({
				text: `${keystrokes(count)} ${count === 1 ? 'was' : 'were'} lost: the machine was replaced before ${count === 1 ? 'it' : 'they'} arrived. Nothing old is typed into the new one.`,
			}),
	});
	onMount(() => {
		// By the router: it may be about to write the address that led here.
		if (location.hash) navigate(location.pathname, { replace: true, scroll: false });
	});
	const notices = useNotices((_, text) => say({ text: `A program says: ${text}` }));
	createEffect(() => {
		const session = live.session();
		if (session) notices.hear(session);
	});
	createEffect(() => {
		document.title = `${notices.mark()}${live.session()?.name ?? 'ShellPod'}`;
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
		setTyping(true);
		clearTimeout(typingTimer);
		typingTimer = setTimeout(() => setTyping(false), typingMs);
		if (!live.type(bytes))
			say({ text: `Not typed: ${relay.maxQueuedInputBytes / 1024} KB wait already. They are sent when the connection is back.` });
	};
	const copy = (text: string) => {
		const write = () => navigator.clipboard.writeText(text);
		write().then(
			() => say({ text: `A program copied ${text.length} ${text.length === 1 ? 'character' : 'characters'} to the clipboard.` }),
			// Some browsers want a tap for it.
			() => say({ text: 'A program wants to copy text.', action: { label: 'Copy', run: () => void write() } }),
		);
	};
	const warn = (event: BeforeUnloadEvent) => {
		if (live.unsent()) event.preventDefault();
	};
	window.addEventListener('beforeunload', warn);
	onCleanup(() => window.removeEventListener('beforeunload', warn));

	/** A button that goes away gives the keys back. */
	const leave = (action: () => void) => {
		action();
		terminal?.focus();
	};

	const name = () => live.session()?.name ?? '';
	return (
		<main class={css.page}>
			<TerminalBar
				ref={(element) => {
					bar = element;
				}}
				live={live}
				preferences={preferences()}
				onPreferences={setPreferences}
				onDialog={setDialog}
			/>
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
					<div classList={{ [css.away ?? '']: typing() }}>
						<Show when={live.session()}>
							{(session) => (
								<IdleWarning
									dark
									session={session()}
									onStop={() => setDialog('stop')}
									onChanged={() => leave(live.refresh)}
									onError={(error) => say({ text: asError(error).message })}
									otherAt={updateHidden() ? undefined : session().update?.at}
								>
									<Show when={!updateHidden()}>
										<UpdateNotice
											session={session()}
											onNow={() => setDialog('update')}
											onChanged={live.refresh}
											onHide={() => leave(() => setUpdateHidden(true))}
										/>
									</Show>
								</IdleWarning>
							)}
						</Show>
					</div>
					<Show when={live.cutSince()}>
						{(since) => <ReconnectingBadge since={since()} first={!live.seen()} keystrokes={live.waiting.keystrokes} onNow={live.hurry} />}
					</Show>
					<Show when={live.cutFor()}>{(ms) => <BackBadge ms={ms()} />}</Show>
					<Show when={live.waiting.aside()}>
						{(aside) => <AsideNotice aside={aside()} onSend={() => leave(live.waiting.sendAside)} onDrop={() => leave(live.waiting.dropAside)} />}
					</Show>
					<Show when={live.waiting.paste()}>
						{(paste) => <PasteProgress done={paste().done} total={paste().total} onCancel={() => leave(live.waiting.cancelPaste)} />}
					</Show>
					<Show when={notice()}>{(content) => <Notice content={content()} onClose={() => setNotice()} />}</Show>
				</div>
				<SessionPanel live={live} />
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
