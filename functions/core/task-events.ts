/** From an ECS event to the session to look at: the task's family is its Home's, the Home's slot knows who took it. */
import type { Slots } from '../ports.ts';
import type { Drive } from './drive.ts';
import { uidOfHome } from './slot.ts';

/** The part of an `ECS Task State Change` event that is read. What else it says is looked up: it may be old. */
export interface TaskEvent {
	detail?: { group?: string };
}

/** Gives whether somebody was looked at: tasks of other deployments and free slots have nobody. */
export const createTaskEvents =
	({ deployment, slots, drive }: { deployment: string; slots: Pick<Slots, 'get'>; drive: Drive }) =>
	async ({ detail }: TaskEvent): Promise<boolean> => {
		const family = /^family:(.+)$/.exec(detail?.group ?? '')?.[1];
		const uid = family === undefined ? undefined : uidOfHome(deployment, family);
		const slot = uid === undefined ? undefined : await slots.get(uid);
		if (slot?.state !== 'taken') return false;
		return (await drive(slot.takenBy.user, slot.takenBy.session)) !== undefined;
	};
