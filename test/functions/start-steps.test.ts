/** [8] A start as its user sees it: steps, their beginnings and limits, and what is said in the end. */
import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { createDrive } from '@shellpod/functions/core/drive.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import { connecting } from '@shellpod/functions/core/start-progress.ts';
import type { Observed, ObservedTask } from '@shellpod/functions/ports.ts';
import { Session } from '@shellpod/protocol/http.ts';
import { describe, expect, test } from 'vitest';
import { createInMemorySessions } from '../support/in-memory-table.ts';
import { createFittingDefinitions, createLogLines, createScriptedTasks } from '../support/scripted-tasks.ts';
import {
	arnOf,
	at,
	base,
	dateAt,
	idle,
	lease,
	nothing,
	plan,
	record,
	running,
	seen,
	session,
	stopped,
	task,
	user,
} from '../support/session-records.ts';

const decide = (before: SessionRecord, observed: Observed, seconds: number, agentMs = plan.agentMs): SessionRecord =>
	reconcile(before, observed, dateAt(seconds), { ...plan, base, agentMs }).record;

const startOf = (one: SessionRecord) => Session.parse(viewOf(one)).start;
const beginsOf = (one: SessionRecord) => Object.fromEntries((startOf(one)?.steps ?? []).map(({ step, at: begun }) => [step, begun]));

/** asked for at 1, as its answer is known */
const asked = (() => {
	const before = decide(record(), nothing, 1);
	return { ...before, task: { ...(before.task ?? expect.fail()), arn: arnOf('one') } };
})();

describe('when a step began', () => {
	const pulling = task({ lastStatus: 'PENDING', pullStartedAt: at(6) });
	const mounting = { ...pulling, pullStoppedAt: at(18) };
	const runs: ObservedTask = { ...mounting, lastStatus: 'RUNNING', startedAt: at(20) };

	test('[8] is when the task was asked for, then as ECS tells, then when the agent asks for its ticket', () => {
		expect(beginsOf(asked)).toEqual({ reserve: at(1) });
		const reserved = decide(asked, seen(task({ lastStatus: 'PROVISIONING', containers: [] })), 3);
		expect(beginsOf(reserved)).toEqual({ reserve: at(1) });
		const image = decide(reserved, seen(pulling), 8);
		expect(beginsOf(image)).toEqual({ reserve: at(1), image: at(6) });
		const home = decide(image, seen(mounting), 19);
		const terminals = decide(home, seen(runs), 22);
		expect(beginsOf(terminals)).toEqual({ reserve: at(1), image: at(6), home: at(18), terminals: at(20) });
		const last = connecting(terminals, at(25), 90_000);
		expect(viewOf(last).step).toBe('connect');
		expect(beginsOf(last)).toEqual({ reserve: at(1), image: at(6), home: at(18), terminals: at(20), connect: at(25) });
	});

	test('[8] is told of steps that nobody saw while they lasted', () => {
		expect(beginsOf(decide(asked, seen(runs), 22))).toEqual({ reserve: at(1), image: at(6), home: at(18), terminals: at(20) });
	});

	test.each([
		['ahead', 900, at(22)],
		['behind', -900, at(1)],
	])('[9] is no time that can not be, though ECS’s clock is %s', (_, skew, expected) => {
		const skewed = { ...runs, pullStartedAt: at(6 + skew), pullStoppedAt: at(18 + skew), startedAt: at(20 + skew) };
		const { image, home, terminals } = beginsOf(decide(asked, seen(skewed), 22));
		expect([image, home, terminals]).toEqual([expected, expected, expected]);
	});

	test('[8] never goes back: an older look changes nothing', () => {
		const last = connecting(decide(asked, seen(runs), 22), at(25), 90_000);
		for (const older of [pulling, mounting, runs]) expect(beginsOf(decide(last, seen(older), 26))).toEqual(beginsOf(last));
		expect(connecting(last, at(40), 90_000)).toBe(last);
	});

	test('[8] a start that is over has no steps; its whole time is the next one’s measure', () => {
		const arrived = agentArrived(decide(asked, seen(runs), 22), lease(120), dateAt(23), idle) ?? expect.fail();
		expect(viewOf(arrived)).toMatchObject({ step: null, start: null, code: null, advice: null });
		const again = decide(lifecycle.start({ ...arrived, desired: { ...arrived.desired, state: 'stopped' } }, at(100)), seen(stopped()), 101);
		expect(startOf(again)).toMatchObject({ lastTookMs: 23_000, steps: [{ step: 'reserve', at: at(101) }] });
		expect(connecting(arrived, at(24), 90_000)).toBe(arrived);
	});
});

