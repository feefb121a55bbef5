/** Who of a user's viewers comes in: asked before a ticket is given, decided at `$connect`. */

import type { pong } from '@shellpod/protocol/control.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { ConnectionId, SessionId, TerminalId, UserId } from '@shellpod/protocol/ids.ts';
import type { Gateway } from '../relay-ports.ts';
import { type AccessRecord, type Admitted, admissionWait, admit, isFull, isSettled, leave, maxAdmissions, type Socket } from './access.ts';
import type { Caller } from './callers.ts';
import { type AccessStore, accessAttempts, accessConflict, changeAccess } from './change-access.ts';

/** A viewer, or a watcher, which has no session. */
export type Newcomer = Pick<Caller, 'user' | 'signIn' | 'terminal'> & Partial<Pick<Caller, 'session'>>;

export interface Viewers {
	/** false when all places are taken, by connections that are alive. Throws ShellPodError `too_many` when too many came within a minute. */
	room(user: UserId, terminal: TerminalId | undefined): Promise<boolean>;
	/** The same for a page that watches. */
	roomToWatch(user: UserId): Promise<boolean>;
	/** Lets a connection in, or says why not. Throws ShellPodError `conflict`. */
	comes(id: ConnectionId, caller: Newcomer): Promise<'admitted' | Exclude<Admitted, AccessRecord>>;
}

/** A message that no page minds; the module that it comes from would bring its schemas along, and somebody waits for `connect`. */
const nothing: typeof pong = '{"pong":true}';
/** of whatever session: they are counted over all of them */
const aViewer = { session: '' as SessionId };

/** how often a connection is told to close before it is looked at later: the first answer is that it was there, the next that it is gone */
const closeTries = 3;

/** Closes a connection until the gateway says that there is none. True when there will be none any more: it was there before, or must have been. */
export const shut = async (gateway: Pick<Gateway, 'close'>, id: ConnectionId, settled: boolean): Promise<boolean> => {
	let was = settled;
	for (let tried = 0; tried < closeTries; tried++) {
		const closed = await gateway.close(id);
		if (closed === 'gone') return was;
		if (closed === 'failed') return false;
		was = true;
	}
	return false;
};

export const createViewers = ({ access, gateway, now }: { access: AccessStore; gateway: Gateway; now: () => Date }): Viewers => {
	const today = () => now().toISOString();

	/** A page that comes back was cut off, though the gateway may hold its last connection for minutes: that one makes room. Any other must be gone. */
	const isGone = async (id: ConnectionId, socket: Socket, terminal: TerminalId | undefined): Promise<boolean> => {
		const settled = isSettled(socket, today());
		if (terminal !== undefined && socket.terminal === terminal) return shut(gateway, id, settled);
		return settled && (await gateway.post(id, nothing)) === 'gone';
	};

	/** Some connections end without a word. */
	const forgetGone = async (record: AccessRecord, terminal: TerminalId | undefined): Promise<AccessRecord> => {
		const sockets = Object.entries(record.sockets) as [ConnectionId, Socket][];
		const answers = await Promise.all(sockets.map(([id, socket]) => isGone(id, socket, terminal)));
		const gone = sockets.filter((_, at) => answers[at]).map(([id]) => id);
		return changeAccess(access, record.user, (newest) => leave(newest, gone, today()));
	};

	const room = async (user: UserId, kind: Pick<Socket, 'session'>, terminal: TerminalId | undefined): Promise<boolean> => {
		const record = await access.get(user);
		const retryAfter = admissionWait(record, today());
		if (retryAfter > 0) throw new ShellPodError('too_many', `Your pages may connect ${maxAdmissions} times a minute.`, { retryAfter });
		return !isFull(record, kind) || !isFull(await forgetGone(record, terminal), kind);
	};

	return {
		room: (user, terminal) => room(user, aViewer, terminal),
		roomToWatch: (user) => room(user, {}, undefined),

		comes: async (id, { user, session, signIn, terminal }) => {
			if (signIn === undefined) throw new TypeError('a viewer without a sign-in');
			let looked = false;
			for (let attempt = 0; attempt < accessAttempts; attempt++) {
				const record = await access.get(user);
				const next = admit(record, id, { ...(session && { session }), signIn, since: today(), ...(terminal && { terminal }) });
				if (next === 'full' && !looked) {
					looked = true;
					await forgetGone(record, terminal);
				} else if (typeof next === 'string') return next;
				else if (await access.put(next)) return 'admitted';
			}
			throw accessConflict();
		},
	};
};
