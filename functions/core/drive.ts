/** The hands of `reconcile`: reads, looks, decides, writes, acts. Whatever makes somebody look at a session calls this, as often as it likes. */
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Definitions, Events, Log, Observed, Reports, Sessions, Tasks } from '../ports.ts';
import type { Gateway } from '../relay-ports.ts';
import { type BudgetLook, budgeted } from './budget.ts';
import { budgetDue } from './budget-watch.ts';
import { causeOfCode } from './causes.ts';
import { answered } from './intent.ts';
import { hoursDeleted, isForgotten, without } from './lifecycle.ts';
import { type Action, type Decision, type Plan, reconcile } from './reconcile.ts';
import type { SessionRecord, TaskIntent, Time } from './record.ts';
import { counted, watchedUntilCounted } from './spending.ts';
import { writtenDown } from './trail.ts';

export interface DriveDeps {
	sessions: Sessions;
	tasks: Tasks;
	definitions: Definitions;
	reports: Pick<Reports, 'get'>;
	events: Pick<Events, 'put'>;
	/** to put the last question to an agent */
	gateway: Pick<Gateway, 'post'>;
	/** its user's budget, and what is used of it; who has none leaves budgets to the sweep */
	budget?: (user: UserId) => Promise<BudgetLook>;
	/** beside the definitions' base */
	plan: Omit<Plan, 'base'>;
	now: () => Date;
	log: Log;
}

export type Drive = (user: UserId, id: SessionId) => Promise<SessionRecord | undefined>;

type Transition = (record: SessionRecord) => SessionRecord;

/** rounds of one call: decide, ask, be refused, decide again; or lose a race. What is left then, the next look does. */
const maxRounds = 8;

/**
 * Moves a session as far as it goes now. Gives its record as last written or read, undefined when there is none.
 * Throws what its ports throw: nothing is lost then, since the record says what is wanted and when to look again.
 */
