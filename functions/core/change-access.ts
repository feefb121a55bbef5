/** Writes an access record, whoever else writes. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { UserId } from '@shellpod/protocol/ids.ts';
import type { AccessRecords } from '../ports.ts';
import type { AccessRecord } from './access.ts';

export type AccessStore = Pick<AccessRecords, 'get' | 'put'>;

/** How often the record is read again after somebody else wrote it: all tabs of a user may leave and come back at one instant. */
export const accessAttempts = 20;

export const accessConflict = () => new ShellPodError('conflict', "The user's connections change too fast just now.", { retryAfter: 1 });

/** Gives the record as it stands then; `change` that gives back what it got writes nothing. Throws ShellPodError `conflict`. */
export const changeAccess = async (access: AccessStore, user: UserId, change: (record: AccessRecord) => AccessRecord): Promise<AccessRecord> => {
	for (let attempt = 0; attempt < accessAttempts; attempt++) {
		const record = await access.get(user);
		const next = change(record);
		if (next === record || (await access.put(next))) return next;
	}
	throw accessConflict();
};
