/**
 * How a task moves: by time, by what its container does, by who stops it. Documented: the order of states, the stop codes,
 * SIGTERM -> stopTimeout -> SIGKILL. Assumed: how long each state takes, and the texts of reasons where AWS doesn't give them.
 */
import type { Faults } from '../../faults/faults.ts';
import type { Status, StopCode, TaskRecord } from './state.ts';

/** ms that a task stays in a state that nothing but time ends. */
export interface Delays {
	PROVISIONING: number;
	ACTIVATING: number;
	DEACTIVATING: number;
	DEPROVISIONING: number;
}

/** What the driver has to do. */
export type Effect =
	/** apart: what runs in it reaches nothing outside */
	| { kind: 'launch'; task: string; apart?: true }
	| { kind: 'signal'; task: string; signal: 'SIGTERM' | 'SIGKILL' }
	/** the task is over: whatever it left can go */
	| { kind: 'discard'; task: string };

/** How a container ended; without a code nobody saw it. */
export interface Exit {
	code?: number;
}

/** A change of one task: what to tell and to do. */
export interface Change {
	changed: boolean;
	effects: Effect[];
}

const none: Change = { changed: false, effects: [] };
const moved = (...effects: Effect[]): Change => ({ changed: true, effects });

export interface Lifecycle {
	/** does what is due; call until nothing is */
	advance(task: TaskRecord, now: number): Change;
	launched(task: TaskRecord, now: number): Change;
	failed(task: TaskRecord, reason: string, now: number): Change;
	exited(task: TaskRecord, exit: Exit, now: number): Change;
	/** @param grace ms between SIGTERM and SIGKILL, where it is less than the definition's */
	stop(task: TaskRecord, code: StopCode, reason: string, now: number, grace?: number): Change;
}

/** the states in which the container may be alive */
const alive: readonly Status[] = ['ACTIVATING', 'RUNNING', 'DEACTIVATING', 'STOPPING'];

/** documented: repost.aws/knowledge-center/ecs-resolve-outofmemory-errors */
const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

/**
 * @param stopTimeout ms between SIGTERM and SIGKILL of a task, as its definition says
 */
