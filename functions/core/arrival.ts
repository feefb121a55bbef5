/** How an agent's hello moves a session's record. */
import type { IdleLimits } from './idle-limits.ts';
import { idleOf } from './idle-policy.ts';
import { dueBy, explanation, inPhase, without } from './lifecycle.ts';
import type { AgentLease, SessionRecord } from './record.ts';

/**
 * An agent said hello: only this makes a session running, and only for the generation that is wanted.
 * Undefined: it must not run (any more), and is told so.
 */
export const agentArrived = (record: SessionRecord, lease: AgentLease, now: Date, limits: IdleLimits): SessionRecord | undefined => {
	const wanted = record.desired.state === 'running' && record.generation === lease.generation && record.task?.generation === lease.generation;
	if (!wanted || (record.phase !== 'starting' && record.phase !== 'running')) return undefined;
	const idle = idleOf(record, now, limits);
	const lastTookMs = record.start && now.getTime() - Date.parse(record.start.since);
	const arrived = {
		...without(inPhase(record, 'running', now.toISOString()), ...explanation, 'step', 'start', 'ended'),
		agent: lease,
		idle,
		dueAt: lease.leaseUntil,
		...(lastTookMs !== undefined && { lastTookMs }),
	};
	// The lease is renewed each minute: who looked only at its end would never look at the deadlines.
	return dueBy(dueBy(arrived, idle.deadline), record.upkeep?.at);
};
