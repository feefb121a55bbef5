/** What a user can ask of sessions. Each writes first and drives afterwards: what could not be done at once, the sweep does. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { ChooseUpdate, UserLimits } from '@shellpod/protocol/http.ts';
import { type SessionId, sessionId, type UserId } from '@shellpod/protocol/ids.ts';
import type { Log, Sessions, Slots, StartSwitch, Users } from '../ports.ts';
import { changeUser as changeUsers } from './change-user.ts';
import type { Drive } from './drive.ts';
import * as lifecycle from './lifecycle.ts';
import type { SessionRecord } from './record.ts';
import type { Revocations } from './revocations.ts';
import { createTakeSlot } from './take-slot.ts';
import { together } from './together.ts';
import { chosen, isZone } from './upkeep.ts';
import { claim, count, limitsOf, mended, release, type UserRecord, uncount, yieldName } from './user-record.ts';

export interface CommandDeps {
	sessions: Sessions;
	slots: Slots;
	users: Users;
	drive: Drive;
	revocations: Pick<Revocations, 'endSession' | 'reopenSession' | 'close' | 'tellNotRunning'>;
	now: () => Date;
	random: (bytes: number) => Uint8Array;
	startSwitch: Pick<StartSwitch, 'get'>;
	/** Throws ShellPodError `over_budget` for a user who may start nothing until the month ends, or the budget is raised. */
	admit: (user: UserId) => Promise<void>;
	/** what a user may have for whom the operator has set nothing else */
	limits: UserLimits;
	log: Log;
}

export interface Commands {
	/** what a user has, oldest first; in the trash, what was deleted last comes first */
	list(user: UserId): Promise<{ sessions: SessionRecord[]; trash: SessionRecord[] }>;
	/** Throws ShellPodError `not_found` for what is not there, not this user's, or deleted; so do all below. What is in the trash can only be restored or removed. */
	get(user: UserId, id: SessionId): Promise<SessionRecord>;
	/** What this user may have. */
	limits(user: UserId): Promise<UserLimits>;
	/**
	 * Makes a session and starts it. This, `start` and `restart` throw ShellPodError `too_many` when there were too many of them lately, and
	 * `starts_off` while the operator lets nobody start anything, and `over_budget` when its user has set that.
	 */
	create(user: UserId, name: string, device?: string): Promise<SessionRecord>;
	rename(user: UserId, id: SessionId, name: string): Promise<SessionRecord>;
	/** `device`, here and above: what the user asks it with, for the session's history */
	start(user: UserId, id: SessionId, device?: string): Promise<SessionRecord>;
	stop(user: UserId, id: SessionId, device?: string): Promise<SessionRecord>;
	restart(user: UserId, id: SessionId, device?: string): Promise<SessionRecord>;
	/** Chooses when what is planned for a session is done, by its user's time zone. Throws ShellPodError `invalid_request` for a zone that nobody knows. */
	update(user: UserId, id: SessionId, choice: ChooseUpdate, device?: string): Promise<SessionRecord>;
	/** Stops a session and puts it into the trash: its name is free, and everything else of it stays. */
	trash(user: UserId, id: SessionId, device?: string): Promise<void>;
	/** Takes a session out of the trash, stopped, under its own name or another; throws ShellPodError `name_taken`. */
	restore(user: UserId, id: SessionId, name?: string, device?: string): Promise<SessionRecord>;
	/** Deletes what is in the trash for good. Throws ShellPodError `invalid_request` for what is not in it, or has another name. */
	remove(user: UserId, id: SessionId, name: string, device?: string): Promise<void>;
}

/** how often a write is tried again after somebody else was first */
const attempts = 6;

/** seconds between two looks whether the operator has switched starts on again */
const switchRetryAfter = 300;

/** for viewers */
const words = { stopped: 'The session is stopped. Start it first.', restarting: 'The session restarts. Come again for its new task.' } as const;

type Transition = (record: SessionRecord) => SessionRecord;

const letters = 'abcdefghijklmnopqrstuvwxyz234567';

/** 60 random bits. */
const newSessionId = (random: CommandDeps['random']): SessionId => sessionId([...random(12)].map((byte) => letters[byte & 31]).join(''));

