/**
 * S5 and rules N2, N6 and N7, from outside the record: what the control plane has taken from users and agents, each on the clock of the machine that
 * took it, and that no session is stopped against any of it. Rule N8: how often an agent's words are written.
 */
import { callerOf } from '@shellpod/functions/core/callers.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { WebSocketEvent } from '@shellpod/functions/web-socket-event.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ApiRequest } from '../world/api.ts';
import type { CallWatch } from '../world/lambda.ts';
import { type Choice, limitOf, reachOf, readActivity, times } from './signs.ts';

/** What is known of a session's idleness. Times: ms since 1970, by the clocks of the machines that read them. */
export interface Known {
	choice: Choice;
	/** it is not stopped for idleness before */
	until: number;
	/** the part of it that its user gave, who started it, opened it, kept it or chose a limit */
	byUser: number;
	/** its user was seen by the control plane itself */
	seenAt: number;
	/** its user has started it: its time begins with its agent */
	starting: boolean;
	/** a question was answered, and nothing went on */
	nothing?: { generation: number };
	/** when an agent's words were written: any, and such as are for its user */
	wroteAt: number;
	notedAt: number;
	/** by question: how often what an agent says of it was written */
	answers: Map<string, number>;
}

export interface IdleWatch extends Omit<CallWatch, 'failed'> {
	changed(by: string, before: SessionRecord | undefined, after: SessionRecord): void;
	knownOf(session: string): Known | undefined;
	/** Resolves when somebody begins to look who may stop it: its agent has answered that nothing goes on. */
	aboutToStop(session: string): Promise<void>;
	/** how often sessions were stopped, by why, and signs and answers were taken */
	readonly counted: Readonly<Record<string, number>>;
}

export interface IdleWatchOptions {
	kernel: Kernel;
	unattendedMs: number;
	/** when the newest task of a session was made */
	madeAt(session: string): number;
	newest(session: string): SessionRecord | undefined;
}

/** ms between two writes of what an agent says: rule N8 */
const floor = 8_000;
/** writes that one question gives: that nothing goes on, and then that something does */
const perQuestion = 2;
/** what its agent may change of a session by what it says */
const agents: ReadonlySet<string> = new Set(['idle', 'notice', 'dueAt', 'rev']);

const why = {
	idle: 'Nobody used it',
	silent: 'Its agent had not been heard for hours',
	maximum: 'Its user had not been seen for as long as the operator allows',
} as const;

/** ms that two machines' clocks differ at most */
const skew = 4_000;

const nameOf = (by: string): string => by.slice(0, by.indexOf('#'));

