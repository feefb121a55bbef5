/** S1 and S2: tasks that were made, and containers that can write to a Home. */
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';

export interface TaskWatch {
	made(task: TaskRecord, token: string): void;
	/** Looks at all that there is. */
	look(tasks: readonly TaskRecord[], running: ReadonlyMap<string, Container>): void;
}

const hasEnded = (task: TaskRecord): boolean => task.lastStatus === 'STOPPED' || task.containers.every((one) => one.lastStatus === 'STOPPED');

export const createTaskWatch = (kernel: Kernel): TaskWatch => {
	const tokens = new Map<string, string>();
	return {
		made: (task, token) => {
			const earlier = tokens.get(token);
			if (earlier !== undefined) kernel.violated('S1', `two tasks of one attempt: ${earlier} and ${task.id}`);
			tokens.set(token, task.id);
			kernel.note(`task ${task.id.slice(0, 6)} is made, started by ${task.startedBy}`);
		},
		look: (tasks, running) => {
			const generations = new Map<string, string>();
			const homes = new Map<string, string>();
			for (const task of tasks) {
				// Of one generation at most one task was ever made.
				const generation = task.startedBy ?? task.id;
				const twin = generations.get(generation);
				if (twin !== undefined) kernel.violated('S1', `two tasks of ${generation}: ${twin} and ${task.id}`);
				generations.set(generation, task.id);
				if (hasEnded(task)) continue;
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
