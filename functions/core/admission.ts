/** Whether a task that signed with its role may come in as a session's agent. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { AgentTicket } from '@shellpod/protocol/http.ts';
import type { Sessions, Slots, Tasks } from '../ports.ts';
import type { Cuts } from '../relay-ports.ts';
import { type TaskCaller, taskCaller } from './callers.ts';
import { refuseCut } from './cuts.ts';
import type { SessionRecord } from './record.ts';
import { uidOfHome } from './slot.ts';
import { connecting } from './start-progress.ts';
import { hasEnded, isEnding } from './task-view.ts';
import type { Tickets } from './tickets.ts';
import type { NoteVisit } from './visits.ts';

/** `look`: the record doesn't name its task yet; ECS knows whether it is this one. */
export type Admission = 'admitted' | 'refused' | 'look';

const isTask = (arn: string, caller: TaskCaller): boolean => arn.endsWith(`/${caller.taskId}`);

export const admission = (record: SessionRecord | undefined, caller: TaskCaller): Admission => {
	if (record?.desired.state !== 'running' || (record.phase !== 'starting' && record.phase !== 'running')) return 'refused';
	// Role names are unique in one account only.
	if (record.slot.roleName !== caller.roleName || record.slot.roleArn.split(':')[4] !== caller.account) return 'refused';
	if (record.task?.generation !== record.generation) return 'refused';
	if (record.task.arn === undefined) return 'look';
	return isTask(record.task.arn, caller) ? 'admitted' : 'refused';
};

/** how often a record is read again after somebody else wrote it */
const attempts = 5;

export interface AdmissionDeps {
	deployment: string;
	/** base of the WebSocket API, http or https */
	endpoint: string;
	slots: Pick<Slots, 'get'>;
	sessions: Pick<Sessions, 'get' | 'put'>;
	tasks: Pick<Tasks, 'look'>;
	tickets: Pick<Tickets, 'issue'>;
	cuts: Pick<Cuts, 'until'>;
	/** ms that an agent may take to connect */
	agentMs: number;
	noteVisit: NoteVisit;
	now: () => Date;
}

/**
 * Gives a ticket to the task behind `userArn`, or undefined: an older generation, a stopped session, a stranger's role are refused alike.
 * Throws ShellPodError `flooding` for one that was cut off.
 */
export const createAdmissions = ({ deployment, endpoint, slots, sessions, tasks, tickets, cuts, agentMs, noteVisit, now }: AdmissionDeps) => {
	/** The record with the task's ARN, when ECS says that this is the task that was asked for. Throws ShellPodError `unavailable` while ECS doesn't show it. */
	const recognize = async (record: SessionRecord, caller: TaskCaller): Promise<SessionRecord | undefined> => {
		const { tasks: seen } = await tasks.look(record.slot.family, undefined);
		const one = seen.find((task) => isTask(task.arn, caller));
		// Its lists lag, and a refusal is for good: the agent asks again.
		if (!one) throw new ShellPodError('unavailable', 'ECS does not show this task yet.', { retryAfter: 1 });
		const own = one.of?.session === record.id && one.of.generation === record.generation && !hasEnded(one) && !isEnding(one);
		return own && record.task ? { ...record, task: { ...record.task, arn: one.arn } } : undefined;
	};

	return async (userArn: string): Promise<AgentTicket | undefined> => {
		const caller = taskCaller(userArn);
		const uid = caller && uidOfHome(deployment, caller.roleName);
		if (!caller || uid === undefined) return undefined;
		const slot = await slots.get(uid);
		if (slot?.state !== 'taken') return undefined;
		for (let attempt = 0; attempt < attempts; attempt++) {
			const record = await sessions.get(slot.takenBy.user, slot.takenBy.session);
			const decision = admission(record, caller);
			if (!record || decision === 'refused') return undefined;
			const named = decision === 'look' ? await recognize(record, caller) : record;
			if (!named) return undefined;
			const next = connecting(named, now().toISOString(), agentMs);
			// Whoever wrote in between may have named the task, or stopped the session.
			if (next !== record && !(await sessions.put(next))) continue;
			const { user, id: session, generation } = record;
			await refuseCut(cuts, { session, user, role: 'agent' }, now());
			const grant = { user, session, generation, role: 'agent', endpoint } as const;
			const ticket = await tickets.issue(grant);
			await noteVisit(session, { kind: 'agent_ticket', generation });
			return { ...ticket, session, generation };
		}
		throw new ShellPodError('conflict', "The session's record is written by too many at once.");
	};
};
