import type { UserRecord } from '@shellpod/functions/core/user-record.ts';
import type { Users } from '@shellpod/functions/ports.ts';
import type { UserId } from '@shellpod/protocol/ids.ts';
import { Problem } from './problem.ts';

const attempts = 10;

/** Writes a user's own item, whoever else writes. Gives it as it is then; a change that gives back what it got writes nothing. */
export const changeUser = async (users: Users, user: UserId, change: (record: UserRecord) => UserRecord): Promise<UserRecord> => {
	for (let attempt = 0; attempt < attempts; attempt++) {
		const record = await users.get(user);
		const next = change(record);
		if (next === record || (await users.put(next))) return next;
	}
	throw new Problem('What is kept of this user changes too fast just now. Run the command again.');
};
