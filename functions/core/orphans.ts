/** Rule 7: finds the tasks of this deployment that no record knows, and stops them, unless they are so many that rather the table is the wrong one. */
import { relay } from '@shellpod/protocol/limits.ts';
import type { Leases, ListedTask, Log, Sessions, Slots, Tasks } from '../ports.ts';
import type { Drive } from './drive.ts';
import { dueShards } from './keys.ts';
import { isForgotten } from './lifecycle.ts';
import type { SessionRecord } from './record.ts';
import { uidOfHome } from './slot.ts';
import { hasEnded, isEnding } from './task-view.ts';

export interface OrphansDeps {
	deployment: string;
	tasks: Pick<Tasks, 'list' | 'stop'>;
	slots: Pick<Slots, 'get'>;
	sessions: Pick<Sessions, 'get' | 'due'>;
	drive: Drive;
	leases: Pick<Leases, 'take'>;
	now: () => Date;
	log: Log;
}

export interface Orphans {
	/** tasks of this deployment that are to run */
	all: number;
	orphans: number;
	/** they are too many at once: none was stopped */
	spared: boolean;
}

/** Undefined: it is not time yet, or there was no time to look at all of them. */
export type SeekOrphans = (holder: string, goesOn: () => Promise<boolean>) => Promise<Orphans | undefined>;

/** ms between two looks */
const pause = 5 * 60_000;
/** ms that a look has; one that fails is made again by the next minute's run */
const trying = 50_000;
/** tasks whose records are read at the same time */
const together = 5;
/** ARNs that are logged of those that were spared */
const named = 20;

/** What a task is to the record of its Home. `stray`: there is a record, but it names another task, or none. */
export const standingOf = (task: ListedTask, record: SessionRecord | undefined): 'own' | 'stray' | 'orphan' => {
	// From that step on nobody looks for tasks of it: there are none.
	if (!record || isForgotten(record) || record.id !== task.of?.session) return 'orphan';
	const { task: intent } = record;
	const own = intent && !intent.refused && intent.generation === task.of.generation && (intent.arn ?? task.arn) === task.arn;
	return own ? 'own' : 'stray';
};

/** Whether so many may be stopped at once. */
export const fewEnough = (orphans: number, all: number): boolean => orphans <= Math.max(3, all / 10);

export const createOrphans = (deps: OrphansDeps): SeekOrphans => {
	const { tasks, log } = deps;

	const recordOf = async (task: ListedTask): Promise<SessionRecord | undefined> => {
		const uid = uidOfHome(deps.deployment, task.family);
		const slot = uid === undefined ? undefined : await deps.slots.get(uid);
		return slot?.state === 'taken' ? deps.sessions.get(slot.takenBy.user, slot.takenBy.session) : undefined;
	};

	/**
	 * Those whose one task is their own: what runs or is in transition is due within a lease's time, and whoever looks at it then sees all of its
	 * tasks. Read off the index, since hundreds of them cost there what one record does. Undefined: time is up.
	 */
	const attended = async (all: readonly ListedTask[], goesOn: () => Promise<boolean>): Promise<ReadonlySet<string> | undefined> => {
		const until = new Date(deps.now().getTime() + relay.leaseMs).toISOString();
		const due = new Set<string>();
		for (let shard = 0; shard < dueShards; shard++) {
			if (!(await goesOn())) return undefined;
			for await (const { id } of deps.sessions.due(shard, until)) due.add(id);
		}
		const count = new Map<string | undefined, number>();
		for (const { of } of all) count.set(of?.session, (count.get(of?.session) ?? 0) + 1);
		return new Set([...due].filter((id) => count.get(id) === 1));
	};

	/** What there is to do is decided where all of the session's tasks are seen. */
	const look = async ({ user, id }: SessionRecord): Promise<void> => {
		try {
			await deps.drive(user, id);
		} catch (error) {
			log.error('look_failed', error, { session: id });
		}
	};

	/** Undefined: time is up. The list is older than the records, and a record is written before its task is asked for: what has none never gets one. */
	const find = async (all: readonly ListedTask[], goesOn: () => Promise<boolean>): Promise<ListedTask[] | undefined> => {
		const found: ListedTask[] = [];
		let inTime = true;
		const rest = all.values();
		const worker = async (): Promise<void> => {
			for (const task of rest) {
				inTime &&= await goesOn();
				if (!inTime) return;
				const record = await recordOf(task);
				const standing = standingOf(task, record);
				if (standing === 'orphan') found.push(task);
				if (standing === 'stray' && record) await look(record);
			}
		};
		const workers = await Promise.allSettled(Array.from({ length: together }, worker));
		for (const one of workers) if (one.status === 'rejected') throw one.reason;
		return inTime ? found : undefined;
	};

	return async (holder, goesOn) => {
		const from = deps.now();
		const hold = (ms: number): Promise<boolean> =>
			deps.leases.take('orphans', holder, from.toISOString(), new Date(from.getTime() + ms).toISOString());
		if (!(await hold(trying))) return undefined;
		const all = (await tasks.list()).filter((task) => task.of && !hasEnded(task) && !isEnding(task));
		const known = await attended(all, goesOn);
		const orphans =
			known &&
			(await find(
				all.filter(({ of }) => !known.has(of?.session ?? '')),
				goesOn,
			));
		if (!orphans) return undefined;
		const counts = { all: all.length, orphans: orphans.length };
		if (!fewEnough(orphans.length, all.length)) {
			// The line is counted, and rings an alarm (docs/runbook.md).
			log.warn('orphans_spared', { ...counts, arns: orphans.slice(0, named).map(({ arn }) => arn) });
			return { ...counts, spared: true };
		}
		for (const { arn, of } of orphans) {
			await tasks.stop(arn, 'No session knows it');
			log.warn('orphan_stopped', { arn, ...of });
		}
		await hold(pause);
		return { ...counts, spared: false };
	};
};