export const createIdleWatch = ({ kernel, unattendedMs, madeAt, newest }: IdleWatchOptions): IdleWatch => {
	const sessions = new Map<string, Known>();
	/** by environment: what it is asked, and what it read of its clock last */
	const asked = new Map<string, unknown>();
	const clocks = new Map<string, number>();
	/** by environment: when what it does began, by the kernel's clock */
	const begun = new Map<string, number>();

	const waiting = new Map<string, PromiseWithResolvers<void>>();
	const counted: Record<string, number> = {};
	const count = (what: string): void => {
		counted[what] = (counted[what] ?? 0) + 1;
	};

	const of = (session: string): Known => {
		const known = sessions.get(session);
		if (known) return known;
		const made: Known = {
			choice: { limitMs: 3_600_000, overrules: {} },
			until: Number.NEGATIVE_INFINITY,
			byUser: Number.NEGATIVE_INFINITY,
			seenAt: Number.NEGATIVE_INFINITY,
			starting: false,
			wroteAt: Number.NEGATIVE_INFINITY,
			notedAt: Number.NEGATIVE_INFINITY,
			answers: new Map(),
		};
		sessions.set(session, made);
		return made;
	};
	const most = ({ seenAt }: Known): number => seenAt + unattendedMs;
	/** Never nearer. */
	const reach = (known: Known, to: number): void => {
		known.until = Math.min(Math.max(known.until, to), most(known));
	};

	/** Its user did something, which `by` has read its clock for. */
	const byUser = (by: string, record: SessionRecord): void => {
		const request = asked.get(by) as ApiRequest;
		const known = of(record.id);
		const at = clocks.get(by) ?? 0;
		const { limitMs, overrules } = known.choice;
		const act = (to: number): void => {
			count(`user: ${request.operation}`);
			known.seenAt = at;
			delete known.nothing;
			known.byUser = Math.max(known.byUser, to);
			reach(known, to);
		};
		if (request.operation === 'ticket' && request.opened) act(at + Math.max(limitOf(known.choice), times.opened));
		else if (request.operation === 'keep') act(limitMs === null ? Number.POSITIVE_INFINITY : at + (request.ms ?? 0));
		else if (request.operation === 'choose') {
			const limit = request.choice?.limitMs;
			known.choice = { limitMs: limit === undefined ? limitMs : limit, overrules: { ...overrules, ...request.choice?.overrules } };
			const runs = record.desired.state === 'running' && (record.phase === 'running' || record.phase === 'starting');
			if (limit === undefined || limit === limitMs || !record.idle || !runs) return;
			// The only thing that brings it nearer.
			known.until = known.byUser = at;
			act(at + limitOf(known.choice));
		}
	};

	/** An agent's words were written. */
	const byAgent = (by: string, before: SessionRecord, after: SessionRecord): void => {
		const { requestContext, body = '' } = asked.get(by) as WebSocketEvent;
		const at = clocks.get(by) ?? 0;
		const { id, generation } = after;
		const caller = callerOf(requestContext.authorizer);
		const isIts = caller.session === id && caller.generation === before.generation && before.agent?.connectionId === requestContext.connectionId;
		if (!isIts)
			kernel.violated('N1', `${caller.session}, generation ${caller.generation}, wrote to ${id}, generation ${before.generation}, by ${by}`);
		const touched = Object.keys({ ...before, ...after }).filter(
			(name) => !agents.has(name) && JSON.stringify(before[name as keyof SessionRecord]) !== JSON.stringify(after[name as keyof SessionRecord]),
		);
		if (touched.length > 0) kernel.violated('N8', `an agent's words changed ${touched.join(', ')} of ${id}, by ${by}`);
		const said = readActivity(body);
		if (!said) {
			kernel.violated('N8', `${by} wrote for ${JSON.stringify(body).slice(0, 80)}, which nobody can understand`);
			return;
		}
		const known = of(id);
		const asks = before.idle?.asking;
		const isNotice = after.notice?.at !== before.notice?.at;
		const sinceNotice = at - known.notedAt;
		if (isNotice) known.notedAt = at;
		if (isNotice && sinceNotice < floor) kernel.violated('N8', `two notices of ${id} within ${sinceNotice} ms`);
		if (asks && (asks.nonce !== after.idle?.asking?.nonce || asks.answered !== after.idle.asking.answered)) {
			const count = (known.answers.get(asks.nonce) ?? 0) + 1;
			known.answers.set(asks.nonce, count);
			if (count > perQuestion) kernel.violated('N8', `one question to ${id} gave ${count} writes`);
		} else if (!isNotice && at - known.wroteAt < floor)
			kernel.violated('N8', `an agent's words on ${id} were written twice within ${at - known.wroteAt} ms, by ${by}`);
		known.wroteAt = at;
		const to = reachOf(said, at, madeAt(id), known.choice);
		reach(known, to);
		if (asks && said.answer === asks.nonce && known.until <= at) {
			known.nothing = { generation };
			count('answered: nothing');
		} else if (to > at) delete known.nothing;
		if (asks && to > at) count('answered: something');
	};

	const stopped = (by: string, { desired, id, generation }: SessionRecord): void => {
		const known = of(id);
		const at = Date.parse(desired.at);
		if (at > kernel.now() + skew) kernel.violated('S5', `${id} was stopped by a clock that is ${at - kernel.now()} ms ahead, by ${by}`);
		const early = (from: number): string => `${id} was stopped ${Math.round((from - at) / 1_000)} s too early (${desired.why}), by ${by}`;
		if (desired.why === why.maximum) {
			count('stopped: maximum');
			if (at < most(known)) kernel.violated('N2', early(most(known)));
		} else if (desired.why === why.idle) {
			count('stopped: idle');
			if (at < known.until) kernel.violated('S5', early(known.until));
			if (known.nothing?.generation !== generation)
				kernel.violated('N6', `${id} was stopped as idle, and no answer of generation ${generation} had found nothing, by ${by}`);
		} else if (desired.why === why.silent) {
			count('stopped: silent');
			if (at < known.until + times.silent) kernel.violated('N7', early(known.until + times.silent));
		}
	};

	return {
		began: (by, name, event) => {
			asked.set(by, event);
			begun.set(by, kernel.now());
			if (name !== 'sweep') return;
			for (const [session, run] of waiting) {
				if (!of(session).nothing) continue;
				waiting.delete(session);
				run.resolve();
			}
		},
		read: (by, at) => void clocks.set(by, at),
		ended: (by, answer) => {
			const request = asked.get(by) as Partial<ApiRequest> | undefined;
			if (!by.startsWith('api#') || request?.operation !== 'ticket' || !request.opened || (answer as { status: number }).status !== 200) return;
			// What gains little is not written; ten minutes it gives in any case.
			const record = newest(request.id ?? '');
			if (record?.phase === 'running' && record.desired.state === 'running') reach(of(record.id), (begun.get(by) ?? 0) - skew + times.opened);
		},
		changed: (by, before, after) => {
			const known = of(after.id);
			const isAsked = after.desired.by === 'user' && after.desired.state === 'running' && after.generation > (before?.generation ?? 0);
			if (isAsked && after.desired.at !== before?.desired.at) known.starting = true;
			if (known.starting && after.phase === 'running' && before?.phase !== 'running') {
				const at = clocks.get(by) ?? 0;
				known.starting = false;
				known.seenAt = at;
				delete known.nothing;
				known.byUser = at + limitOf(known.choice);
				known.until = Math.min(known.byUser, most(known));
				known.wroteAt = Number.NEGATIVE_INFINITY;
			}
			if (!before) return;
			if (after.generation > before.generation) known.notedAt = Number.NEGATIVE_INFINITY;
			const fromPlatform = before.desired.state === 'running' && after.desired.state === 'stopped' && after.desired.by === 'platform';
			if (fromPlatform && after.phase !== 'failed') stopped(by, after);
			if (nameOf(by) === 'activity') byAgent(by, before, after);
			else if (nameOf(by) === 'api') byUser(by, after);
		},
		knownOf: (session) => sessions.get(session),
		aboutToStop: (session) => {
			const known = waiting.get(session) ?? Promise.withResolvers<void>();
			waiting.set(session, known);
			return known.promise;
		},
		counted,
	};
};
