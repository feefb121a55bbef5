import { toClose } from '@shellpod/functions/core/access.ts';
import type { UserId } from '@shellpod/protocol/ids.ts';
import type { ShellPod } from '../shellpod.ts';
import { count } from '../words.ts';

/** Closes what the user must not have open any more, and says how far that went. */
export const closing = async ({ access, revocations }: ShellPod, user: UserId): Promise<string> => {
	if (toClose(await access.get(user)).length === 0) return 'No terminal of theirs is open.';
	const left = await revocations.close(user);
	return left === 0
		? 'Their open terminals are closed.'
		: `${count(left, 'open terminal')} could not be closed at once; that follows within a minute.`;
};
