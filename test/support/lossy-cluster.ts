/**
 * A Home's tasks as a small model of ECS, with the faults that ECS and the network have: answers that are lost, asks that come late,
 * lists that lag, refusals. Time is what the test says.
 */
import type { SessionRecord, TaskIntent } from '@shellpod/functions/core/record.ts';
import type { Observed, ObservedTask, RunAnswer } from '@shellpod/functions/ports.ts';
import { arnOf } from './session-records.ts';

export type RunFault = 'none' | 'answer lost' | 'never asked' | 'late' | 'no capacity';

interface ModelTask {
	arn: string;
	token: string;
	generation: number;
	madeAt: number;
	lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'STOPPED';
	toldAt?: number;
	/** ended by itself */
	died?: true;
}

/** s for which a new task may be missing from the lists */
const lag = 60;
/** s between SIGTERM and SIGKILL */
const stopTimeout = 120;
/** s after which ECS has forgotten a stopped task */
const memory = 3_600;

export const createLossyCluster = () => {
	const tasks = new Map<string, ModelTask>();
	const refused = new Map<string, RunAnswer>();
	const late: { intent: TaskIntent; at: number }[] = [];
	const stoppedAt = new Map<string, number>();

	const make = (intent: TaskIntent, now: number): ModelTask => {
		const known = tasks.get(intent.clientToken);
		if (known) return known;
		const made: ModelTask = {
			arn: arnOf(intent.clientToken.slice(0, 8)),
			token: intent.clientToken,
			generation: intent.generation,
			madeAt: now,
			lastStatus: 'PROVISIONING',
		};
		tasks.set(intent.clientToken, made);
		return made;
	};

	const end = (task: ModelTask, now: number): void => {
		task.lastStatus = 'STOPPED';
		stoppedAt.set(task.arn, now);
	};

	const all = () => [...tasks.values()];
	const view = (record: SessionRecord, task: ModelTask): ObservedTask => ({
		arn: task.arn,
		of: { session: record.id, generation: task.generation },
		lastStatus: task.lastStatus,
		desiredStatus: task.toldAt !== undefined || task.lastStatus === 'STOPPED' ? 'STOPPED' : 'RUNNING',
		containers: task.lastStatus === 'PROVISIONING' ? [] : [{ lastStatus: task.lastStatus }],
		...(task.died && { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' }),
	});

	return {
		/** tasks that may write to the Home */
		living: () => all().filter((task) => task.lastStatus !== 'STOPPED'),

		run(intent: TaskIntent, fault: RunFault, now: number): RunAnswer | undefined {
			if (fault === 'never asked') return undefined;
			if (fault === 'late') {
				late.push({ intent, at: now + 25 });
				return undefined;
			}
			const before = refused.get(intent.clientToken);
			if (before) return before;
			if (fault === 'no capacity' && !tasks.has(intent.clientToken)) {
				const answer: RunAnswer = { kind: 'refused', cause: { kind: 'capacity', text: 'No capacity', advice: '', retry: true } };
				refused.set(intent.clientToken, answer);
				return answer;
			}
			const made = make(intent, now);
			return fault === 'answer lost' ? undefined : { kind: 'made', arn: made.arn };
		},

		stop(arn: string, now: number): void {
			const task = all().find((one) => one.arn === arn);
			if (task && task.lastStatus !== 'STOPPED') task.toldAt ??= now;
		},

		/** The task's own life: one step on. */
		step(now: number): void {
			for (const task of all()) {
				if (task.lastStatus === 'STOPPED') continue;
				if (task.toldAt !== undefined) {
					if (now - task.toldAt >= 2) end(task, now);
				} else if (task.lastStatus === 'PROVISIONING') task.lastStatus = 'PENDING';
				else if (task.lastStatus === 'PENDING') task.lastStatus = 'RUNNING';
			}
		},

		/** The container ends by itself. */
		die(now: number): void {
			for (const task of all()) {
				if (task.lastStatus !== 'RUNNING') continue;
				task.died = true;
				end(task, now);
			}
		},

		/** What was on its way arrives: asks, and the kill after the container's stopTimeout. */
		arrive(now: number): void {
			for (const task of all()) if (task.lastStatus !== 'STOPPED' && now - (task.toldAt ?? now) >= stopTimeout) end(task, now);
			for (const one of late.splice(0)) {
				if (one.at > now) late.push(one);
				else if (!refused.has(one.intent.clientToken)) make(one.intent, one.at);
			}
		},

		/** `lagging`: the lists and DescribeTasks don't show what is new. */
		look(record: SessionRecord, now: number, lagging: boolean): Observed {
			const visible = all().filter((task) => !lagging || now - task.madeAt >= lag);
			const remembered = visible.filter((task) => now - (stoppedAt.get(task.arn) ?? now) < memory);
			const arn = record.task?.arn;
			const missing = arn !== undefined && !remembered.some((task) => task.arn === arn) ? [arn] : [];
			return { tasks: remembered.map((task) => view(record, task)), missing };
		},

		/** generation of a task that runs and may say hello */
		speaking: () => all().find((task) => task.lastStatus === 'RUNNING' && task.toldAt === undefined)?.generation,
	};
};
