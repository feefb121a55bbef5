/** What a user can say of how long a session runs: rules N2 and N3. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Sessions } from '../ports.ts';
import type { IdleChoice, IdleState } from './idle.ts';
import { choiceOf } from './idle-choice.ts';
import type { IdleLimits } from './idle-limits.ts';
import { chosen, idleOf, seen } from './idle-policy.ts';
import { dueBy } from './lifecycle.ts';
import type { SessionRecord } from './record.ts';

export interface IdleCommands {
	/** Somebody opened a terminal on purpose. Nothing happens to a session that doesn't run. */
	opened(user: UserId, id: SessionId): Promise<void>;
	/** Keeps a session that runs for so many ms at least. Throws ShellPodError `not_running`, and `not_found` and `conflict` like the one below. */
	keep(user: UserId, id: SessionId, ms: number): Promise<SessionRecord>;
	/** Another limit, or what is to count; what isn't said stays. */
	choose(user: UserId, id: SessionId, choice: Partial<IdleChoice>): Promise<SessionRecord>;
}

export interface IdleCommandDeps {
	sessions: Pick<Sessions, 'get' | 'put'>;
	limits: IdleLimits;
	now: () => Date;
}

/** how often a write is tried again after somebody else was first */
const attempts = 6;
/** ms that a deadline must gain by an opening to be worth a write: a page may be opened again and again */
const leastGain = 60_000;
/** programs whose user says otherwise, of one session: the record must not grow */
const mostOverrules = 50;

const runs = ({ desired, phase }: SessionRecord): boolean => desired.state === 'running' && (phase === 'running' || phase === 'starting');

export const createIdleCommands = ({ sessions, limits, now }: IdleCommandDeps): IdleCommands => {
	/** `next` gives the same record when there is nothing to write. */
	const change = async (user: UserId, id: SessionId, next: (record: SessionRecord, at: Date) => SessionRecord): Promise<SessionRecord> => {
		for (let attempt = 0; attempt < attempts; attempt++) {
			const record = await sessions.get(user, id);
			if (!record || record.desired.state === 'deleted' || record.desired.state === 'trashed')
				throw new ShellPodError('not_found', 'There is no such session.');
			const after = next(record, now());
			const written = after === record ? record : await sessions.put(after);
			if (written) return written;
		}
		throw new ShellPodError('conflict', 'The session is being changed by somebody else just now. Try again.', { retryAfter: 1 });
	};

	/** The sweep looks at it no later than before; what it would have done at the old deadline, it finds undone. */
	const withIdle = (record: SessionRecord, idle: IdleState): SessionRecord =>
		dueBy({ ...record, idle }, record.phase === 'running' ? idle.deadline : undefined);

	return {
		async opened(user, id) {
			await change(user, id, (record, at) => {
				// What its user starts has its whole time as soon as it runs; what comes back by itself has what was left.
				if (!runs(record) || (record.phase !== 'running' && !record.idle)) return record;
				const before = idleOf(record, at, limits);
				const idle = seen(before, { kind: 'open' }, at, choiceOf(record), limits);
				const gains = Date.parse(idle.deadline) - Date.parse(before.deadline) >= leastGain;
				return gains || before.asking || record.idle === undefined ? withIdle(record, idle) : record;
			});
		},

		keep: (user, id, ms) =>
			change(user, id, (record, at) => {
				if (!runs(record)) throw new ShellPodError('not_running', 'The session is stopped. Start it first.');
				return withIdle(record, seen(idleOf(record, at, limits), { kind: 'keep', ms }, at, choiceOf(record), limits));
			}),

		choose: (user, id, { limitMs, overrules }) =>
			change(user, id, (record, at) => {
				const before = choiceOf(record);
				const choice: IdleChoice = {
					limitMs: limitMs === undefined ? before.limitMs : limitMs,
					overrules: Object.fromEntries(Object.entries({ ...before.overrules, ...overrules }).slice(-mostOverrules)),
				};
				const next = { ...record, idleChoice: choice };
				if (!record.idle || !runs(record)) return next;
				// What counts is judged with the agent's next message; only another limit sets the deadline anew.
				return limitMs === undefined || limitMs === before.limitMs ? next : withIdle(next, chosen(record.idle, at, choice, limits));
			}),
	};
};
