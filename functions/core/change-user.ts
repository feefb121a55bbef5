import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { UserId } from '@shellpod/protocol/ids.ts';
import type { Users } from '../ports.ts';
import type { UserRecord } from './user-record.ts';

/** how often a write is tried again after somebody else was first; all that a user does at the same instant meets in the user's item */
const attempts = 16;

/** Writes a user's own item, whoever else writes; a change that gives back what it got writes nothing. Throws ShellPodError `conflict`. */
export const changeUser = async (users: Users, user: UserId, change: (record: UserRecord) => UserRecord): Promise<void> => {
	for (let attempt = 0; attempt < attempts; attempt++) {
		const record = await users.get(user);
		const next = change(record);
		if (next === record || (await users.put(next))) return;
	}
	throw new ShellPodError('conflict', 'Your sessions are being changed by somebody else just now. Try again.', { retryAfter: 1 });
};
