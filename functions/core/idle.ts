/** How long a session runs while nobody uses it: one deadline, and what set it. `idle-policy.ts` says how it moves. */
import type { DoingKind, SignalKind } from '@shellpod/protocol/activity.ts';
import type { Time } from './record.ts';

export interface Signal {
	kind: SignalKind;
	/** a program, or the reason of a hold; a tenant's words: shown, never logged */
	name: string;
	/** when it was so last */
	at: Time;
}

/** Something that went on when the agent was heard last. */
export interface Doing {
	kind: DoingKind;
	name: string;
	since: Time;
	/** when a hold ends by itself */
	until?: Time;
}

/** Whether a program counts, by its name, where its user says otherwise than the policy. */
export type Overrules = Readonly<Record<string, boolean>>;

export interface IdleState {
	/** when it is to be stopped; at the latest when its user was not seen for as long as the operator allows */
	deadline: Time;
	/** the last sign of activity */
	last: Signal;
	doing: readonly Doing[];
	/** when the control plane itself saw its user last: nothing that an agent says moves it */
	seenAt: Time;
	/** it is the operator's maximum that the deadline says */
	maximum?: true;
	/** when what its agent said was written last */
	heardAt?: Time;
	/** the last question before it is stopped; `answered`: nothing goes on */
	asking?: { nonce: string; at: Time; answered?: true };
	/** why it was stopped */
	stopped?: { why: 'idle' | 'silent' | 'maximum'; at: Time };
}

/** What a user chose for a session. */
export interface IdleChoice {
	/** ms without activity; null: never */
	limitMs: number | null;
	overrules: Overrules;
}