export const createDrive = (deps: DriveDeps): Drive => {
	const plan: Plan = { ...deps.plan, base: deps.definitions.base };

	const note = (before: SessionRecord, after: SessionRecord): void => {
		const { purge } = after;
		if (purge && purge.step !== before.purge?.step) deps.log.info('purge_moved', { session: after.id, step: purge.step });
		if (purge && purge.tries > (before.purge?.tries ?? 0))
			deps.log.error('home_not_emptied', new Error(after.reason ?? 'nobody knows why'), {
				session: after.id,
				tries: purge.tries,
				hours: hoursDeleted(after, deps.now()),
			});
		if (before.phase === after.phase && before.generation === after.generation && before.desired.state === after.desired.state) return;
		deps.log.info('session_moved', {
			session: after.id,
			from: before.phase,
			to: after.phase,
			desired: after.desired.state,
			by: after.desired.by,
			why: after.reason ?? after.desired.why,
			generation: after.generation,
		});
	};

	/** Writes what `change` makes of the newest record, whoever else writes. Undefined: it is gone, or there is no getting through. */
	const update = async (record: SessionRecord, change: (newest: SessionRecord) => SessionRecord): Promise<SessionRecord | undefined> => {
		let newest: SessionRecord | undefined = record;
		for (let round = 0; round < maxRounds && newest; round++) {
			const next = change(newest);
			if (next === newest) return newest;
			const written = await deps.sessions.put(next);
			if (written) return written;
			newest = await deps.sessions.get(record.user, record.id);
		}
		return undefined;
	};

	const ask = async (record: SessionRecord, intent: TaskIntent): Promise<SessionRecord | undefined> => {
		const fits = await deps.definitions.fits(intent.definition, record.slot);
		const answer = fits ? await deps.tasks.run(record.id, intent) : ({ kind: 'refused', cause: causeOfCode('definition') } as const);
		deps.log.info('task_asked', { session: record.id, generation: intent.generation, attempt: intent.attempt, answer });
		return update(record, (newest) => answered(newest, intent, answer, deps.now().toISOString()));
	};

	const register = async (record: SessionRecord): Promise<SessionRecord | undefined> => {
		const { base } = plan;
		const definition = await deps.definitions.register(record.slot);
		return update(record, (newest) => (newest.slot.base === base ? newest : { ...newest, slot: { ...newest.slot, definition, base } }));
	};

	const stop = async (record: SessionRecord, action: Extract<Action, { type: 'stop' }>): Promise<void> => {
		try {
			await deps.tasks.stop(action.arn, action.why);
			deps.log.info('task_stopped', { session: record.id, arn: action.arn, why: action.why });
		} catch (error) {
			// The record says when it was told; it is told again by a later look.
			deps.log.error('task_not_stopped', error, { session: record.id, arn: action.arn });
		}
	};

	/** A question that doesn't arrive is put again by a later look. */
	const question = async ({ id, agent }: SessionRecord, { nonce }: Extract<Action, { type: 'ask' }>): Promise<void> => {
		const sent = agent && (await deps.gateway.post(agent.connectionId, encodeControl({ type: 'asked', nonce })));
		deps.log.info('idle_asked', { session: id, sent });
	};

	/** A task's words are asked for only where they could explain something. */
	const look = async (record: SessionRecord): Promise<Observed> => {
		const silent = record.phase === 'running' && record.agent !== undefined && record.agent.leaseUntil <= deps.now().toISOString();
		const asked = record.phase === 'starting' || silent ? deps.reports.get(record.id) : undefined;
		const [observed, report] = await Promise.all([deps.tasks.look(record.slot.family, record.task?.arn), asked]);
		return report?.last ? { ...observed, report: report.last } : observed;
	};

	/** What is seen of tasks is counted, whatever is decided about them. */
	const decide = (record: SessionRecord, observed: Observed, afterBudget: Transition): Decision => {
		const now = deps.now();
		const { record: next, actions } = reconcile(afterBudget(counted(record, observed.tasks, now)), observed, now, plan);
		return { record: watchedUntilCounted(next, now), actions };
	};

	/** What its user's budget makes of a session that runs, where it is time to look at that (C6). */
	const budgetOf = async (record: SessionRecord): Promise<Transition> => {
		const due = budgetDue(record);
		if (!deps.budget || due === undefined || due > deps.now().toISOString()) return (one) => one;
		try {
			const look = await deps.budget(record.user);
			return (one) => budgeted(one, look, deps.now());
		} catch (error) {
			// Nothing else of the session waits for it. It stays due: each later look asks again.
			deps.log.error('budget_not_read', error, { session: record.id });
			return (one) => one;
		}
	};

	/** Gives every event that waits in the record an item; the record's next write takes them out of it. What fails stays in it, and due. */
	const writeDown = async (record: SessionRecord): Promise<SessionRecord> => {
		// Its history is about to go, or gone.
		if (isForgotten(record)) return record;
		const puts = await Promise.allSettled((record.trail?.pending ?? []).map((event) => deps.events.put(record.id, event)));
		const failed = puts.find((put) => put.status === 'rejected');
		if (!failed) return writtenDown(record);
		deps.log.error('events_not_written', failed.reason, { session: record.id });
		return record;
	};

	/** Nothing follows that would write it: what this look made happen is written down at once, and it is due when `dueAt` says so. */
	const closed = async (record: SessionRecord, dueAt: Time | undefined): Promise<SessionRecord> => {
		const down = await writeDown(record);
		if (down === record) return record;
		const next = without(down, 'dueAt');
		return (await deps.sessions.put(dueAt === undefined ? next : { ...next, dueAt })) ?? record;
	};

	return async (user, id) => {
		let record = await deps.sessions.get(user, id);
		for (let round = 0; round < maxRounds && record; round++) {
			// Both are waited for, whatever comes of the look: no function answers while it writes.
			const [observed, told, budget] = await Promise.allSettled([look(record), writeDown(record), budgetOf(record)]);
			if (observed.status === 'rejected') throw observed.reason;
			if (budget.status === 'rejected') throw budget.reason;
			const decision = decide(told.status === 'fulfilled' ? told.value : record, observed.value, budget.value);
			const written = decision.record === record ? record : await deps.sessions.put(decision.record);
			if (!written) {
				record = await deps.sessions.get(user, id);
				continue;
			}
			note(record, written);
			await Promise.all(
				decision.actions.map((action) =>
					action.type === 'stop' ? stop(written, action) : action.type === 'ask' ? question(written, action) : undefined,
				),
			);
			const asked = decision.actions.find(({ type }) => type === 'run' || type === 'register');
			if (!asked) return closed(written, decision.record.dueAt);
			if (asked.type === 'register') record = (await register(written)) ?? (await deps.sessions.get(user, id));
			else {
				const settled = written.task && (await ask(written, written.task));
				// No refusal, and nobody else wrote meanwhile: the next thing to see is the task's first event.
				if (settled && !settled.task?.refused && settled.rev <= written.rev + 1) return settled;
				record = settled ?? (await deps.sessions.get(user, id));
			}
		}
		return record;
	};
};
