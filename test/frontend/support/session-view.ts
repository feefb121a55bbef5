import type { Session, SessionState } from '@shellpod/protocol/http.ts';

/** A session of which nothing is known but its state. */
export const sessionView = (id: string, name: string, state: SessionState, now: string): Session => ({
	id,
	name,
	state,
	reason: null,
	code: null,
	advice: null,
	start: null,
	update: null,
	step: state === 'Starting' ? 'reserve' : null,
	generation: 1,
	createdAt: now,
	since: now,
	rev: 1,
	idle: null,
	notice: null,
	stopped: null,
	ended: [],
});
