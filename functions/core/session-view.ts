/** A session as its user sees it. */
import type { Session, SessionState, TrashedSession } from '@shellpod/protocol/http.ts';
import { goesAt } from './lifecycle.ts';
import type { Phase, SessionRecord } from './record.ts';

const states: Record<Phase, SessionState> = {
	stopped: 'Stopped',
	starting: 'Starting',
	running: 'Running',
	stopping: 'Stopping',
	failed: 'Failed',
};

export const stateOf = (phase: Phase): SessionState => states[phase];

/** The task's own words stand in quotes: they are not ours. */
const reasonOf = ({ reason, said }: SessionRecord): string | null => {
	if (reason === undefined) return null;
	return said === undefined ? reason : `${reason}. It said: “${said}”`;
};

export const viewOf = (record: SessionRecord): Session => ({
	id: record.id,
	name: record.name,
	state: stateOf(record.phase),
	reason: reasonOf(record),
	step: record.phase === 'starting' ? (record.step ?? 'reserve') : null,
	generation: record.generation,
	createdAt: record.createdAt,
	since: record.phaseAt,
	rev: record.rev,
});

export const trashedViewOf = (record: SessionRecord): TrashedSession => ({
	id: record.id,
	name: record.name,
	deletedAt: record.desired.at,
	goesAt: goesAt(record),
});