describe('the limit of a step', () => {
	test('[8] is shown, and is when it fails', () => {
		expect(startOf(asked)?.until).toBe(at(121));
		const pending = task({ lastStatus: 'PENDING' });
		const image = decide(asked, seen(pending), 10);
		expect(startOf(image)?.until).toBe(at(160));
		expect(decide({ ...image, dueAt: at(159) }, seen(pending), 159).phase).toBe('starting');
		expect(viewOf(decide({ ...image, dueAt: at(160) }, seen(pending), 160))).toMatchObject({ state: 'Failed', code: 'image_slow' });
	});

	test('[8] for the agent is the operator’s, to begin and again to connect', () => {
		const waiting = decide(asked, seen(task()), 10, 20_000);
		expect(startOf(waiting)?.until).toBe(at(30));
		expect(decide(waiting, seen(task()), 29, 20_000).phase).toBe('starting');
		expect(viewOf(decide(waiting, seen(task()), 30, 20_000))).toMatchObject({ state: 'Failed', code: 'agent_silent' });
		const last = connecting(waiting, at(25), 20_000);
		expect(decide(last, seen(task()), 44, 20_000).phase).toBe('starting');
		expect(viewOf(decide(last, seen(task()), 45, 20_000))).toMatchObject({
			state: 'Failed',
			code: 'agent_cut_off',
			reason: 'Its terminals answered, but could not connect in time',
		});
	});

	test('[8] is never later than that of the whole start', () => {
		const image = decide({ ...asked, dueAt: at(200) }, seen(task({ lastStatus: 'PENDING' })), 201);
		expect(startOf(image)?.until).toBe(at(240));
	});

	test('[8] begins anew after a time in which nobody looked', () => {
		const image = decide(asked, seen(task({ lastStatus: 'PENDING' })), 10);
		const later = decide({ ...image, dueAt: at(15) }, seen(task({ lastStatus: 'PENDING' })), 900);
		expect(later.phase).toBe('starting');
		expect(startOf(later)?.until).toBe(at(1_050));
	});
});

describe('another try', () => {
	const failed = stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'ResourceInitializationError: failed to invoke EFS utils commands' });

	test('[8] [10] says why, how often, and when it comes', () => {
		const paused = decide(asked, seen(failed), 20);
		expect(viewOf(paused)).toMatchObject({
			state: 'Starting',
			step: 'reserve',
			code: 'home',
			advice: null,
			reason: 'Its home could not be mounted. Trying again',
			start: { tries: 1, again: at(22), steps: [] },
		});
		expect(startOf(decide(paused, seen(failed), 22))).toMatchObject({ tries: 1, again: null, steps: [{ step: 'reserve', at: at(22) }] });
	});

	test('[8] that comes too late fails for what went wrong before it, in those words', () => {
		const paused = decide({ ...asked, start: { ...(asked.start ?? expect.fail()), since: at(-236) } }, seen(failed), 3);
		const { start, ...rest } = decide({ ...paused, dueAt: at(4) }, nothing, 4);
		expect(start).toBeUndefined();
		expect(viewOf(rest)).toMatchObject({ state: 'Failed', code: 'home', reason: 'Its home could not be mounted' });
	});

	test('[10] says so after a refusal too', () => {
		const refused = {
			...asked,
			task: { ...asked.task, arn: undefined, refused: { cause: { kind: 'capacity', text: 'No capacity', advice: 'Wait.', retry: true }, at: at(2) } },
		};
		const { arn: _, ...intent } = refused.task;
		const paused = decide({ ...asked, task: intent as NonNullable<SessionRecord['task']> }, nothing, 2);
		expect(viewOf(paused)).toMatchObject({ code: 'capacity', reason: 'No capacity. Trying again', start: { tries: 1, again: at(4) } });
	});

	test('[8] [13] is given up by its user: a start that is cancelled stops, and nothing comes back', () => {
		const cancelled = lifecycle.stop(decide(asked, seen(failed), 20), at(21));
		expect(viewOf(cancelled)).toMatchObject({ state: 'Stopping', reason: null, code: null, start: null });
		const { record: settled, actions } = reconcile(cancelled, seen(failed), dateAt(30), { ...plan, base });
		expect(viewOf(settled)).toMatchObject({ state: 'Stopped', reason: null, code: null });
		expect(actions).toEqual([]);
	});
});

