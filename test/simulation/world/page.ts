/** A page with a session's terminal open: the page's own socket and stream, what it does around them, and somebody who types. */
import { type ErrorCode, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { SessionState } from '@shellpod/protocol/http.ts';
import { terminalId } from '@shellpod/protocol/ids.ts';
import type { Clock } from '../../../frontend/src/stream/clock.ts';
import { createSocket, type SocketState } from '../../../frontend/src/stream/socket.ts';
import type { StreamState } from '../../../frontend/src/stream/stream-options.ts';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createLife } from '../kernel/life.ts';
import type { Api } from './api.ts';
import type { Gateway, Network } from './gateway.ts';
import { pageOrigin } from './names.ts';
import { dropOld } from './old-typing.ts';
import { byteOf, interruptOf } from './page-bytes.ts';
import { createPageEpoch } from './page-epoch.ts';
import { createPageTerminal } from './page-terminal.ts';

export interface Page {
	readonly name: string;
	readonly user: string;
	readonly session: string;
	/** what its terminal shows */
	readonly shown: string;
	readonly stream: StreamState;
	readonly link: SocketState;
	/** characters that have come to it from its agent */
	readonly received: number;
	/** bytes that are not acknowledged */
	readonly pending: number;
	/** by keystroke: it told its user that it was dropped */
	readonly dropped: readonly (true | undefined)[];
	/** The next numbered bytes: a key, or a paste of so many. False when the page takes no more. */
	type(bytes?: number): boolean;
	/** Ctrl-C, or what this page has for it. */
	interrupt(): boolean;
	/** which of the pages of its session: a byte says so */
	readonly index: number;
	/** bytes that it has taken: how many, and which */
	readonly typed: number;
	readonly bytes: readonly number[];
	/** by byte: the epoch that it was typed for; undefined before the first screen */
	readonly typedFor: readonly (string | undefined)[];
	/** by byte: when it was typed, on the kernel's clock */
	readonly typedAt: readonly number[];
	/** by keystroke: the number of the byte after its last; a paste is one */
	readonly ends: readonly number[];
	/** Its window has another width. */
	resize(columns: number): void;
	/** The device sleeps: no timer fires, the network is gone; then it wakes. */
	sleep(ms: number): void;
	/** The device has no network, and knows it when it has one again; timers go on. */
	offline(ms: number): void;
	/** The user closes it. */
	close(): void;
	readonly open: boolean;
}

export interface PageOptions {
	kernel: Kernel;
	gateway: Gateway;
	api: Api;
	user: string;
	session: string;
	/** unique; small letters and digits */
	name: string;
	/** 0 to 2, another for each page of a session */
	index: number;
	/** Its terminal shows this, of which so many characters are new. */
	shows(text: string, fresh: number): void;
	/** Somebody sees the protocols that it offers, its ticket among them. */
	overheard?: (protocols: readonly string[]) => void;
	network?: Network;
	/** Somebody opens it on purpose: it doesn't only come back. */
	opened?: boolean;
	/** of the stream, all that it has in common with any agent */
	versions?: readonly number[];
}

/** ms, as in the page */
const beatMs = 20_000;
const poll = { moving: 2_000, resting: 10_000 };
const againMs = 2_000;
/** ends after which its user tries again: the session has been started, other pages have been closed */
const byTheirUser: ReadonlySet<ErrorCode> = new Set(['not_running', 'too_many_open']);

const hasMachine = (state: SessionState | undefined): boolean => state === 'Running' || state === 'Starting';

