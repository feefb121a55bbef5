/** Of what faults have in store for tasks, what comes to it: a task may end before, and then nothing has happened. */
import type { Status, TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { FaultName, Faults } from './faults.ts';

export interface Strikes {
	/** A task's event was published. */
	told(task: TaskRecord): void;
	/** Functions asked ECS, which left these tasks out of its answer. */
	hidden(tasks: readonly TaskRecord[]): void;
}

/** ms that a task has been in a state at most when its machine is lost */
const longest = 20_000;

const deaths: Readonly<Partial<Record<Status, FaultName>>> = {
	PROVISIONING: 'dies-provisioning',
	PENDING: 'dies-pending',
	ACTIVATING: 'dies-activating',
	RUNNING: 'dies-running',
	DEACTIVATING: 'dies-deactivating',
	STOPPING: 'dies-stopping',
};

const failures: readonly (readonly [RegExp, FaultName])[] = [
	[/network interface/, 'network-fails'],
	[/CannotPull/, 'image-fails'],
	[/EFS/, 'home-fails'],
];

const whatStruck = ({ fate, struck, lastStatus, stopCode, stoppedReason = '', containers }: TaskRecord): FaultName[] => {
	const names: FaultName[] = [];
	if (lastStatus === 'PENDING' && fate?.slow) names.push('ecs-start');
	if (lastStatus === 'PENDING' && fate?.stuck) names.push('never-comes-up');
	if (stopCode === 'TaskFailedToStart') names.push(...failures.filter(([words]) => words.test(stoppedReason)).map(([, name]) => name));
	if (/maintenance/.test(stoppedReason)) names.push('retired');
	const ended = containers.every((one) => one.lastStatus === 'STOPPED');
	if (ended && struck) names.push(struck === 'host' ? 'host-lost' : 'out-of-memory');
	return names;
};

/** `lose`: the machine under a task is gone. */
export const createStrikes = ({ kernel, faults, lose }: { kernel: Kernel; faults: Faults; lose(task: TaskRecord): void }): Strikes => {
	const known = new Set<string>();
	const fires = (task: TaskRecord, name: FaultName): void => {
		const one = `${task.id} ${name}`;
		if (known.has(one)) return;
		known.add(one);
		faults.fires(name);
	};
	/** by task: the state that it was asked for */
	const asked = new Map<string, Status>();

	return {
		told: (task) => {
			for (const name of whatStruck(task)) fires(task, name);
			const death = deaths[task.lastStatus];
			if (!death || asked.get(task.arn) === task.lastStatus) return;
			asked.set(task.arn, task.lastStatus);
			if (!faults.happens(death)) return;
			const { lastStatus } = task;
			kernel.after(faults.spread(death, 1, longest), `machine of ${task.id.slice(0, 6)}`, () => {
				if (faults.stopped || task.lastStatus !== lastStatus) return;
				faults.fires(death);
				lose(task);
			});
		},
		hidden: (tasks) => {
			for (const task of tasks) fires(task, 'list-stale');
		},
	};
};
