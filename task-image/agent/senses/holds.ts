/** Holds: somebody's word that the session is not to stop. Rule A4. */
import { activity } from '@shellpod/protocol/activity-limits.ts';

export interface Hold {
	id: number;
	reason: string;
	/** on the agent's clock */
	since: number;
	until: number;
	/** the process that it was taken for, and when that began, since pids are given again */
	process?: { pid: number; startedAt: number };
}

/** holds at a time */
const most = 16;

export const createHolds = (saved: readonly Hold[] = []) => {
	let holds: readonly Hold[] = saved;
	let next = Math.max(0, ...saved.map(({ id }) => id)) + 1;
	return {
		/** Undefined when there are too many. `ms` is cut to what a hold may last. */
		take(wish: { reason: string; ms: number; process?: Hold['process'] }, now: number): Hold | undefined {
			if (holds.length >= most) return undefined;
			const { reason, process } = wish;
			const hold: Hold = { id: next++, reason, since: now, until: now + Math.min(wish.ms, activity.maxHoldMs), ...(process && { process }) };
			holds = [...holds, hold];
			return hold;
		},
		/** Ends one, or all. Gives those that it ended. */
		release(id?: number): readonly Hold[] {
			const ended = holds.filter((hold) => id === undefined || hold.id === id);
			holds = holds.filter((hold) => !ended.includes(hold));
			return ended;
		},
		/** As they stand, those of processes that may have ended included. */
		all: (): readonly Hold[] => holds,
		/** Those that hold now. `alive`: whether a process is there still. */
		current(now: number, alive: (process: NonNullable<Hold['process']>) => boolean): readonly Hold[] {
			holds = holds.filter(({ until, process }) => until > now && (!process || alive(process)));
			return holds;
		},
	};
};
export type Holds = ReturnType<typeof createHolds>;
