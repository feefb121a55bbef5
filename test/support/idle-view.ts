import type { Idle } from '@shellpod/protocol/activity.ts';

/** A session's idleness as its user sees it: typed into at noon, with the default limit, unless a test says otherwise. */
export const idleView = (changes: Partial<Idle> = {}): Idle => ({
	limitMinutes: 60,
	stopsAt: '2026-11-22T13:00:00.000Z',
	maximum: false,
	last: { kind: 'input', name: '', at: '2026-11-22T12:00:00.000Z' },
	doing: [],
	silentSince: null,
	stopped: null,
	...changes,
});
