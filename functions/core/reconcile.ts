/**
 * The only place that decides about tasks. Pure and level-triggered: it looks at what is wanted and what there is, never at what happened.
 * The caller writes the record first (compare-and-swap), then does the actions, then comes again until nothing changes.
 * Numbers in comments are the rules of the lifecycle: SPEC.md beside this file.
 */
import { isDeepStrictEqual } from 'node:util';
import { trashDays } from '@shellpod/protocol/limits.ts';
import type { Observed, ObservedTask } from '../ports.ts';
import { causeOf, causeOfCode, crashLoop, tooLong } from './causes.ts';
import type { IdleLimits } from './idle-limits.ts';
import { atWork, idleOf, judged } from './idle-policy.ts';
import { newIntent } from './intent.ts';
import { dueBy, explanation, goesAt, inPhase, nextGeneration, remove, rest, withEnded, without } from './lifecycle.ts';
import { limits } from './limits.ts';
import type { Cause, Network, Purge, SessionRecord, StartProgress, TaskIntent, Time } from './record.ts';
import { excerpt } from './reports.ts';
import { asked, isOver, paused, progressOf, seenAt, unattended } from './start-progress.ts';
import { hasEnded, isEnding } from './task-view.ts';
import { keptUp } from './upkeep.ts';

export type Action =
	/** register the Home's definition anew: the base has changed */
	| { type: 'register' }
	/** ask RunTask with the record's intent */
	| { type: 'run' }
	| { type: 'stop'; arn: string; why: string }
	/** put the last question to the agent (rule N6) */
	| { type: 'ask'; nonce: string };

/** What a task that starts now is made of. */
export interface Plan {
	/** ARN of the current base definition */
	base: string;
	network: Network;
	/** ms that an agent may take to begin, and again to connect (rule 8) */
	agentMs: number;
	/** how often in half an hour a session that ended unasked comes back by itself (rule 11) */
	restarts: number;
	idle: IdleLimits;
}

export interface Decision {
	record: SessionRecord;
	actions: Action[];
}

const at = (time: Time): number => Date.parse(time);
const nth = <T>(list: readonly [T, ...T[]], index: number): T => list[Math.min(index, list.length - 1)] ?? list[0];

/** The same object when nothing but the time of the next look would change, and that look is still to come. */
const steady = (before: SessionRecord, after: SessionRecord, t: number): SessionRecord => {
	if (!isDeepStrictEqual(without(before, 'dueAt'), without(after, 'dueAt'))) return after;
	if (before.dueAt === after.dueAt) return before;
	const good = before.dueAt !== undefined && after.dueAt !== undefined && at(before.dueAt) > t && before.dueAt <= after.dueAt;
	return good ? before : after;
};