const notFound = () => new ShellPodError('not_found', 'There is no such session.');
const busy = () => new ShellPodError('conflict', 'The session is being changed by somebody else just now. Try again.', { retryAfter: 1 });

const isThere = (record: SessionRecord): boolean => record.desired.state !== 'deleted';
const isTrashed = (record: SessionRecord): boolean => record.desired.state === 'trashed';

export const createCommands = (deps: CommandDeps): Commands => {
	const { sessions, users } = deps;
	const now = () => deps.now().toISOString();
	const takeSlot = createTakeSlot({ slots: deps.slots, now });

	/** What is there, or in the trash. */
	const find = async (user: UserId, id: SessionId): Promise<SessionRecord> => {
		const record = await sessions.get(user, id);
		if (!record || !isThere(record)) throw notFound();
		return record;
	};

	const get: Commands['get'] = async (user, id) => {
		const record = await find(user, id);
		if (isTrashed(record)) throw new ShellPodError('not_found', lifecycle.inTrash);
		return record;
	};

	const changeUser = (user: UserId, change: (record: UserRecord) => UserRecord): Promise<void> => changeUsers(users, user, change);

	/** `also`: what is to be true or false together with the claim */
	const claimName = async (user: UserId, id: SessionId, name: string, also = (record: UserRecord): UserRecord => record): Promise<void> => {
		const claimed = (record: UserRecord) => also(claim(record, id, name, limitsOf(record, deps.limits).sessions, now()));
		try {
			await changeUser(user, claimed);
		} catch (error) {
			if (!(error instanceof ShellPodError) || (error.code !== 'name_taken' && error.code !== 'too_many')) throw error;
			// Perhaps only in the way of a request that was cut off.
			const there = new Map((await sessions.list(user)).filter(isThere).map((record) => [record.id as string, { trashed: isTrashed(record) }]));
			await changeUser(user, (record) => claimed(mended(record, there, now())));
		}
	};

	/** What is written counts, whether the tasks could be moved at once or not. */
	const driven = async (record: SessionRecord): Promise<SessionRecord> => {
		try {
			return (await deps.drive(record.user, record.id)) ?? record;
		} catch (error) {
			deps.log.error('drive_failed', error, { session: record.id });
			return record;
		}
	};

	/** What is good to have at once and comes without it too. */
	const besides = async (session: SessionId, action: () => Promise<unknown>): Promise<void> => {
		try {
			await action();
		} catch (error) {
			deps.log.error('viewers_not_told', error, { session });
		}
	};

	const change = async (user: UserId, id: SessionId, to: Transition, device?: string): Promise<SessionRecord> => {
		for (let attempt = 0; attempt < attempts; attempt++) {
			const record = await find(user, id);
			const next = lifecycle.askedWith(device, to)(record);
			if (next === record) return record;
			const written = await sessions.put(next);
			if (!written) continue;
			const { desired, generation, phase } = written;
			deps.log.info('session_asked', {
				session: id,
				from: record.phase,
				to: phase,
				desired: desired.state,
				by: desired.by,
				why: desired.why,
				generation,
			});
			return written;
		}
		throw busy();
	};

	const wantAllowed = async (user: UserId): Promise<void> => {
		const [off] = await together([deps.startSwitch.get(), deps.admit(user)]);
		if (off) throw new ShellPodError('starts_off', `The operator says: ${off.why}`, { retryAfter: switchRetryAfter });
	};

	/** Counted before it is made, so that of many at the same instant no more than allowed go on. Given back when nothing came of it. */
	const changeCounted = async (user: UserId, id: SessionId, transition: Transition, device?: string): Promise<SessionRecord> => {
		const record = await get(user, id);
		if (transition(record) === record) return record;
		await wantAllowed(user);
		const at = now();
		const giveBack = () => changeUser(user, (one) => uncount(one, 'starts', at));
		await changeUser(user, (one) => count(one, 'starts', deps.limits, at));
		let moved = false;
		try {
			const noticed: Transition = (one) => {
				const next = transition(one);
				moved = next !== one;
				return next;
			};
			const after = await change(user, id, noticed, device);
			if (!moved) await giveBack();
			return after;
		} catch (error) {
			// Of any other error nobody knows what was written.
			if (error instanceof ShellPodError) await giveBack();
			throw error;
		}
	};

	const restartAs = async (user: UserId, id: SessionId, to: Transition, device?: string): Promise<SessionRecord> => {
		let begun = false;
		const again: Transition = (record) => {
			const next = to(record);
			begun = next !== record;
			return next;
		};
		const restarted = await changeCounted(user, id, again, device);
		// One that is on its way already has told them; who came since is here for the new task.
		const tell = async () => (begun ? besides(id, () => deps.revocations.tellNotRunning(id, words.restarting)) : undefined);
		const [after] = await Promise.all([driven(restarted), tell()]);
		return after;
	};

	return {
		get,

		async list(user) {
			const there = (await sessions.list(user)).filter(isThere);
			return {
				sessions: there.filter((record) => !isTrashed(record)).sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
				trash: there.filter(isTrashed).sort((a, b) => b.desired.at.localeCompare(a.desired.at)),
			};
		},

		limits: async (user) => limitsOf(await users.get(user), deps.limits),

		async create(user, name, device) {
			await wantAllowed(user);
			const id = newSessionId(deps.random);
			const at = now();
			await claimName(user, id, name, (record) => count(count(record, 'creates', deps.limits, at), 'starts', deps.limits, at));
			try {
				const slot = await takeSlot({ user, session: id });
				// Ids are not given twice: a record that is there already is this one, by a write whose answer was lost.
				const made = (await sessions.create(lifecycle.create({ user, id, name, slot }, now(), device))) ?? (await get(user, id));
				return await driven(made);
			} catch (error) {
				// Of any other error nobody knows what was written; an orphaned claim is dropped later.
				if (error instanceof ShellPodError) await changeUser(user, (record) => uncount(uncount(release(record, id), 'creates', at), 'starts', at));
				throw error;
			}
		},

		async rename(user, id, name) {
			await get(user, id);
			await claimName(user, id, name);
			return change(user, id, (record) => lifecycle.rename(record, name));
		},

		start: async (user, id, device) => driven(await changeCounted(user, id, (record) => lifecycle.start(record, now()), device)),

		async stop(user, id, device) {
			const stopped = await change(user, id, (record) => lifecycle.stop(record, now()), device);
			const [after] = await Promise.all([driven(stopped), besides(id, () => deps.revocations.tellNotRunning(id, words.stopped))]);
			return after;
		},

		restart: (user, id, device) => restartAs(user, id, (record) => lifecycle.restart(record, now()), device),

		async update(user, id, { when, timeZone }, device) {
			if (!isZone(timeZone)) throw new ShellPodError('invalid_request', 'There is no such time zone.');
			if (when === 'now') return restartAs(user, id, (record) => lifecycle.updateNow(record, now()), device);
			return change(user, id, (record) => lifecycle.chooseUpdate(record, (one) => chosen(one, when, timeZone, now(), device)));
		},

		async trash(user, id, device) {
			if (isTrashed(await find(user, id))) return;
			// First, so that a request that is cut off leaves no connection that nobody closes.
			await deps.revocations.endSession(user, id);
			const trashed = await change(user, id, (record) => lifecycle.trash(record, now()), device);
			await Promise.all([driven(trashed), besides(id, () => deps.revocations.close(user))]);
			await changeUser(user, (record) => yieldName(record, id, trashed.desired.at));
		},

		async restore(user, id, name, device) {
			const before = await find(user, id);
			if (!isTrashed(before)) return before;
			const claimed = name ?? before.name;
			await claimName(user, id, claimed);
			const restored = await change(user, id, (record) => lifecycle.restore(record, claimed, now()), device);
			// Without it new terminals wait for up to a minute.
			await besides(id, () => deps.revocations.reopenSession(user, id));
			return driven(restored);
		},

		async remove(user, id, name, device) {
			const before = await find(user, id);
			if (!isTrashed(before)) throw new ShellPodError('invalid_request', 'It is not in the trash. Delete it first.');
			if (before.name !== name) throw new ShellPodError('invalid_request', 'That is not its name. Nothing was deleted.');
			// Whoever restores it at the same instant is first, or comes too late.
			const removed = await change(user, id, (record) => (isTrashed(record) ? lifecycle.remove(record, now()) : record), device);
			if (isThere(removed)) throw busy();
			await driven(removed);
			await changeUser(user, (record) => release(record, id));
		},
	};
};
