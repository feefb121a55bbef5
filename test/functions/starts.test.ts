/** The numbers are the rules of functions/core/SPEC.md. */
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { type Decision, reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Observed } from '@shellpod/functions/ports.ts';
import { describe, expect, it } from 'vitest';
import { arnOf, at, base, dateAt, intent, nothing, plan, record, running, seen, stopped, task } from '../support/session-records.ts';

const decide = (before: SessionRecord, observed: Observed, seconds: number, planned = base): Decision =>
	reconcile(before, observed, dateAt(seconds), { ...plan, base: planned });

const cause = (kind: 'capacity' | 'image', retry: boolean) => ({
	kind,
	text: kind === 'capacity' ? 'No capacity' : 'No image',
	advice: '',
	retry,
});

describe('every step has a limit', () => {
	const started = record({ task: intent({ arn: arnOf('one') }) });

	it('[8] names the step that a start is at', () => {
		const steps = [
			task({ lastStatus: 'PROVISIONING', containers: [] }),
			task({ lastStatus: 'PENDING' }),
			task({ lastStatus: 'PENDING', pullStartedAt: at(1), pullStoppedAt: at(9) }),
			task(),
		].map((observed) => decide(started, seen(observed), 10).record.step);
		expect(steps).toEqual(['reserve', 'image', 'home', 'terminals']);
	});

	it('[8] an agent that does not come in time fails the start, and its task is stopped', () => {
		const waiting = decide(started, seen(task()), 10).record;
		expect(decide(waiting, seen(task()), 99).record.phase).toBe('starting');
		const { record: after, actions } = decide(waiting, seen(task()), 100);
		expect(after).toMatchObject({ phase: 'failed', reason: 'Its machine runs, but its terminals did not answer in time' });
		expect(after.desired).toMatchObject({ state: 'stopped', by: 'platform' });
		expect(actions).toEqual([{ type: 'stop', arn: arnOf('one'), why: 'Its machine runs, but its terminals did not answer in time' }]);
		const settled = decide(after, seen(stopped()), 130).record;
		expect(settled).toMatchObject({ phase: 'failed' });
		expect(settled).not.toHaveProperty('dueAt');
		expect(settled).not.toHaveProperty('task');
	});

	it.each([
		['capacity', { stoppedReason: 'Capacity is unavailable at this time. Please try again later' }],
		['image', { stoppedReason: 'CannotPullContainerError: manifest unknown' }],
		['home', { stoppedReason: 'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes' }],
		['memory', { containers: [{ lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }] }],
	])('[8] says in plain words why a start ended: %s', (kind, changes) => {
		const words = { capacity: /capacity/, image: /image/, home: /home could not be mounted/, memory: /out of memory/ }[kind];
		const tired = { ...started, start: { since: at(0), tries: 4, stepAt: at(0) } };
		const { record: after } = decide(tired, seen(stopped({ stopCode: 'TaskFailedToStart', ...changes })), 20);
		expect(after.phase).toBe('failed');
		expect(after.reason).toMatch(words ?? /never/);
	});

	it('[8] a start whose answer never comes fails in time', () => {
		const asked = record({ task: intent({ askedAt: at(235) }), dueAt: at(235) });
		expect(decide(asked, nothing, 240).record).toMatchObject({ phase: 'failed', reason: 'It did not start in time' });
	});

	it('[8] the time in which nobody looked is not held against a start', () => {
		const { record: after } = decide({ ...started, dueAt: at(5) }, seen(task({ lastStatus: 'PENDING' })), 900);
		expect(after).toMatchObject({ phase: 'starting', start: { since: at(900), stepAt: at(900) } });
	});
});

describe('what AWS refuses', () => {
	it('[10] is tried again with longer pauses, then said', () => {
		let before = record({ task: intent({ refused: { cause: cause('capacity', true), at: at(1) } }) });
		const pauses: number[] = [];
		let t = 1;
		for (; before.phase === 'starting' && t < 240; t++) {
			const { record: after, actions } = decide(before, nothing, t);
			if (actions.some((action) => action.type === 'run')) {
				pauses.push(t);
				before = { ...after, ...(after.task && { task: { ...after.task, refused: { cause: cause('capacity', true), at: at(t) } } }) };
			} else before = after;
		}
		expect(pauses).toHaveLength(4);
		expect(pauses.map((one, index) => one - (pauses[index - 1] ?? 1)).every((gap, index, all) => index === 0 || gap > (all[index - 1] ?? 0))).toBe(
			true,
		);
		expect(before).toMatchObject({ phase: 'failed', reason: 'No capacity' });
	});

	it('[10] what no retry can mend fails at once', () => {
		const refused = record({ task: intent({ refused: { cause: cause('image', false), at: at(1) } }) });
		expect(decide(refused, nothing, 1).record).toMatchObject({ phase: 'failed', reason: 'No image' });
	});
});

describe('crash and host loss', () => {
	it('[11] a session that is to run comes back by itself, in a new generation', () => {
		const { record: after, actions } = decide(running(), seen(stopped({ stopCode: 'InfrastructureHealth' })), 60);
		expect(after).toMatchObject({
			generation: 2,
			phase: 'starting',
			reason: 'The machine that it ran on is gone. It comes back by itself',
			task: { generation: 2 },
		});
		expect(after).not.toHaveProperty('agent');
		expect(actions).toEqual([{ type: 'run' }]);
	});

	it('[11] pauses longer from crash to crash', () => {
		const { record: after, actions } = decide(running({ crashes: [at(-60)] }), seen(stopped()), 60);
		expect(actions).toEqual([]);
		expect(after).toMatchObject({ generation: 2, phase: 'starting', dueAt: at(70) });
		expect(decide(after, seen(stopped()), 70).actions).toEqual([{ type: 'run' }]);
	});

	it('[11] the loss of a machine is no crash: no pause, however often', () => {
		const { record: after, actions } = decide(running({ crashes: [at(0), at(30)] }), seen(stopped({ stopCode: 'TerminationNotice' })), 60);
		expect(actions).toEqual([{ type: 'run' }]);
		expect(after.crashes).toEqual([at(0), at(30)]);
	});

	it('[11] forgets crashes after half an hour', () => {
		expect(decide(running({ crashes: [at(-1_800)] }), seen(stopped()), 60).actions).toEqual([{ type: 'run' }]);
	});

	it('[11] a task that dies while it starts is tried again in a new generation', () => {
		const started = record({ task: intent({ arn: arnOf('one') }) });
		const { record: after, actions } = decide(started, seen(stopped({ containers: [{ lastStatus: 'STOPPED', exitCode: 1 }] })), 20);
		expect(actions).toEqual([]);
		expect(after).toMatchObject({ generation: 2, phase: 'starting', reason: 'Its container ended with exit code 1. Trying again', dueAt: at(22) });
		expect(decide(after, seen(stopped()), 22).actions).toEqual([{ type: 'run' }]);
	});

	it('[13] a stopped session stays stopped whatever is seen', () => {
		const asked = lifecycle.stop(running(), at(50));
		const { record: after, actions } = decide(asked, seen(task()), 50);
		expect(actions).toEqual([{ type: 'stop', arn: arnOf('one'), why: 'You stopped it' }]);
		const { record: done } = decide(after, seen(stopped()), 60);
		expect(done).toMatchObject({ phase: 'stopped', generation: 1 });
		expect(done).not.toHaveProperty('dueAt');
		expect(decide(done, seen(stopped()), 90)).toEqual({ record: done, actions: [] });
	});
});
