/**
 * Ends rights, and closes the connections that were opened by them. The end is written first, into the one item that `$connect` also writes:
 * what was open by then is seen here, what comes later is refused there. What can't be closed at once the sweep closes.
 */
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import type { ConnectionId, SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { AccessRecords, Log } from '../ports.ts';
import type { ConnectionStore, Gateway } from '../relay-ports.ts';
import {
	type AccessRecord,
	disable,
	enable,
	endSession,
	isSettled,
	leave,
	reopenSession,
	rescheduled,
	type Socket,
	signOut,
	signOutEverywhere,
	toClose,
} from './access.ts';
import { changeAccess } from './change-access.ts';
import type { Time } from './record.ts';
import { together } from './together.ts';
import { shut } from './viewers.ts';

export interface RevocationDeps {
	access: AccessRecords;
	connections: Pick<ConnectionStore, 'list' | 'remove'>;
	gateway: Gateway;
	now: () => Date;
	log: Log;
}

export interface Revocations {
	/** Ends one sign-in (`auth_time`). `revoked`: the provider gives no new tokens for it; else it is remembered for as long as it could. */
	signOut(user: UserId, signIn: number, revoked: boolean): Promise<void>;
	/** Ends every sign-in that there is of a user. `by`: who did it, for the log. */
	signOutEverywhere(user: UserId, by: string): Promise<void>;
	/** `by`: who did it, for the record. Closes every connection; sessions are not touched. */
	disable(user: UserId, by: string): Promise<void>;
	enable(user: UserId): Promise<void>;
	/** Lets no ticket of a session be good any more, before it is deleted; `close` closes its connections. */
	endSession(user: UserId, session: SessionId): Promise<void>;
	/** Takes `endSession` back: the session was restored. */
	reopenSession(user: UserId, session: SessionId): Promise<void>;
	/** Closes what a user must not have open any more. Gives how many connections are left to close: the sweep's. */
	close(user: UserId): Promise<number>;
	/** Closes what is due of all users, one after the other, as long as `on` says so. Gives how many connections of those are left to close. */
	closeDue(on?: () => Promise<boolean>): Promise<number>;
	/** Tells the viewers of a session that its task ends; their pages would see it only at their next look. `message`: for people. */
	tellNotRunning(session: SessionId, message: string): Promise<void>;
}

/** ms that an ended sign-in is remembered when it was revoked: access tokens live 10 min, at most an hour by the provider's rules for ours */
const accessTokenMs = 3_600_000;
/** ms otherwise: as long as refresh tokens live at most */
const refreshTokenMs = 30 * 86_400_000;

export const createRevocations = ({ access, connections, gateway, now, log }: RevocationDeps): Revocations => {
	const today = (): Time => now().toISOString();

	const closeOne = async ([id, socket]: [ConnectionId, Socket]): Promise<ConnectionId | undefined> => {
		// While its `$connect` is under way the gateway doesn't know it, and "gone" means "not yet".
		const gone = await shut(gateway, id, isSettled(socket, today()));
		if (!gone) return undefined;
		if (socket.session !== undefined) await connections.remove(socket.session, id);
		return id;
	};

	const close: Revocations['close'] = async (user) => {
		const ended = toClose(await access.get(user));
		if (ended.length === 0) {
			await changeAccess(access, user, (record) => rescheduled(record, today()));
			return 0;
		}
		const gone = (await together(ended.map(closeOne))).filter((id) => id !== undefined);
		const after = await changeAccess(access, user, (record) => rescheduled(leave(record, gone, today()), today()));
		const left = toClose(after).length;
		log.info('connections_closed', { user, closed: gone.length, left });
		return left;
	};

	/** What is marked is due; that it could not be closed at once is nobody's loss. */
	const closeNow = async (user: UserId): Promise<void> => {
		try {
			await close(user);
		} catch (error) {
			log.error('close_failed', error, { user });
		}
	};

	const mark = async (user: UserId, change: (record: AccessRecord) => AccessRecord, event: string, fields: object): Promise<void> => {
		await changeAccess(access, user, change);
		log.info(event, { user, ...fields });
	};

	return {
		close,

		async signOut(user, signIn, revoked) {
			const until = new Date(now().getTime() + (revoked ? accessTokenMs : refreshTokenMs)).toISOString();
			await mark(user, (record) => signOut(record, signIn, until, today()), 'signed_out', { revoked });
			await closeNow(user);
		},

		async signOutEverywhere(user, by) {
			await mark(user, (record) => signOutEverywhere(record, today()), 'signed_out_everywhere', { by });
			await closeNow(user);
		},

		async disable(user, by) {
			await mark(user, (record) => disable(record, by, today()), 'user_disabled', { by });
			await closeNow(user);
		},

		enable: (user) => mark(user, (record) => enable(record, today()), 'user_enabled', {}),

		endSession: (user, session) => mark(user, (record) => endSession(record, session, today()), 'session_ended', { session }),

		reopenSession: (user, session) => mark(user, (record) => reopenSession(record, session, today()), 'session_reopened', { session }),

		async closeDue(on) {
			let left = 0;
			for await (const user of access.due(today())) {
				if (on && !(await on())) break;
				try {
					left += await close(user);
				} catch (error) {
					// The others' are still closed; this one's in a minute.
					log.error('close_failed', error, { user });
					left++;
				}
			}
			return left;
		},

		async tellNotRunning(session, message) {
			const text = encodeControl({ type: 'fatal', code: 'not_running', message });
			const viewers = await connections.list(session);
			await Promise.all(viewers.map(({ id }) => gateway.post(id, text)));
		},
	};
};
