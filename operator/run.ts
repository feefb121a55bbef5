import type { Command } from './command-line.ts';
import { remove } from './commands/delete.ts';
import { disable, enable } from './commands/disable.ts';
import { invite } from './commands/invite.ts';
import { limits } from './commands/limits.ts';
import { list } from './commands/list.ts';
import { signOut } from './commands/sign-out.ts';
import { starts } from './commands/starts.ts';
import type { Screen, ShellPod } from './shellpod.ts';

/** Throws Problem, or what nobody foresaw. */
export const run = (pod: ShellPod, command: Exclude<Command, { kind: 'help' }>, screen: Screen): Promise<void> => {
	switch (command.kind) {
		case 'invite':
			return invite(pod, command, screen);
		case 'list':
			return list(pod, command, screen);
		case 'disable':
			return disable(pod, command, screen);
		case 'enable':
			return enable(pod, command, screen);
		case 'delete':
			return remove(pod, command, screen);
		case 'sign-out':
			return signOut(pod, command, screen);
		case 'limits':
			return limits(pod, command, screen);
		case 'starts':
			return starts(pod, command, screen);
	}
};
