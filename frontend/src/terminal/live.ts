/** What the terminal page knows of its session and its attachment, as signals; and when it attaches. */
import { type ErrorCode, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, SessionState } from '@shellpod/protocol/http.ts';
import type { EndReason, SizeReason } from '@shellpod/protocol/record.ts';
import { createEffect, createMemo, createSignal, onCleanup, untrack } from 'solid-js';
import type { AppContext } from '../app-context.ts';
import { wallClock } from '../stream/clock.ts';
import type { SocketState } from '../stream/socket.ts';
import type { StreamState } from '../stream/stream-options.ts';
import { openWebSocket } from '../stream/wire.ts';
import { isMoving, pauseOf, usePoll } from '../ui/poll.ts';
import { asError } from '../ui/problem.tsx';
import { useWatch } from '../watch/use-watch.ts';
import { type Attachment, createAttachment } from './attachment.ts';
import type { TerminalHandle } from './terminal-view.tsx';
import { createWaiting } from './waiting.ts';

/** ms that a cut, or the first connection, may last before the page speaks of it: the usual one is over by then */
const quietMs = { Reconnecting: 400, Connecting: 2_000 } as const;
const hasMachine = (state: SessionState | undefined): boolean => state === 'Running' || state === 'Starting';

/** ms for which the page says that it is back */
const backMs = 5_000;
/** ms between two tries to attach when the control plane says Running and the ticket says no */
const againMs = 2_000;

