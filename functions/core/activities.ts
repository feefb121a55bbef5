/** What an agent says of its session's activity, taken: rules N1 to N6. */
import { Activity, type Idle } from '@shellpod/protocol/activity.ts';
import { activity as limits } from '@shellpod/protocol/activity-limits.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import type { Sessions } from '../ports.ts';
import type { Gateway } from '../relay-ports.ts';
import type { Caller } from './callers.ts';
import type { IdleState } from './idle.ts';
import { choiceOf } from './idle-choice.ts';
import type { IdleLimits } from './idle-limits.ts';
import { heard, idleOf } from './idle-policy.ts';
import { idleViewOf } from './idle-view.ts';
import { plain } from './plain.ts';
import type { SessionRecord } from './record.ts';

interface ActivityDeps {
	sessions: Pick<Sessions, 'get' | 'put'>;
	gateway: Pick<Gateway, 'post'>;
	limits: IdleLimits;
	now: () => Date;
}

/** how often a record is read again after somebody else wrote it */
const attempts = 5;
/** ms that a deadline must gain to be worth a write by itself: an agent tells of what goes on once a minute */
const leastGain = 45_000;
/** ms between two writes, however much an agent has to say: less than its own floor, by what a message may be late */
const floor = limits.floorMs - 2_000;

const read = (body: string): Activity | undefined => {
	if (body.length > limits.maxBytes) return undefined;
	try {
		return Activity.parse(JSON.parse(body));
	} catch {
		return undefined;
	}
};

const sameDoing = (a: IdleState, b: IdleState): boolean =>
	a.doing.length === b.doing.length && a.doing.every(({ kind, name }, at) => kind === b.doing[at]?.kind && name === b.doing[at]?.name);

/** Whether it is worth a write (N8). */
const isNews = (before: SessionRecord, after: IdleState, now: number): boolean => {
	const { idle } = before;
	if (!idle) return true;
	if ((idle.asking?.nonce ?? '') !== (after.asking?.nonce ?? '') || idle.asking?.answered !== after.asking?.answered) return true;
	if (idle.heardAt !== undefined && now - Date.parse(idle.heardAt) < floor) return false;
	return !sameDoing(idle, after) || Date.parse(after.deadline) - Date.parse(idle.deadline) >= leastGain;
};

/** What its user is to be told; nothing where it was told something a moment ago, or has no words. */
const noticeOf = ({ notice }: SessionRecord, said: Activity, now: number): SessionRecord['notice'] => {
	const text = plain(said.notice ?? '');
	const early = notice !== undefined && now - Date.parse(notice.at) < floor;
	return text === '' || early ? undefined : { text, at: new Date(now).toISOString() };
};

/** What is said by any but the agent that the record names is dropped; so is what can't be read. */
export const createActivities =
	({ sessions, gateway, limits, now }: ActivityDeps) =>
	async (connection: ConnectionId, caller: Caller, body: string | undefined): Promise<void> => {
		const said = read(body ?? '');
		if (!said || caller.role !== 'agent') return;
		const answer = (idle: Idle | null, at: Date) => idle && gateway.post(connection, encodeControl({ type: 'idle', idle, now: at.toISOString() }));
		for (let attempt = 0; attempt < attempts; attempt++) {
			const record = await sessions.get(caller.user, caller.session);
			const runs = record?.desired.state === 'running' && record.phase === 'running' && record.generation === caller.generation;
			if (!record || !runs || record.agent?.connectionId !== connection) return;
			const at = now();
			const idle = heard(idleOf(record, at, limits), said, record.task?.requestedAt ?? record.phaseAt, at, choiceOf(record), limits);
			const notice = noticeOf(record, said, at.getTime());
			const heardAt = at.toISOString();
			const next = { ...record, idle: { ...idle, heardAt }, ...(notice && { notice }), ...(idle.asking?.answered && { dueAt: heardAt }) };
			if ((!notice && !isNews(record, idle, at.getTime())) || (await sessions.put(next))) {
				await answer(idleViewOf(next), at);
				return;
			}
		}
		// Somebody writes it all the time; the agent says it again within a minute.
	};
