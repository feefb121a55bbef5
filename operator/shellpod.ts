/** What a command works with: one deployment, by the same adapters and decisions as its functions. */
import type { Revocations } from '@shellpod/functions/core/revocations.ts';
import type { AccessRecords, Sessions, StartSwitch, Users } from '@shellpod/functions/ports.ts';
import type { Deployment } from './deployment.ts';
import type { People } from './people.ts';

export interface ShellPod {
	deployment: Deployment;
	people: People;
	users: Users;
	sessions: Pick<Sessions, 'get' | 'list' | 'put'>;
	access: Pick<AccessRecords, 'get'>;
	revocations: Pick<Revocations, 'disable' | 'enable' | 'signOutEverywhere' | 'close'>;
	startSwitch: StartSwitch;
	now: () => Date;
	wait: (ms: number) => Promise<unknown>;
	/** who runs the command, for the records */
	by: string;
}

/** Whom the command talks to. */
export interface Screen {
	say(line: string): void;
	/** Undefined: there is nobody to ask. */
	ask(question: string): Promise<string | undefined>;
}