describe('a crash loop', () => {
	const ended = stopped({ stopCode: 'EssentialContainerExited', containers: [{ lastStatus: 'STOPPED', exitCode: 7 }] });

	test('[11] ends after as many automatic restarts as the operator allows, and says so', () => {
		const twice = running({ crashes: [at(-60), at(-30)] });
		const after = decide(twice, seen(ended), 60);
		expect(viewOf(after)).toMatchObject({
			state: 'Failed',
			code: 'crash_loop',
			reason:
				'It ended 3 times within half an hour, so it does not come back by itself any more. The last time: Its container ended with exit code 7',
		});
		expect(after.desired).toMatchObject({ state: 'stopped', by: 'platform' });
		expect(decide(running({ crashes: [at(-60)] }), seen(ended), 60).phase).toBe('starting');
		expect(reconcile(running(), seen(ended), dateAt(60), { ...plan, base, restarts: 0 }).record.phase).toBe('failed');
	});

	test('[11] is none of machines that are lost or retired', () => {
		const twice = running({ crashes: [at(-60), at(-30)] });
		const lost = decide(twice, seen(stopped({ stopCode: 'InfrastructureHealth' })), 60);
		expect(viewOf(lost)).toMatchObject({ state: 'Starting', code: 'host', advice: null });
		const retired = stopped({
			stopCode: 'TerminationNotice',
			stoppedReason: 'ECS is performing maintenance on the underlying infrastructure hosting the task',
		});
		expect(viewOf(decide(twice, seen(retired), 60))).toMatchObject({
			state: 'Starting',
			code: 'retired',
			reason: 'AWS took its machine away for maintenance. It comes back by itself',
		});
	});

	test('[11] [13] is over when its user starts it', () => {
		const failed = decide(running({ crashes: [at(-60), at(-30)] }), seen(ended), 60);
		expect(lifecycle.start(failed, at(70)).crashes).toBeUndefined();
		expect(lifecycle.restart(running({ crashes: [at(-60)] }), at(70)).crashes).toBeUndefined();
	});
});

test('[8] [14] what failed stands in the record with its code and advice, and goes with the next start', async () => {
	const sessions = createInMemorySessions();
	const tasks = createScriptedTasks();
	const missing = stopped({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: manifest unknown' });
	const log = createLogLines();
	const drive = createDrive({
		sessions,
		tasks: { ...tasks, look: async () => seen(missing) },
		definitions: createFittingDefinitions(),
		reports: { get: async (id) => ({ session: id, times: [], rev: 0 }) },
		events: { put: async () => {} },
		gateway: { post: async () => 'sent' },
		plan,
		now: () => dateAt(20),
		log,
	});
	await sessions.create(asked);
	expect(await drive(user, session)).toMatchObject({ phase: 'failed', code: 'image_missing', advice: expect.stringContaining('operator') });
	const again = lifecycle.start((await sessions.get(user, session)) ?? expect.fail(), at(60));
	for (const gone of ['reason', 'code', 'advice']) expect(again).not.toHaveProperty(gone);
});
