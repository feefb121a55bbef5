/** A user's sessions in the operator's hand. What is written here the sweep carries out within a minute. */
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Sessions } from '@shellpod/functions/ports.ts';
import type { UserId } from '@shellpod/protocol/ids.ts';
import { Problem } from './problem.ts';

/** how often a record is read again after a function wrote it first: they are near the table, and a hostile agent writes as often as it can */
const attempts = 100;

export const isAlive = ({ desired }: SessionRecord): boolean => desired.state !== 'deleted';
export const isRunning = ({ desired }: SessionRecord): boolean => desired.state === 'running';

export const createUserSessions = ({ sessions, now }: { sessions: Pick<Sessions, 'get' | 'list' | 'put'>; now: () => Date }) => {
	const change = async (first: SessionRecord, wanted: (record: SessionRecord) => boolean, to: (record: SessionRecord) => SessionRecord) => {
		let record: SessionRecord | undefined = first;
		for (let attempt = 0; attempt < attempts; attempt++) {
			if (!record || !wanted(record) || (await sessions.put(to(record)))) return;
			record = await sessions.get(first.user, first.id);
		}
		throw new Problem(`The session ${first.name} changes too fast just now`);
	};

	const changeAll = async (
		user: UserId,
		wanted: (record: SessionRecord) => boolean,
		to: (record: SessionRecord) => SessionRecord,
	): Promise<number> => {
		const found = (await sessions.list(user)).filter(wanted);
		for (const record of found) await change(record, wanted, to);
		return found.length;
	};

	const today = () => now().toISOString();
	return {
		/** Gives how many ran, or were about to. */
		stopAll: (user: UserId, why: string) => changeAll(user, isRunning, (record) => lifecycle.stop(record, today(), { by: 'operator', why })),
		/** Gives how many there were. */
		removeAll: (user: UserId, why: string) => changeAll(user, isAlive, (record) => lifecycle.remove(record, today(), { by: 'operator', why })),
	};
};
