import type { UserId } from '@shellpod/protocol/ids.ts';
import type { ShellPod } from '../shellpod.ts';
import { count } from '../words.ts';

/** How many terminals a user has open. */
export const openTerminals = async ({ access }: Pick<ShellPod, 'access'>, user: UserId): Promise<number> =>
	Object.keys((await access.get(user)).sockets).length;

/** Closes what the user must not have open any more, and says how far that went. `before`: open when it began. */
export const closing = async (pod: Pick<ShellPod, 'access' | 'revocations'>, user: UserId, before: number): Promise<string> => {
	const left = await pod.revocations.close(user);
	if (left > 0) return `${count(left, 'open terminal')} could not be closed at once; that follows within a minute.`;
	return before === 0 ? 'No terminal of theirs was open.' : `${count(before, 'open terminal')} closed.`;
};
