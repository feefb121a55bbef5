/** S1, S2, S9, S10 and rule 7: tasks that were made, containers that can write to a Home, tasks that no record names, and such as cost what nobody is shown. */
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';
import { deployment } from '../world/names.ts';

export interface TaskWatch {
	made(task: TaskRecord, token: string): void;
	/** Functions ask for the end of this one. Called before it is done. */
	stops(arn: string, reason: string | undefined, tasks: readonly TaskRecord[], newest: (session: string) => SessionRecord | undefined): void;
	/** Looks at all that there is. */
	look(tasks: readonly TaskRecord[], running: ReadonlyMap<string, Container>, newest: (session: string) => SessionRecord | undefined): void;
	/** Asks of each whether its session's record names it; as often as it likes. */
	seek(tasks: readonly TaskRecord[], newest: (session: string) => SessionRecord | undefined): void;
}

/** ms that a task may live that no record names */
const longest = 15 * 60_000;

/** Rule 7: more than these, or a tenth of all, are an alarm, and none of them is stopped. */
const fewest = 3;
/** ms after which every list has a task */
const listed = 2 * 60_000;
/** what the functions say of an orphan that they stop */
const orphaned = 'No session knows it';

const hasEnded = (task: TaskRecord): boolean => task.lastStatus === 'STOPPED' || task.containers.every((one) => one.lastStatus === 'STOPPED');

export const createTaskWatch = (kernel: Kernel): TaskWatch => {
	const tokens = new Map<string, string>();
	/** by ARN: since when nobody names it */
	const orphans = new Map<string, number>();
	let nextAt = 0;
	/** Those that have been there for so long that everybody must know of them. */
	const unknown = (tasks: readonly TaskRecord[], newest: (session: string) => SessionRecord | undefined): TaskRecord[] =>
		tasks.filter((task) => {
			const [of, session = ''] = task.startedBy?.split('/') ?? [];
			return of === deployment && task.lastStatus !== 'STOPPED' && kernel.now() - task.createdAt > listed && !newest(session);
		});
	const tooMany = (count: number, tasks: readonly TaskRecord[]): boolean =>
		count > Math.max(fewest, tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').length / 10);
	return {
		made: (task, token) => {
			const earlier = tokens.get(token);
			if (earlier !== undefined) kernel.violated('S1', `two tasks of one attempt: ${earlier} and ${task.id}`);
			tokens.set(token, task.id);
			kernel.note(`task ${task.id.slice(0, 6)} is made, started by ${task.startedBy}`);
		},
		stops: (arn, reason, tasks, newest) => {
			if (reason !== orphaned) return;
			const all = unknown(tasks, newest).filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
			if (all.some((task) => task.arn === arn) && tooMany(all.length, tasks))
				kernel.violated('rule 7', `task ${arn.slice(-6)} is stopped, though ${all.length} are unknown`);
		},
		seek: (tasks, newest) => {
			if (kernel.now() < nextAt) return;
			nextAt = kernel.now() + 30_000;
			const spared = tooMany(unknown(tasks, newest).length, tasks);
			for (const task of tasks) {
				const [, session = '', generation] = task.startedBy?.split('/') ?? [];
				const intent = newest(session)?.task;
				const named = intent && (intent.arn === undefined ? String(intent.generation) === generation : intent.arn === task.arn);
				if (named || hasEnded(task) || !task.startedBy?.startsWith(`${deployment}/`)) {
					orphans.delete(task.arn);
					continue;
				}
				const since = spared ? kernel.now() : (orphans.get(task.arn) ?? kernel.now());
				orphans.set(task.arn, since);
				if (kernel.now() - since > longest) kernel.violated('S9', `for 15 min nobody has known task ${task.id}, started by ${task.startedBy}`);
			}
		},
		look: (tasks, running, newest) => {
			const generations = new Map<string, string>();
			const homes = new Map<string, string>();
			for (const task of tasks) {
				if (!task.startedBy?.startsWith(`${deployment}/`)) {
					if (task.stopCode === 'UserInitiated') kernel.violated('S9', `a task of somebody else was stopped: ${task.stoppedReason}`);
					continue;
				}
				// Of one generation at most one task was ever made.
				const generation = task.startedBy ?? task.id;
				const twin = generations.get(generation);
				if (twin !== undefined) kernel.violated('S1', `two tasks of ${generation}: ${twin} and ${task.id}`);
				generations.set(generation, task.id);
				if (hasEnded(task)) continue;
				const session = task.startedBy?.split('/')[1] ?? '';
				const record = newest(session);
				if (record?.phase === 'stopped' && record.desired.state !== 'deleted')
					kernel.violated('S10', `${session} is shown as stopped, and its task ${task.id} runs`);
				const other = homes.get(task.family);
				if (other !== undefined) kernel.violated('S1', `two tasks live in ${task.family}: ${other} and ${task.id}`);
				homes.set(task.family, task.id);
			}
			const writers = new Map<string, string>();
			for (const { task } of running.values()) {
				const other = writers.get(task.family);
				if (other !== undefined) kernel.violated('S2', `two containers write to the home of ${task.family}: ${other} and ${task.id}`);
				writers.set(task.family, task.id);
			}
		},
	};
};