export const reconcile = (before: SessionRecord, observed: Observed, now: Date, plan: Plan): Decision => {
	const t = now.getTime();
	const later = (ms: number): Time => new Date(t + ms).toISOString();
	const age = (time: Time): number => t - at(time);
	const today = now.toISOString();
	const actions: Action[] = [];

	const leaseEnded = !before.agent || age(before.agent.leaseUntil) >= 0;
	/** Rule 4: whether the task can still write to the Home. */
	const lives = (task: ObservedTask): boolean => {
		if (hasEnded(task)) return false;
		const told = before.stops?.[task.arn];
		if (told === undefined || !isEnding(task) || !leaseEnded) return true;
		// A container that was on its way when ECS took the stop is told when it runs.
		return [told, task.startedAt ?? told].some((time) => age(time) < limits.unconfirmedStop);
	};

	const ownOf = (intent: TaskIntent): ObservedTask | undefined =>
		intent.arn === undefined
			? observed.tasks
					.filter((task) => task.of?.session === before.id && task.of.generation === intent.generation && intent.refused === undefined)
					.sort((a, b) => Number(hasEnded(a)) - Number(hasEnded(b)))[0]
			: observed.tasks.find((task) => task.arn === intent.arn);
	const own = before.task && ownOf(before.task);
	const others = observed.tasks.filter((task) => task.arn !== own?.arn && lives(task));

	/** Rules 3 and 4: what has become of an intent. */
	const fateOf = (intent: TaskIntent): 'living' | 'unclear' | 'ended' => {
		if (intent.refused) return 'ended';
		if (own) return lives(own) ? 'living' : 'ended';
		const asked = age(intent.askedAt ?? intent.requestedAt);
		const gone = intent.arn === undefined ? asked >= limits.absence : observed.missing.includes(intent.arn) && asked >= limits.missing;
		return gone ? 'ended' : 'unclear';
	};

	/** Tells tasks to stop; each again only after a while. */
	const stopping = (record: SessionRecord, tasks: readonly (ObservedTask | undefined)[], why: string): SessionRecord => {
		const stops = Object.fromEntries(
			Object.entries(record.stops ?? {}).filter(([arn]) => observed.tasks.some((task) => task.arn === arn && !hasEnded(task))),
		);
		for (const task of tasks) {
			if (!task || hasEnded(task)) continue;
			const told = stops[task.arn];
			if (told && (isEnding(task) || age(told) < limits.stopAgain)) continue;
			// The clock of rule 4 begins anew with each telling: an earlier one that ECS has not taken stops nothing.
			stops[task.arn] = today;
			// Somebody else told it: the clock of rule 4 begins now, when we know of it.
			if (!isEnding(task)) actions.push({ type: 'stop', arn: task.arn, why });
		}
		return Object.keys(stops).length > 0 ? { ...record, stops } : without(record, 'stops');
	};

	const lookAgain = (record: SessionRecord, ms: number = limits.look): SessionRecord => ({ ...record, dueAt: later(ms) });

	/** Nothing may run: stopped, in the trash, deleted, or failed. */
	const settle = (record: SessionRecord): SessionRecord => {
		const told = stopping(record, [own, ...others], record.desired.why);
		const quiet = (!record.task || fateOf(record.task) === 'ended') && others.length === 0;
		if (!quiet) return lookAgain(record.phase === 'failed' ? told : inPhase(told, 'stopping', today));
		const ended = record.phase === 'failed' ? told : inPhase(told, 'stopped', today);
		const settled = without(ended, 'task', 'agent', 'stops', 'start', 'step', 'dueAt');
		return record.desired.state === 'trashed' ? { ...settled, dueAt: goesAt(record) } : settled;
	};

	/** Rule 19: a task of its own empties the Home, under its role and through its access point. */
	const empty = (record: SessionRecord, purge: Purge): SessionRecord => {
		const { task } = record;
		const fate = task ? fateOf(task) : 'ended';
		if (task && fate === 'ended') {
			const after = without(record, 'task', 'stops');
			const done = own?.containers.some(({ exitCode }) => exitCode === 0);
			if (done) return { ...after, purge: { step: 'access-point', since: today, tries: 0 }, dueAt: today };
			const notBefore = later(nth(limits.emptyAgain, purge.tries));
			const reason = (task.refused?.cause ?? causeOf(own)).text;
			return { ...after, generation: record.generation + 1, reason, purge: { ...purge, tries: purge.tries + 1, notBefore }, dueAt: notBefore };
		}
		if (task || others.length > 0) {
			const late = task && age(task.requestedAt) >= limits.emptying;
			const told = stopping(record, late ? [own, ...others] : others, late ? 'It takes too long' : 'Its Home is to be emptied');
			const unknown = task && !own && task.arn === undefined && others.length === 0 && age(task.requestedAt) < limits.token;
			if (!unknown || age(task.askedAt ?? task.requestedAt) < limits.askAgain) return lookAgain(told, unknown ? limits.look : limits.silent);
			actions.push({ type: 'run' });
			return lookAgain({ ...told, task: { ...task, askedAt: today } });
		}
		if (purge.notBefore !== undefined && age(purge.notBefore) < 0) return { ...record, dueAt: purge.notBefore };
		if (record.slot.base !== plan.base) {
			actions.push({ type: 'register' });
			return lookAgain(record);
		}
		actions.push({ type: 'run' });
		return lookAgain({ ...record, task: newIntent(record, 1, today, plan.network, 'empty') });
	};

	/** Rule 19, once nothing runs. What comes after the files, other hands do. */
	const destroy = (record: SessionRecord): SessionRecord => {
		if (record.purge) return record.purge.step === 'empty' ? empty(record, record.purge) : record;
		const settled = settle(record);
		if (settled.phase !== 'stopped') return settled;
		const purge: Purge = { step: 'empty', since: today, tries: 0 };
		return empty({ ...settled, generation: settled.generation + 1, purge }, purge);
	};

	/** Rule 8: an end that the user can read; only the user starts it again. */
	const fail = (record: SessionRecord, { kind: code, text: reason, advice }: Cause): SessionRecord => {
		const failed = without(inPhase({ ...withEnded(record), reason, code, advice }, 'failed', today), 'start', 'step');
		return settle({ ...failed, desired: { state: 'stopped', by: 'platform', why: reason, at: today } });
	};
	/** All tries together took too long: what went wrong in them says more than that. */
	const failLate = (record: SessionRecord): SessionRecord => fail(record, record.start?.cause ?? causeOfCode('start_slow'));

	/** Writes what will be asked for, before it is asked (rule 1). */
	const ask = (record: SessionRecord, attempt: number, progress: StartProgress): SessionRecord => {
		if (record.slot.base !== plan.base) {
			actions.push({ type: 'register' });
			return lookAgain({ ...record, start: progress });
		}
		actions.push({ type: 'run' });
		return lookAgain({ ...record, task: newIntent(record, attempt, today, plan.network), step: 'reserve', start: asked(progress, today) });
	};

	/** Rule 10: another try after a pause, or the end of tries. */
	const tryAgain = (record: SessionRecord, why: Cause): StartProgress | undefined => {
		const progress = progressOf(record, today);
		const { tries } = progress;
		if (!why.retry || tries + 1 >= limits.tries) return undefined;
		return paused(progress, why, later(nth(limits.backOff, tries)), today);
	};
	const andAgain = (why: Cause, what: string) => ({ reason: `${why.text}. ${what}`, code: why.kind });

	/** The generation's task is not asked for yet: older ones end first (rule 4). */
	const begin = (record: SessionRecord): SessionRecord => {
		const progress = progressOf(record, today);
		const older = record.task ? fateOf(record.task) : 'ended';
		if (older !== 'ended' || others.length > 0) {
			const told = stopping(record, [own, ...others], 'A newer start waits for its Home');
			if (age(progress.since) >= limits.start) return fail(told, causeOfCode('old_task'));
			return lookAgain({ ...inPhase(told, 'stopping', today), reason: 'It starts again when it has stopped' });
		}
		const clean = without(inPhase(record, 'starting', today), 'task', 'agent', 'stops');
		// The clock of a start begins when nothing stands in its way any more.
		if (record.phase === 'stopping') return ask(without(clean, ...explanation), 1, { ...progress, since: today });
		if (age(progress.since) >= limits.start) return failLate(clean);
		if (progress.notBefore !== undefined && age(progress.notBefore) < 0) return { ...clean, dueAt: progress.notBefore };
		return ask(clean, 1, progress);
	};

	/** Asked, and no task seen yet. */
	const awaitTask = (record: SessionRecord, intent: TaskIntent): SessionRecord => {
		const progress = progressOf(record, today);
		if (intent.refused) {
			if (others.length > 0) return lookAgain(stopping(record, others, 'It is older than the session'));
			if (progress.notBefore === undefined) {
				const { cause } = intent.refused;
				const next = tryAgain(record, cause);
				if (!next) return fail(record, cause);
				return { ...without(record, 'said'), ...andAgain(cause, 'Trying again'), start: next, dueAt: next.notBefore ?? today };
			}
			return age(progress.notBefore) < 0 ? { ...record, dueAt: progress.notBefore } : ask(record, intent.attempt + 1, progress);
		}
		if (intent.arn === undefined && age(intent.requestedAt) >= limits.token) return begin(nextGeneration(record, today));
		const told = stopping(record, others, 'It is older than the session');
		const askedAgo = age(intent.askedAt ?? intent.requestedAt);
		if (intent.arn !== undefined || askedAgo < limits.askAgain || others.length > 0) return lookAgain(told);
		actions.push({ type: 'run' });
		return lookAgain({ ...told, task: { ...intent, askedAt: today } });
	};

	const watchStart = (record: SessionRecord, task: ObservedTask): SessionRecord => {
		if (isEnding(task)) return lookAgain(stopping(record, others, 'It is older than the session'));
		const stepped = stopping(seenAt(record, task, today, plan.agentMs), others, 'It is older than the session');
		return isOver(stepped, today, plan.agentMs) ? fail(stepped, tooLong[stepped.step ?? 'reserve']) : lookAgain(stepped);
	};

	/** Rule 11: it comes back by itself. */
	const comeBack = (record: SessionRecord, task: ObservedTask | undefined): SessionRecord => {
		const why = causeOf(task);
		if (record.phase === 'running') {
			const recent = (record.crashes ?? []).filter((crash) => age(crash) < limits.crash);
			// The loss of a machine says nothing about what runs on it.
			const isCrash = why.kind !== 'host' && why.kind !== 'retired';
			const crashes = isCrash ? [...recent, today] : recent;
			if (isCrash && recent.length >= plan.restarts) return fail({ ...record, crashes }, crashLoop(why, crashes.length));
			const pause = isCrash ? nth(limits.crashPause, recent.length) : 0;
			const next = nextGeneration({ ...record, crashes }, today, andAgain(why, 'It comes back by itself'));
			return begin({ ...next, start: { ...progressOf(next, today), cause: why, ...(pause > 0 && { notBefore: later(pause) }) } });
		}
		const again = tryAgain(record, why);
		return again ? begin({ ...nextGeneration(record, today, andAgain(why, 'Trying again')), start: again }) : fail(record, why);
	};

	/** Whether its agent is there, and when somebody must look again for it. */
	const attended = (record: SessionRecord): SessionRecord => {
		if (!leaseEnded && before.agent) return { ...record, dueAt: before.agent.leaseUntil };
		const away = before.agent?.left ? age(before.agent.leaseUntil) : limits.reconnect;
		if (away < limits.reconnect) return lookAgain({ ...record, reason: 'Its agent is reconnecting' }, limits.reconnect - away);
		return lookAgain({ ...record, reason: 'Its agent does not answer' }, limits.silent);
	};

	/** Rules N5 to N7, then rule 12: whether a session that runs goes on, and where. */
	const watch = (record: SessionRecord): SessionRecord => {
		const idle = idleOf(record, now, plan.idle);
		const verdict = judged(idle, now, { silent: leaseEnded }, plan.idle);
		// When nobody has looked, the silence may be ours: agents that could reach nobody come back within minutes.
		const ours = verdict.kind === 'stop' && verdict.why === 'silent' && age(record.dueAt ?? today) >= limits.unattended;
		if (verdict.kind === 'stop') return ours ? lookAgain(record, limits.unattended) : settle(rest(record, idle, verdict.why, today));
		const told = stopping(record, others, 'It is older than the session');
		if (own && isEnding(own)) return lookAgain(told);
		const plans = keptUp(told, plan.base, atWork(idle, record, now), today);
		if (plans.generation > told.generation) return begin(plans);
		const nonce = `${record.generation}-${record.rev}`;
		if (verdict.kind === 'ask') actions.push({ type: 'ask', nonce });
		const kept = attended({ ...plans, idle: verdict.kind === 'ask' ? { ...idle, asking: { nonce, at: today } } : idle });
		return dueBy(dueBy(kept, kept.upkeep?.at), verdict.until);
	};

	const run = (record: SessionRecord): SessionRecord => {
		const late = record.phase !== 'running' && record.dueAt !== undefined && age(record.dueAt) >= limits.unattended;
		const current = late ? unattended(record, today, plan.agentMs) : record;
		const intent = current.task?.generation === current.generation ? current.task : undefined;
		if (!intent) return begin(current);
		if (own ? !lives(own) : intent.arn !== undefined && fateOf(intent) === 'ended') return comeBack(current, own);
		if (current.phase === 'running') return watch(current);
		if (age(progressOf(current, today).since) >= limits.start) return failLate(current);
		return own ? watchStart(current, own) : awaitTask(current, intent);
	};

	/** Rule 14: what the task of this generation said of its failure, if it is about what happens now. */
	const heard = (record: SessionRecord): SessionRecord => {
		const { report } = observed;
		if (report?.generation !== record.generation) return record;
		const { agent } = record;
		const about = record.phase === 'starting' || (leaseEnded && agent && at(agent.leaseUntil) - at(report.at) < limits.words);
		return about ? { ...record, said: excerpt(report.text) } : record;
	};

	const named = before.task && own && before.task.arn === undefined ? { ...before, task: { ...before.task, arn: own.arn } } : before;
	/** Rule 15. */
	const expired = named.desired.state === 'trashed' && age(goesAt(named)) >= 0;
	const known = heard(expired ? remove(named, today, { by: 'platform', why: `It was in the trash for ${trashDays} days` }) : named);
	const wanted = known.desired.state;
	const after = wanted === 'running' ? run(known) : wanted === 'deleted' ? destroy(known) : settle(known);
	return { record: steady(before, after, t), actions };
};
