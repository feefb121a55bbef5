/** What holds of every write of a session's or a user's record. S1, S3, S11 and S13: `lifecycle.md`; rules: functions/core/SPEC.md. */
import type { Item } from '@shellpod/functions/adapters/items.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import type { UserRecord } from '@shellpod/functions/core/user-record.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { restarts } from '../world/names.ts';

export interface Records {
	changed(by: string, before: Item | undefined, after: Item | undefined): void;
	/** what a session's record is now */
	newest(session: string): SessionRecord | undefined;
	all(): SessionRecord[];
	ownerOf(session: string): string | undefined;
	/** the last records of those that were removed */
	gone(): SessionRecord[];
	/** Whether the session was to run in this generation at any time since then. */
	wanted(session: string, generation: number, since: number): boolean;
	/** Whether somebody was shown what was never written. */
	shown(session: { id: string }): void;
}

interface Version {
	at: number;
	record: SessionRecord;
}

/** After so many in so many ms (clocks differ by seconds) the next is the user's. */
const crashes = { most: restarts, within: 29 * 60_000 };

const isSession = (item: Item | undefined): boolean => typeof item?.sk === 'string' && item.sk.startsWith('SESSION#');
const isUser = (item: Item | undefined): boolean => item?.sk === 'USER';

/** `taskOf`: what ECS has of a task, by its ARN; undefined when it has forgotten it. */
export const createRecords = (kernel: Kernel, limits: { sessions: number }, taskOf: (arn: string) => TaskRecord | undefined): Records => {
	const versions = new Map<string, Version[]>();
	const views = new Map<string, Set<string>>();

	const gone = new Map<string, SessionRecord>();
	/** by session: when it came back by itself, since its user last asked for something */
	const returns = new Map<string, { asked: string; at: number[] }>();

	/** Rule 11: the loss of a machine and its retirement are no crashes. */
	const cameBack = ({ id, code, desired }: SessionRecord): void => {
		if (code === 'host' || code === 'retired') return;
		const known = returns.get(id);
		const lately = known?.asked === desired.at ? known.at.filter((at) => kernel.now() - at < crashes.within) : [];
		lately.push(kernel.now());
		returns.set(id, { asked: desired.at, at: lately });
		if (lately.length > crashes.most) kernel.violated('rule 11', `${id} came back by itself ${lately.length} times in half an hour`);
	};

	/** Its agent was there, and nobody has asked for anything since: it runs on, or begins anew when its task has ended, or is about to. */
	const unasked = (by: string, before: SessionRecord, after: SessionRecord): void => {
		const { id, generation, phase } = after;
		if (generation === before.generation) {
			if (phase !== 'running') kernel.violated('S4', `${id} went from running to ${phase} in one generation, and nobody asked for it, by ${by}`);
			return;
		}
		const task = taskOf(before.task?.arn ?? '');
		const lives = task?.desiredStatus === 'RUNNING' && task.containers.some(({ lastStatus }) => lastStatus !== 'STOPPED');
		if (lives) kernel.violated('S4', `${id} began anew while its task ran, by ${by}`);
		cameBack(after);
	};

	/** Rule 19: the record goes last. */
	const removed = (by: string, record: SessionRecord): void => {
		kernel.note(`record ${record.id} is removed by ${by}`);
		if (record.purge?.step !== 'record')
			kernel.violated('S12', `${record.id} was removed at ${record.purge?.step ?? record.desired.state}, by ${by}`);
		gone.set(record.id, record);
	};

	const session = (by: string, before: SessionRecord | undefined, after: SessionRecord): void => {
		const { id, generation, rev, desired } = after;
		kernel.note(`record ${id} rev ${rev} by ${by}: ${desired.state} ${generation} ${after.phase}${after.step ? ` ${after.step}` : ''}`);
		if (gone.has(id)) kernel.violated('S12', `${id} came back after it was gone, by ${by}`);
		if (rev !== (before?.rev ?? 0) + 1) kernel.violated('S3', `${id} went from rev ${before?.rev} to ${rev}, by ${by}`);
		if (before && generation < before.generation)
			kernel.violated('S3', `${id} went back from generation ${before.generation} to ${generation}, by ${by}`);
		// Rule 5: the hello of its own generation's agent makes it run, and nothing else.
		if (after.phase === 'running' && after.agent?.generation !== generation)
			kernel.violated('rule 5', `${id} runs in generation ${generation} by an agent of ${after.agent?.generation ?? 'none'}, by ${by}`);
		if (before?.phase === 'running' && desired.at === before.desired.at) unasked(by, before, after);
		// Rule 13: nothing but its user starts a stopped session.
		const woken = before && before.desired.state !== 'running' && desired.state === 'running';
		if (woken && !by.startsWith('api#')) kernel.violated('S4', `${id} was woken by ${by}`);
		if (before?.desired.state === 'deleted' && desired.state !== 'deleted') kernel.violated('S12', `${id} came back after its deletion, by ${by}`);
		// Rule 15: out of the trash it comes by its user alone, or by who deletes the user.
		if (before?.desired.state === 'trashed' && desired.state !== 'trashed' && !/^(api|operator)#/.test(by))
			kernel.violated('S12', `${id} left the trash as ${desired.state}, by ${by}`);
		const known = versions.get(id) ?? [];
		versions.set(id, known);
		known.push({ at: kernel.now(), record: after });
		const seen = views.get(id) ?? new Set<string>();
		views.set(id, seen);
		seen.add(JSON.stringify(viewOf(after)));
	};

	const user = (record: UserRecord): void => {
		const claims = Object.values(record.claims);
		if (claims.length > limits.sessions) kernel.violated('S11', `${record.user} has ${claims.length} sessions`);
		const names = claims.filter(({ trashed }) => !trashed).map(({ name }) => name.toLowerCase());
		if (new Set(names).size < names.length) kernel.violated('S11', `${record.user} has two sessions of one name`);
	};

	/** Whatever the claims say, records are what costs. */
	const count = (owner: string): void => {
		const alive = [...versions.values()].map((list) => list.at(-1)?.record).filter((one) => one?.user === owner && one.desired.state !== 'deleted');
		if (alive.length > limits.sessions) kernel.violated('S11', `${owner} has ${alive.length} sessions that are not deleted`);
	};

	const newest = (id: string): SessionRecord | undefined => versions.get(id)?.at(-1)?.record;

	return {
		changed: (by, before, after) => {
			if (!after) {
				if (isSession(before)) removed(by, before?.record as SessionRecord);
				return;
			}
			if (isUser(after)) user(after.record as UserRecord);
			if (!isSession(after)) return;
			const record = after.record as SessionRecord;
			session(by, before?.record as SessionRecord | undefined, record);
			if (!before) count(record.user);
		},
		newest: (id) => (gone.has(id) ? undefined : newest(id)),
		all: () => [...versions.entries()].flatMap(([id, list]) => (gone.has(id) ? [] : (list.at(-1)?.record ?? []))),
		ownerOf: (id) => versions.get(id)?.[0]?.record.user,
		gone: () => [...gone.values()],
		wanted: (id, generation, since) =>
			(versions.get(id) ?? []).some(({ record }, at, list) => {
				const until = list[at + 1]?.at ?? Number.POSITIVE_INFINITY;
				return until >= since && record.desired.state === 'running' && record.generation === generation;
			}),
		shown: (view) => {
			if (!views.get(view.id)?.has(JSON.stringify(view))) kernel.violated('S13', `${view.id} was shown as it never was: ${JSON.stringify(view)}`);
		},
	};
};
