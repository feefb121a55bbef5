/** What there is to tell of a session's activity, and when: rule A5. Pure of sockets, files and timers. */
import type { Activity } from '@shellpod/protocol/activity.ts';
import { activity } from '@shellpod/protocol/activity-limits.ts';

export interface Seen {
	/** when somebody typed last, on the agent's clock */
	inputAt?: number;
	/** what goes on; `since` and `until` on the agent's clock */
	doing: readonly { kind: Activity['doing'][number]['kind']; name: string; since: number; until?: number }[];
	/** when Claude's last turn ended */
	turnEndedAt?: number;
}

/** Names what goes on: another name is news. */
const keyOf = (seen: Seen): string => seen.doing.map(({ kind, name }) => `${kind} ${name}`).join('\n');

const activityOf = (seen: Seen, done: Activity['done'], now: number): Activity => ({
	action: 'activity',
	inputMs: seen.inputAt === undefined ? null : Math.max(0, Math.round(now - seen.inputAt)),
	doing: seen.doing.slice(0, activity.maxDoing).map(({ kind, name, since, until }) => ({
		kind,
		name: name.slice(0, activity.maxName),
		sinceMs: Math.max(0, Math.round(now - since)),
		...(until !== undefined && { leftMs: Math.max(0, Math.round(until - now)) }),
	})),
	...(done && { done }),
});

export const createNews = () => {
	/** when something was last told that goes on, or that somebody typed; and when the latter */
	let activeAt = Number.NEGATIVE_INFINITY;
	let typedAt = Number.NEGATIVE_INFINITY;
	let due = true;
	let told: Seen = { doing: [] };
	let done: { kind: Activity['doing'][number]['kind']; name: string; at: number } | undefined;

	/** What went on when we looked before and does no more is what ended last. */
	const notice = (seen: Seen, now: number): void => {
		const key = (one: Seen['doing'][number]) => `${one.kind} ${one.name}`;
		const gone = told.doing.filter((one) => !seen.doing.some((other) => key(other) === key(one)));
		const ended = gone.find(({ kind }) => kind !== 'server') ?? gone[0];
		if (!ended) return;
		done = { kind: ended.kind, name: ended.name, at: ended.kind === 'turn' ? (seen.turnEndedAt ?? now) : now };
	};

	return {
		/** The message to send now; undefined: there is nothing to tell yet. `answer`: a question that wants one in any case. */
		next(seen: Seen, now: number, answer?: string): Activity | undefined {
			const typed = seen.inputAt !== undefined && seen.inputAt > (told.inputAt ?? Number.NEGATIVE_INFINITY);
			const changed = keyOf(seen) !== keyOf(told);
			// So the first key after a rest is told at once, whatever else was told: it may be all that keeps the session. Those after it wait for the minute.
			const again = (typed && now - typedAt >= activity.everyMs) || (seen.doing.length > 0 && now - activeAt >= activity.everyMs);
			if (answer === undefined && !due && !changed && !again) return undefined;
			notice(seen, now);
			told = seen;
			if (typed) typedAt = now;
			if (typed || seen.doing.length > 0) activeAt = now;
			due = false;
			const ended = done && { kind: done.kind, name: done.name.slice(0, activity.maxName), agoMs: Math.max(0, Math.round(now - done.at)) };
			const message = activityOf(seen, ended, now);
			return answer === undefined ? message : { ...message, answer };
		},
		/** Tell it in any case, with or without news: what was told may not have arrived, or somebody wants to hear an answer. */
		again(): void {
			due = true;
		},
	};
};
