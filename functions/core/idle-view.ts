import type { Idle } from '@shellpod/protocol/activity.ts';
import { choiceOf, counts, idleTimes } from './idle-choice.ts';
import type { SessionRecord } from './record.ts';

/** A session's idleness as its user sees it; null before it ran. */
export const idleViewOf = (record: SessionRecord): Idle | null => {
	const { idle, agent, phase } = record;
	if (!idle) return null;
	const choice = choiceOf(record);
	// That its agent's lease has ended is written down when somebody has looked; who reads a record at rest reads no clock.
	const silentSince = phase === 'running' && record.reason !== undefined && agent ? agent.leaseUntil : null;
	// Silence is given its time past the deadline, but not past the operator's maximum.
	const stopsAt = silentSince === null || idle.maximum ? idle.deadline : new Date(Date.parse(idle.deadline) + idleTimes.silent).toISOString();
	return {
		limitMinutes: choice.limitMs === null ? null : Math.round(choice.limitMs / 60_000),
		stopsAt: phase === 'running' ? stopsAt : null,
		maximum: idle.maximum ?? false,
		last: idle.last,
		doing: idle.doing.map((one) => ({ kind: one.kind, name: one.name, counts: counts(one, choice), since: one.since, until: one.until ?? null })),
		silentSince,
		stopped: idle.stopped ?? null,
	};
};