export const createPage = (options: PageOptions): Page => {
	const { kernel, gateway, api, user, session, name, index } = options;
	const life = createLife(kernel, `page ${name}`);
	/** each device has another */
	let size = { columns: 80 + 20 * index, rows: 24 };
	const chance = kernel.random(`page/${name}`);
	let online = true;
	/** no ticket has said so yet */
	let opened = options.opened ?? false;
	/** what waits for the device to wake */
	let asleep: (() => void)[] | undefined;
	const whenAwake = (run: () => void): void => void (asleep ? asleep.push(run) : run());
	const clock: Clock = { now: kernel.now, after: (ms, action) => life.after(ms, () => whenAwake(action)) };

	const view = terminalId(`terminal${name}`);
	let state: SessionState | undefined;
	let link: SocketState = { kind: 'idle' };
	let stream: StreamState = { kind: 'cut' };
	let received = 0;
	const dropped: (true | undefined)[] = [];
	const typed: number[] = [];
	const typedFor: (string | undefined)[] = [];
	const ends: number[] = [];
	/** by byte */
	const typedAt: number[] = [];

	const epoch = createPageEpoch((first) => typedFor.fill(first));

	/** Asks over the network, if there is one. */
	const over = async <T>(ask: () => Promise<T>): Promise<T> => {
		if (online) return life.living(ask());
		await life.sleep(1);
		throw new ShellPodError('unavailable', 'offline');
	};

	const display = createPageTerminal({
		parsing: (done) => void life.after(chance.between(0.1, 12), () => whenAwake(done)),
		shows: options.shows,
		says: (bytes) => void terminal.type(bytes),
	});

	const socket = createSocket({
		clock,
		random: () => chance.next(),
		ticket: async () => {
			const ticket = await over(() => api.ticket(session, view, opened));
			opened = false;
			return ticket;
		},
		open: (url, protocols, events) => {
			options.overheard?.(protocols);
			const client = gateway.dial({
				life,
				url,
				protocols,
				origin: pageOrigin,
				owner: { user, session },
				...(options.network && { network: options.network }),
				events: {
					open: () => whenAwake(events.open),
					text: (message) => whenAwake(() => events.message(message)),
					close: (code) => whenAwake(() => events.closed(code)),
				},
			});
			return { send: client.send, close: () => client.close(1000) };
		},
		onState: (next) => {
			link = next;
			kernel.note(`page ${name} ${next.kind}${next.kind === 'ended' ? `: ${next.code} ${next.detail}` : ''}`);
			follow();
		},
		onAgent: (versions) => terminal.connected(options.versions ?? versions),
		onAgentGone: () => terminal.cut(),
		onMessage: (payload, late) => {
			received += payload.length;
			epoch.note(payload, late);
			terminal.receive(payload, late);
		},
	});

	const beat = (): void => {
		terminal.beat();
		clock.after(beatMs, beat);
	};

	const terminal = createTerminalStream({
		terminal: view,
		clock,
		size: () => size,
		screen: display.screen,
		send: (payload) => !asleep && socket.send(payload),
		onState: (next) => {
			stream = next;
			// Their user presses Enter: a new shell, or back to where they were.
			if (next.kind === 'ended' && next.reason !== 'refused') clock.after(againMs, () => stream.kind === 'ended' && terminal.reopen());
		},
		onDropped: (keystrokes) => {
			// Those that were not acknowledged: the last ones.
			for (let at = ends.length - keystrokes; at < ends.length; at++) dropped[at] = true;
			kernel.note(`page ${name} dropped ${keystrokes}`);
		},
		onAside: ({ bytes }) => {
			dropOld({ at: typedAt, forEpoch: typedFor, ends, dropped }, bytes.length, clock.now());
			if (bytes.length > 0) terminal.typing.dropAside();
		},
		onRoundTrip: () => undefined,
		onSilence: () => socket.check(),
	});

	/** As the page does: attached while there is a machine, or one on its way. */
	const follow = (): void => {
		if (!life.alive || state === undefined) return;
		if (!hasMachine(state)) {
			if (link.kind !== 'idle') socket.stop();
			terminal.forgetEnd();
		} else if (link.kind === 'idle') socket.start();
		else if (link.kind === 'ended' && byTheirUser.has(link.code)) clock.after(againMs, () => link.kind === 'ended' && socket.start());
	};

	const look = async (): Promise<void> => {
		try {
			const seen = await over(() => api.get(session));
			state = seen.state;
			follow();
		} catch (error) {
			if (!(error instanceof ShellPodError)) throw error;
		}
		const moving = state === 'Starting' || state === 'Stopping' || state === undefined;
		clock.after(moving ? poll.moving : poll.resting, () => void look());
	};
	void look();
	clock.after(beatMs, beat);

	const type = (bytes: readonly number[]): boolean => {
		if (!life.alive || asleep || !hasMachine(state)) return false;
		if (!terminal.type(Uint8Array.from(bytes))) return false;
		typed.push(...bytes);
		ends.push(typed.length);
		typedFor.push(...bytes.map(() => epoch.current));
		typedAt.push(...bytes.map(() => clock.now()));
		return true;
	};

	return {
		name,
		user,
		session,
		get shown() {
			return display.shown;
		},
		get stream() {
			return stream;
		},
		get link() {
			return link;
		},
		get received() {
			return received;
		},
		get pending() {
			return terminal.typing.size;
		},
		dropped,
		get typed() {
			return typed.length;
		},
		bytes: typed,
		get open() {
			return life.alive;
		},
		typedFor,
		typedAt,
		ends,
		index,
		type: (bytes = 1) => type(Array.from({ length: bytes }, (_, at) => byteOf(index, typed.length + at))),
		interrupt: () => type([interruptOf(index)]),
		resize: (columns) => {
			size = { ...size, columns };
			if (!asleep) terminal.askForSize('resize');
		},
		sleep: (ms) => {
			if (asleep) return;
			kernel.note(`page ${name} sleeps`);
			asleep = [];
			gateway.cut((dialled) => dialled.life === life);
			kernel.after(ms, `page ${name} wakes`, () => {
				const waited = asleep ?? [];
				asleep = undefined;
				if (!life.alive) return;
				for (const run of waited) run();
				socket.hurry();
				if (stream.kind === 'live') terminal.reopen();
			});
		},
		offline: (ms) => {
			online = false;
			gateway.cut((dialled) => dialled.life === life);
			kernel.after(ms, `page ${name} is online`, () => {
				online = true;
				if (life.alive) socket.hurry();
			});
		},
		close: () => {
			terminal.close();
			socket.stop();
			life.end();
		},
	};
};
