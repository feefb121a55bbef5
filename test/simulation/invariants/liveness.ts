/**
 * The bounds of liveness, from the moment when faults stop: running with its agent within 3 min of its task, stopped within 4, what is stuck failed within 5
 * with its reason, and no more than 10 actions for one session in 10 min.
 */
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';

export interface Liveness {
	/** ECS was asked for something that moves a session's tasks. */
	acted(family: string): void;
	look(records: () => readonly SessionRecord[], tasks: readonly TaskRecord[], answers: (record: SessionRecord) => boolean): void;
}

const minute = 60_000;
const bounds = { running: 3 * minute, stopped: 4 * minute, stuck: 5 * minute } as const;
const actions = { most: 10, within: 10 * minute } as const;
/** ms between two looks */
const every = 5_000;

const hasEnded = ({ lastStatus }: TaskRecord): boolean => lastStatus === 'STOPPED';

export const createLiveness = (kernel: Kernel, whenCalm: (run: () => void) => void): Liveness => {
	let calmSince: number | undefined;
	let nextAt = 0;
	/** by family: when it was acted for */
	const acts = new Map<string, number[]>();
	/** by session: what it does not do yet, and since when */
	const waits = new Map<string, { what: string; since: number }>();
	whenCalm(() => {
		calmSince = kernel.now();
		waits.clear();
		acts.clear();
	});

	/** What it is to become, and in which time; undefined: it is so. */
	const missing = (record: SessionRecord, own: readonly TaskRecord[], isThere: boolean): { what: string; within: number } | undefined => {
		const { desired, phase, generation } = record;
		const living = own.filter((task) => !hasEnded(task));
		if (desired.state === 'running') {
			if (isThere) return undefined;
			const task = living.find(({ startedBy }) => startedBy?.endsWith(`/${generation}`));
			const clean = task && task.createdAt >= (calmSince ?? 0) && task.desiredStatus === 'RUNNING';
			if (clean) return { what: `an agent in generation ${generation}`, within: bounds.running };
			// What faults have left of a task has to be noticed, and to end, before there is another.
			return { what: 'a task that works', within: bounds.stuck };
		}
		if (desired.state === 'deleted') return undefined;
		if (living.length > 0) return { what: 'no task', within: bounds.stopped };
		if (phase === 'failed') return record.reason === undefined ? { what: 'a reason', within: 0 } : undefined;
		return phase === 'stopped' ? undefined : { what: 'to be stopped', within: bounds.stopped };
	};

	return {
		acted: (family) => {
			if (calmSince === undefined) return;
			const now = kernel.now();
			const recent = (acts.get(family) ?? []).filter((at) => now - at < actions.within);
			recent.push(now);
			acts.set(family, recent);
			if (recent.length > actions.most) kernel.violated('liveness', `${recent.length} actions for ${family} in 10 min`);
		},
		look: (records, tasks, answers) => {
			const now = kernel.now();
			if (calmSince === undefined || now < nextAt) return;
			nextAt = now + every;
			for (const record of records()) {
				const own = tasks.filter(({ family }) => family === record.slot.family);
				const missed = missing(record, own, answers(record));
				const known = waits.get(record.id);
				if (!missed) waits.delete(record.id);
				else if (known?.what !== missed.what) waits.set(record.id, { what: missed.what, since: now });
				else if (now - known.since > missed.within + every)
					kernel.violated(
						'liveness',
						`${record.id} (${record.desired.state}, ${record.phase}) has waited for ${missed.what} for ${(now - known.since) / 1_000} s`,
					);
			}
		},
	};
};