export const createLifecycle = (delays: Delays, stopTimeout: (task: TaskRecord) => number, faults: Faults): Lifecycle => {
	const retirement = {
		// documented: the text. The code isn't.
		code: (): StopCode => faults.choose('D11b', ['TerminationNotice', 'InfrastructureHealth']),
		reason: 'ECS is performing maintenance on the underlying infrastructure hosting the task',
	};
	const enter = (task: TaskRecord, status: Status, dueAt: number | undefined): void => {
		task.lastStatus = status;
		if (dueAt === undefined) delete task.dueAt;
		else task.dueAt = dueAt;
	};
	const graceOf = (task: TaskRecord): number => Math.min(stopTimeout(task), task.grace ?? Number.POSITIVE_INFINITY);
	const wantStopped = (task: TaskRecord, code: StopCode, reason: string, now: number): void => {
		if (task.desiredStatus === 'STOPPED') return;
		task.desiredStatus = 'STOPPED';
		task.stopCode = code;
		task.stoppedReason = reason;
		task.stoppingAt = now;
	};
	const containerStopped = (task: TaskRecord): boolean => task.containers.every((one) => one.lastStatus === 'STOPPED');
	const deprovision = (task: TaskRecord, now: number): void => {
		for (const container of task.containers) container.lastStatus = 'STOPPED';
		task.executionStoppedAt ??= now;
		delete task.killAt;
		delete task.withheld;
		enter(task, 'DEPROVISIONING', now + delays.DEPROVISIONING);
	};
	const notStarted = (task: TaskRecord, reason: string, now: number): Change => {
		wantStopped(task, 'TaskFailedToStart', reason, now);
		deprovision(task, now);
		return moved();
	};
	/** until the driver says that the container runs, or that it can't */
	const launch = (task: TaskRecord): Change => {
		delete task.withheld;
		enter(task, 'PENDING', undefined);
		return moved({ kind: 'launch', task: task.arn, ...(task.fate?.apart && { apart: true }) });
	};
	const endOf = (task: TaskRecord): number | undefined => {
		const { end } = task.fate ?? {};
		return end && task.startedAt !== undefined ? task.startedAt + end.after : undefined;
	};
	/** A fault ends what runs. */
	const struck = (task: TaskRecord, now: number): Change => {
		const { end } = task.fate ?? {};
		if (!end) return none;
		if (end.by === 'retirement') {
			wantStopped(task, retirement.code(), retirement.reason, now);
			task.dueAt = now;
			return moved();
		}
		task.struck = end.by;
		return { changed: false, effects: [{ kind: 'signal', task: task.arn, signal: 'SIGKILL' }] };
	};

	/** the move out of each state when its time has come */
	const moves: Partial<Record<Status, (task: TaskRecord, now: number) => Change>> = {
		PROVISIONING: (task, now) => {
			if (task.desiredStatus === 'STOPPED') {
				deprovision(task, now);
				return moved();
			}
			const { slow, failure, stuck } = task.fate ?? {};
			if (failure?.before === 'PENDING') return notStarted(task, failure.reason, now);
			task.pullStartedAt = now;
			if (!slow && !failure && !stuck) return launch(task);
			task.withheld = true;
			enter(task, 'PENDING', stuck ? undefined : now + (failure?.after ?? slow?.pull ?? 0));
			return moved();
		},
		PENDING: (task, now) => {
			if (task.desiredStatus === 'STOPPED') {
				deprovision(task, now);
				return moved();
			}
			const { failure } = task.fate ?? {};
			if (failure) return notStarted(task, failure.reason, now);
			return { ...launch(task), changed: false };
		},
		ACTIVATING: (task, now) => {
			task.startedAt = now;
			enter(task, 'RUNNING', task.desiredStatus === 'STOPPED' ? now : endOf(task));
			return moved();
		},
		RUNNING: (task, now) => {
			if (task.desiredStatus === 'RUNNING') return struck(task, now);
			enter(task, 'DEACTIVATING', now + delays.DEACTIVATING);
			return moved();
		},
		DEACTIVATING: (task, now) => {
			if (containerStopped(task)) {
				enter(task, 'STOPPING', now);
				return moved();
			}
			task.killAt = now + graceOf(task);
			enter(task, 'STOPPING', undefined);
			return moved({ kind: 'signal', task: task.arn, signal: 'SIGTERM' });
		},
		STOPPING: (task, now) => {
			deprovision(task, now);
			return moved();
		},
		DEPROVISIONING: (task, now) => {
			task.stoppedAt = now;
			enter(task, 'STOPPED', undefined);
			return moved({ kind: 'discard', task: task.arn });
		},
	};

	return {
		advance: (task, now) => {
			if (task.killAt !== undefined && task.killAt <= now && !containerStopped(task)) {
				delete task.killAt;
				return { changed: false, effects: [{ kind: 'signal', task: task.arn, signal: 'SIGKILL' }] };
			}
			if (task.dueAt === undefined || task.dueAt > now) return none;
			delete task.dueAt;
			return moves[task.lastStatus]?.(task, now) ?? none;
		},
		launched: (task, now) => {
			if (task.lastStatus !== 'PENDING') return none;
			for (const container of task.containers) container.lastStatus = 'RUNNING';
			task.pullStoppedAt = now;
			enter(task, 'ACTIVATING', now + delays.ACTIVATING);
			return moved();
		},
		failed: (task, reason, now) => {
			if (task.lastStatus !== 'PENDING') return none;
			return notStarted(task, reason, now);
		},
		exited: (task, exit, now) => {
			if (!alive.includes(task.lastStatus) || containerStopped(task)) return none;
			const lost = exit.code === undefined || task.struck === 'host';
			for (const container of task.containers) {
				container.lastStatus = 'STOPPED';
				if (exit.code !== undefined && !lost) container.exitCode = exit.code;
				if (task.struck === 'memory') container.reason = outOfMemory;
			}
			task.executionStoppedAt = now;
			delete task.killAt;
			wantStopped(
				task,
				lost ? 'InfrastructureHealth' : 'EssentialContainerExited',
				lost ? 'The machine that ran the task was lost' : 'Essential container in task exited',
				now,
			);
			task.dueAt = now;
			return moved();
		},
		stop: (task, code, reason, now, grace) => {
			if (task.lastStatus === 'STOPPED') return none;
			const first = task.desiredStatus === 'RUNNING';
			wantStopped(task, code, reason, now);
			if (grace !== undefined) {
				task.grace = grace;
				// also when it is stopping already
				if (task.killAt !== undefined) task.killAt = Math.min(task.killAt, now + grace);
			}
			// a container that never comes up must not hold the task for ever
			if (first && task.lastStatus === 'PENDING' && !task.withheld) task.killAt = now + graceOf(task);
			if (task.lastStatus === 'PROVISIONING' || task.lastStatus === 'RUNNING' || task.withheld) task.dueAt = now;
			return first ? moved() : none;
		},
	};
};
