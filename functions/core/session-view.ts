/** A session as its user sees it. */
import type { Session, SessionState, StartView, TrashedSession } from '@shellpod/protocol/http.ts';
import { idleViewOf } from './idle-view.ts';
import { goesAt } from './lifecycle.ts';
import { limits } from './limits.ts';
import type { Phase, SessionRecord } from './record.ts';
import { after, progressOf, steps } from './start-progress.ts';

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

/** How far its start is. */
const startOf = (record: SessionRecord): StartView => {
	const { since, stepAt, until, tries, begins = {}, notBefore } = progressOf(record, record.phaseAt);
	const end = after(since, limits.start);
	return {
		steps: steps.flatMap((step) => {
			const at = begins[step];
			return at === undefined ? [] : [{ step, at }];
		}),
		until: until === undefined || until > end ? end : until,
		tries,
		again: notBefore !== undefined && notBefore > stepAt ? notBefore : null,
		lastTookMs: record.lastTookMs ?? null,
	};
};

/** One that never ran has nothing to say of its end. */
const stoppedOf = ({ phase, desired: { state, at, by, why }, ended }: SessionRecord): Session['stopped'] =>
	ended && state === 'stopped' && (phase === 'stopped' || phase === 'stopping') ? { at, by, why } : null;

export const viewOf = (record: SessionRecord): Session => ({
	id: record.id,
	name: record.name,
	state: stateOf(record.phase),
	reason: reasonOf(record),
	code: record.code ?? null,
	advice: record.advice ?? null,
	step: record.phase === 'starting' ? (record.step ?? 'reserve') : null,
	start: record.phase === 'starting' ? startOf(record) : null,
	update: record.phase === 'running' && record.upkeep ? { why: record.upkeep.why, at: record.upkeep.at, last: record.upkeep.last } : null,
	generation: record.generation,
	createdAt: record.createdAt,
	since: record.phaseAt,
	rev: record.rev,
	idle: idleViewOf(record),
	notice: record.notice ?? null,
	stopped: stoppedOf(record),
	ended: [...(record.ended ?? [])],
});

export const trashedViewOf = (record: SessionRecord): TrashedSession => ({
	id: record.id,
	name: record.name,
	deletedAt: record.desired.at,
	goesAt: goesAt(record),
});
