/** Time that passes for one session alone: what its record says of its idleness lies so much earlier. Its agent's clock goes on as it did. */
import type { IdleState } from '@shellpod/functions/core/idle.ts';
import type { SessionRecord, Time } from '@shellpod/functions/core/record.ts';
import type { Sessions } from '@shellpod/functions/ports.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';

const earlier = (time: Time, ms: number): Time => new Date(Date.parse(time) - ms).toISOString();

const aged = ({ deadline, last, doing, seenAt, asking, ...rest }: IdleState, ms: number): IdleState => ({
	...rest,
	deadline: earlier(deadline, ms),
	last: { ...last, at: earlier(last.at, ms) },
	doing: doing.map((one) => ({ ...one, since: earlier(one.since, ms), ...(one.until && { until: earlier(one.until, ms) }) })),
	seenAt: earlier(seenAt, ms),
	...(asking && { asking: { ...asking, at: earlier(asking.at, ms) } }),
});

/** The record as it stands then. Throws when there is none that has run. */
export const letPass = async (sessions: Pick<Sessions, 'get' | 'put'>, user: UserId, id: SessionId, ms: number): Promise<SessionRecord> => {
	for (;;) {
		const record = await sessions.get(user, id);
		if (!record?.idle) throw new Error('this session has not run');
		const idle = aged(record.idle, ms);
		const due = record.dueAt !== undefined && record.dueAt < idle.deadline ? record.dueAt : idle.deadline;
		const written = await sessions.put({ ...record, idle, dueAt: due });
		if (written) return written;
	}
};
