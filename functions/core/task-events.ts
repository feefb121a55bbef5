/** From an event to the sessions to look at: a task's family is its Home's, the Home's slot knows who took it. */
import type { ListedTask, Sessions, Slots, Tasks } from '../ports.ts';
import type { Drive } from './drive.ts';
import { uidOfHome } from './slot.ts';
import { retiring } from './upkeep.ts';

/** The part of an `ECS Task State Change`, or of an `AWS Health Event`, that is read. What else it says is looked up: it may be old. */
export interface TaskEvent {
	'detail-type'?: string;
	detail?: {
		/** of a task */
		group?: string;
		/** of AWS Health: when it will happen, in words of RFC 1123, and to which tasks, by their ARNs */
		startTime?: string;
		affectedEntities?: readonly { entityValue?: string }[];
	};
}

interface TaskEventDeps {
	deployment: string;
	slots: Pick<Slots, 'get'>;
	sessions: Pick<Sessions, 'get' | 'put'>;
	tasks: Pick<Tasks, 'list'>;
	drive: Drive;
	now: () => Date;
}

/** ms until AWS retires a task where its event doesn't say when: its shortest notice but none */
const shortestNotice = 7 * 24 * 60 * 60_000;
/** how often a record is read again after somebody else wrote it */
const attempts = 5;

/** Gives how many sessions were looked at: tasks of other deployments and free slots have nobody. */
export const createTaskEvents = ({ deployment, slots, sessions, tasks, drive, now }: TaskEventDeps) => {
	const ownerOf = async (family: string | undefined) => {
		const uid = family === undefined ? undefined : uidOfHome(deployment, family);
		const slot = uid === undefined ? undefined : await slots.get(uid);
		return slot?.state === 'taken' ? slot.takenBy : undefined;
	};
	const look = async (family: string | undefined): Promise<number> => {
		const owner = await ownerOf(family);
		return owner && (await drive(owner.user, owner.session)) ? 1 : 0;
	};

	/** Its session is told, and moves in time. */
	const retire = async ({ arn, family }: ListedTask, retires: string): Promise<number> => {
		const owner = await ownerOf(family);
		if (!owner) return 0;
		for (let attempt = 0; attempt < attempts; attempt++) {
			const record = await sessions.get(owner.user, owner.session);
			if (record?.task?.arn !== arn) return 0;
			const next = retiring(record, retires, now().toISOString());
			if (next === record || (await sessions.put(next))) return look(family);
		}
		throw new Error(`the record of ${owner.session} is written by too many at once`);
	};

	return async ({ 'detail-type': type, detail = {} }: TaskEvent): Promise<number> => {
		if (type !== 'AWS Health Event') return look(/^family:(.+)$/.exec(detail.group ?? '')?.[1]);
		const said = Date.parse(detail.startTime ?? '');
		const retires = new Date(Number.isFinite(said) ? said : now().getTime() + shortestNotice).toISOString();
		const named = new Set(detail.affectedEntities?.map(({ entityValue }) => entityValue));
		const affected = (await tasks.list()).filter(({ arn }) => named.has(arn));
		const looked = await Promise.all(affected.map((task) => retire(task, retires)));
		return looked.reduce((sum, one) => sum + one, 0);
	};
};
