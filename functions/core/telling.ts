/**
 * Tells a user's watchers what becomes of their sessions, as soon as it is written. A write never fails for it: what is not heard, a page reads when it
 * connects again, and whoever writes a transition down (trail.ts) tells once more.
 */
import type { ConnectionId, SessionId } from '@shellpod/protocol/ids.ts';
import type { WatchMessage } from '@shellpod/protocol/watch.ts';
import type { Log, Sessions } from '../ports.ts';
import type { Gateway } from '../relay-ports.ts';
import { isSettled, leave, watchersOf } from './access.ts';
import { type AccessStore, changeAccess } from './change-access.ts';
import type { SessionRecord } from './record.ts';
import { viewOf } from './session-view.ts';

export interface TellingDeps {
	/** Without `put`, connections that are gone are left to who has it. */
	access: Pick<AccessStore, 'get'> & Partial<AccessStore>;
	gateway: Pick<Gateway, 'post'>;
	wait: (ms: number) => Promise<unknown>;
	now: () => Date;
	log: Pick<Log, 'error'>;
}

/** Never throws. */
export type Tell = (record: SessionRecord) => Promise<void>;

/** posts of one message to one watcher; ms before the second */
const tries = 2;
const pause = 100;

/** In the list: neither deleted nor in the trash. */
const isListed = ({ desired }: SessionRecord): boolean => desired.state !== 'deleted' && desired.state !== 'trashed';

const messageOf = (record: SessionRecord): WatchMessage => (isListed(record) ? { told: 'session', session: viewOf(record) } : { told: 'look' });

export const createTell = ({ access, gateway, wait, now, log }: TellingDeps): Tell => {
	const post = async (id: ConnectionId, text: string): Promise<boolean> => {
		for (let tried = 1; ; tried++) {
			const sent = await gateway.post(id, text);
			if (sent === 'gone') return false;
			if (sent === 'sent' || tried === tries) return true;
			await wait(pause);
		}
	};

	return async (record) => {
		try {
			const { user } = record;
			const watchers = watchersOf(await access.get(user));
			if (watchers.length === 0) return;
			const text = JSON.stringify(messageOf(record));
			const there = await Promise.all(watchers.map(([id]) => post(id, text)));
			const today = now().toISOString();
			const gone = watchers.filter(([, socket], at) => !there[at] && isSettled(socket, today)).map(([id]) => id);
			const { get, put } = access;
			if (put && gone.length > 0) await changeAccess({ get, put }, user, (one) => leave(one, gone, today));
		} catch (error) {
			log.error('watchers_not_told', error, { session: record.id });
		}
	};
};

/** records whose views are remembered: far more than one environment reads between two writes */
const most = 500;

/** What its user sees of it, whatever its `rev` is. */
const seenOf = (record: SessionRecord): string => JSON.stringify(isListed(record) ? { ...viewOf(record), rev: 0 } : record.desired.state);

/** The same records; every write that shows is told, and so is the next one after it, in case this one's teller was cut off. */
export const told = (sessions: Sessions, tell: Tell): Sessions => {
	const read = new Map<SessionId, { rev: number; seen: string; waits: boolean }>();
	const noteRead = (record: SessionRecord | undefined): void => {
		if (!record) return;
		if (read.size >= most) read.clear();
		read.set(record.id, { rev: record.rev, seen: seenOf(record), waits: (record.trail?.pending.length ?? 0) > 0 });
	};
	return {
		...sessions,
		get: async (user, id) => {
			const record = await sessions.get(user, id);
			noteRead(record);
			return record;
		},
		create: async (record) => {
			const made = await sessions.create(record);
			noteRead(made);
			if (made) await tell(made);
			return made;
		},
		put: async (record) => {
			const before = read.get(record.id);
			const written = await sessions.put(record);
			if (!written) return undefined;
			noteRead(written);
			const known = before?.rev === record.rev ? before : undefined;
			if (!known || known.waits || known.seen !== seenOf(written)) await tell(written);
			return written;
		},
	};
};