export const createLive = (options: {
	app: AppContext;
	id: string;
	/** the user asked for the terminal just now: a stopped session is started for it */
	deliberate: boolean;
	onDropped: (keystrokes: number) => void;
}) => {
	const { api } = options.app;
	const [session, setSession] = createSignal<Session>();
	const [pollError, setPollError] = createSignal<ShellPodError>();
	const [actionError, setActionError] = createSignal<ShellPodError>();
	const [acting, setActing] = createSignal(false);
	const [socket, setSocket] = createSignal<SocketState>({ kind: 'idle' });
	const [stream, setStream] = createSignal<StreamState>({ kind: 'cut' });
	const [roundTrip, setRoundTrip] = createSignal<number>();
	const [nearRoundTrip, setNearRoundTrip] = createSignal<number>();
	const [attachment, setAttachment] = createSignal<Attachment>();
	const waiting = createWaiting(() => attachment()?.stream);
	/** a screen has been here */
	const [seen, setSeen] = createSignal(false);
	const [cutSince, setCutSince] = createSignal<number>();
	/** ms that the last cut took, for a while after it */
	const [cutFor, setCutFor] = createSignal<number>();
	let deliberate = options.deliberate;
	/** Somebody opened this page, which no ticket has said yet; one that comes back later, or up in the background, keeps no session running. */
	let opened = deliberate || document.visibilityState === 'visible';

	const act = async (action: (id: string) => Promise<void>) => {
		setActing(true);
		try {
			await action(options.id);
			setActionError(undefined);
		} catch (error) {
			setActionError(asError(error));
		}
		await refresh();
		setActing(false);
	};
	const look = async () => {
		try {
			const now = await api.session(options.id);
			setSession((known) => (known && known.rev > now.rev ? known : now));
			setPollError(undefined);
			const idle = now.state === 'Stopped' || now.state === 'Failed' || now.state === 'Stopping';
			if (deliberate && idle) void act(api.start);
			deliberate = false;
		} catch (error) {
			setPollError(asError(error));
		}
	};
	const hear = (told: Session) => {
		const known = session();
		if (told.id === options.id && known && told.rev > known.rev) setSession(told);
	};
	const watched = useWatch(api, { session: hear, look: () => void refresh() });
	const refresh = usePoll(look, () => pauseOf({ moving: isMoving(session()?.state ?? 'Starting'), live: watched(), error: pollError() }));

	// Attached while there is a machine, or one on its way: the control plane tells at once when its agent is there.
	let again: ReturnType<typeof setTimeout> | undefined;
	createEffect(() => {
		const attached = attachment();
		const state = session()?.state;
		const link = socket();
		if (!attached || !state) return;
		if (!hasMachine(state)) {
			if (link.kind !== 'idle') attached.socket.stop();
			attached.stream.forgetEnd();
		} else if (link.kind === 'idle') attached.socket.start();
		else if (link.kind === 'ended' && link.code === 'not_running') {
			// The page's knowledge may be older than the ticket's.
			void refresh();
			clearTimeout(again);
			again = setTimeout(() => attached.socket.start(), againMs);
		}
	});

	const attach = (handle: TerminalHandle) => {
		setAttachment(
			createAttachment({
				clock: wallClock,
				random: Math.random,
				ticket: async (terminal) => {
					const ticket = await api.ticket(options.id, terminal, opened);
					opened = false;
					return ticket;
				},
				open: openWebSocket,
				screen: handle.screen,
				size: handle.wish,
				onSocket: setSocket,
				onStream: (state) => {
					setStream(state);
					if (state.kind !== 'live') return;
					setSeen(true);
					// The terminal knows earlier than the next look that the session runs.
					if (session()?.state === 'Starting') void refresh();
				},
				onDropped: options.onDropped,
				onAside: waiting.setAside,
				onRoundTrip: setRoundTrip,
				onNearRoundTrip: setNearRoundTrip,
			}),
		);
	};
	onCleanup(() => {
		clearTimeout(again);
		attachment()?.dispose();
	});

	const fatal = () => ((now) => (now.kind === 'ended' && now.code !== 'not_running' ? now : undefined))(socket());
	const ended = (): EndReason | undefined => {
		if (fatal()?.code === 'unsupported_version') return 'refused';
		const now = stream();
		return hasMachine(session()?.state) && now.kind === 'ended' ? now.reason : undefined;
	};
	/** the agent was cut off; it comes back by itself */
	const away = () => ((now) => (now.kind === 'open' ? now.away : undefined))(socket());
	const errorOf = ({ code, detail, until }: { code: ErrorCode; detail: string; until?: number }): ShellPodError =>
		new ShellPodError(code, detail, until === undefined ? {} : { retryAfter: Math.max(0, Math.ceil((until - wallClock.now()) / 1_000)) });
	const connected = () => hasMachine(session()?.state) && stream().kind === 'live';
	const status = createMemo((): 'Connected' | 'Reconnecting' | 'Connecting' | '' => {
		if (connected()) return 'Connected';
		if (ended() || fatal() || away()) return '';
		if (session()?.state === 'Running') return seen() ? 'Reconnecting' : 'Connecting';
		return session() || pollError() ? '' : 'Connecting';
	});
	const isCut = () => status() === 'Reconnecting' || status() === 'Connecting';
	let quiet: ReturnType<typeof setTimeout> | undefined;
	let wasSeen = false;
	createEffect(() => {
		clearTimeout(quiet);
		const now = status();
		const since = untrack(cutSince);
		if (since !== undefined && now === 'Connected' && wasSeen) {
			setCutFor(Date.now() - since);
			setTimeout(() => setCutFor(), backMs);
		}
		wasSeen = untrack(seen);
		setCutSince(undefined);
		if (now !== 'Reconnecting' && now !== 'Connecting') return;
		setCutFor();
		const begun = Date.now();
		quiet = setTimeout(() => setCutSince(begun), quietMs[now]);
	});
	onCleanup(() => clearTimeout(quiet));

	return {
		session,
		status,
		ended,
		roundTrip,
		acting,
		actionError,
		cutSince,
		cutFor,
		waiting,
		nearRoundTrip,
		connected,
		seen,
		/** what is on the screen is from before */
		old: () => seen() && !connected(),
		/** it makes no sense to wait for a terminal here */
		problem: (): ShellPodError | undefined => {
			const end = fatal();
			if (end && end.code !== 'unsupported_version') return errorOf(end);
			const error = pollError();
			// While the terminal works, or will come back by itself, a failed look at its state is nobody's business.
			return error && (!session() || error.code === 'not_found') ? error : undefined;
		},
		/** why nobody is at the other end, while that lasts */
		away: (): ShellPodError | undefined => ((why) => why && errorOf(why))(away()),
		attach,
		start: () => void act(api.start),
		/** a start that its user does not want any more is a session that is stopped */
		stop: () => void act(api.stop),
		refresh: () => void refresh(),
		/** after `problem` */
		retry: () => {
			void refresh();
			if (socket().kind === 'ended') attachment()?.socket.start();
		},
		hurry: () => attachment()?.socket.hurry(),
		reopen: () => attachment()?.stream.reopen(),
		askForSize: (reason: SizeReason) => attachment()?.stream.askForSize(reason),
		answer: (bytes: Uint8Array) => attachment()?.stream.answer(bytes),
		/** False when it was not taken (I5). What is typed to a session without a machine is typed to nobody. */
		type: (bytes: Uint8Array): boolean => {
			if (!hasMachine(session()?.state)) return true;
			const taken = attachment()?.stream.type(bytes) ?? true;
			if (taken) waiting.typed(bytes.length);
			return taken;
		},
		/** closing the page now loses what was typed */
		unsent: () => (isCut() && waiting.unsent() > 0) || waiting.aside() !== undefined || waiting.paste() !== undefined,
	};
};

export type Live = ReturnType<typeof createLive>;
