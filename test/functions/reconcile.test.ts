/** The numbers are the rules of functions/core/SPEC.md. */
import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { type Decision, reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Observed } from '@shellpod/functions/ports.ts';
import { describe, expect, it } from 'vitest';
import { arnOf, at, base, dateAt, idle, intent, lease, nothing, plan, record, running, seen, session, task } from '../support/session-records.ts';

const decide = (before: SessionRecord, observed: Observed, seconds: number, planned = base): Decision =>
	reconcile(before, observed, dateAt(seconds), { ...plan, base: planned });

const cause = (kind: 'capacity' | 'image', retry: boolean) => ({
	kind,
	text: kind === 'capacity' ? 'No capacity' : 'No image',
	advice: '',
	retry,
});

describe('intention first', () => {
	it('[1] writes generation, attempt, token and parameters before it asks', () => {
		const { record: after, actions } = decide(record(), nothing, 1);
		expect(actions).toEqual([{ type: 'run' }]);
		expect(after.task).toEqual(intent({ requestedAt: at(1), askedAt: at(1) }));
		expect(after.phase).toBe('starting');
		expect(after.dueAt).toBe(at(6));
	});

	it('[1] asks again with the stored parameters and the same token when the answer was lost', () => {
		const asked = record({ task: intent({ network: { subnets: ['subnet-old'], securityGroup: 'sg-old' } }) });
		expect(decide(asked, nothing, 9).actions).toEqual([]);
		const { record: after, actions } = decide(asked, nothing, 10);
		expect(actions).toEqual([{ type: 'run' }]);
		expect(after.task).toEqual({ ...asked.task, askedAt: at(10) });
	});

	it('[1] writes a new attempt after a refusal, and only after its pause', () => {
		const refused = record({ task: intent({ refused: { cause: cause('capacity', true), at: at(1) } }) });
		const paused = decide(refused, nothing, 1);
		expect(paused.actions).toEqual([]);
		expect(paused.record.start).toMatchObject({ tries: 1, notBefore: at(3) });
		expect(decide(paused.record, nothing, 2).actions).toEqual([]);
		const { record: after, actions } = decide(paused.record, nothing, 3);
		expect(actions).toEqual([{ type: 'run' }]);
		expect(after.task).toEqual(intent({ attempt: 2, requestedAt: at(3), askedAt: at(3) }));
		expect(after.task?.clientToken).not.toBe(refused.task?.clientToken);
	});

	it('[1] never sends a token older than 30 min: it takes a new generation', () => {
		const old = record({ task: intent(), dueAt: at(5) });
		const { record: after, actions } = decide(old, nothing, 1_801);
		expect(actions).toEqual([{ type: 'run' }]);
		expect(after.generation).toBe(2);
		expect(after.task).toMatchObject({ generation: 2, attempt: 1, requestedAt: at(1_801) });
	});

	it('registers the definition anew before it asks when the base has changed', () => {
		const { record: after, actions } = decide(record(), nothing, 1, 'arn:base:2');
		expect(actions).toEqual([{ type: 'register' }]);
		expect(after.task).toBeUndefined();
	});
});

describe('events are hints', () => {
	it('[2] changes nothing when there is nothing new to see', () => {
		const before = running();
		expect(decide(before, seen(task()), 20)).toEqual({ record: before, actions: [] });
		expect(decide(before, seen(task()), 20).record).toBe(before);
	});

	it('[2] does not write only to move the time of a look that is still to come', () => {
		const before = record({ task: intent({ arn: arnOf('one') }), step: 'image', dueAt: at(4) });
		expect(decide(before, seen(task({ lastStatus: 'PENDING' })), 3).record).toBe(before);
	});

	it('[2] finds its task by family when the answer to RunTask was lost', () => {
		const { record: after, actions } = decide(record({ task: intent() }), seen(task({ lastStatus: 'PROVISIONING', containers: [] })), 2);
		expect(after.task?.arn).toBe(arnOf('one'));
		expect(actions).toEqual([]);
	});
});

describe('absence is no proof', () => {
	it('[3] a stop waits while a task that was asked for may still appear', () => {
		const stopping = lifecycle.stop(record({ task: intent() }), at(10));
		expect(decide(stopping, nothing, 60).record.phase).toBe('stopping');
		const found = decide(stopping, seen(task({ lastStatus: 'PROVISIONING', containers: [] })), 90);
		expect(found.actions).toEqual([{ type: 'stop', arn: arnOf('one'), why: 'You stopped it' }]);
		expect(decide(stopping, nothing, 180).record.phase).toBe('stopped');
	});

	it('[3] a running session that DescribeTasks does not know stays running for an hour', () => {
		const before = running({ agent: lease(3_700), dueAt: at(3_700) });
		const observed = { tasks: [], missing: [arnOf('one')] };
		expect(decide(before, observed, 3_599).record).toBe(before);
		const { record: after } = decide(before, observed, 3_600);
		expect(after).toMatchObject({ generation: 2, phase: 'starting' });
		expect(decide(before, nothing, 3_600).record, 'an answer without it says nothing').toBe(before);
	});
});

describe('start waits for stop', () => {
	const waiting = lifecycle.restart(running(), at(20));

	it('[4] a restart stops the older task and asks for nothing until it has ended', () => {
		const { record: after, actions } = decide(waiting, seen(task()), 20);
		expect(actions).toEqual([{ type: 'stop', arn: arnOf('one'), why: 'A newer start waits for its Home' }]);
		expect(after).toMatchObject({ phase: 'stopping', generation: 2 });
		const ending = task({ desiredStatus: 'STOPPED', lastStatus: 'STOPPING' });
		expect(decide(after, seen(ending), 60).actions).toEqual([]);
	});

	it('[4] every container STOPPED is enough, long before the task is', () => {
		const told = decide(waiting, seen(task()), 20).record;
		const { record: after, actions } = decide(told, seen(task({ desiredStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED' }] })), 30);
		expect(actions).toEqual([{ type: 'run' }]);
		expect(after).toMatchObject({ phase: 'starting', task: { generation: 2 }, start: { since: at(30) } });
		expect(after.reason).toBeUndefined();
	});

	it('[4] an unconfirmed stop counts after stopTimeout + 60 s, when the lease has ended too', () => {
		const ending = task({ desiredStatus: 'STOPPED' });
		const told = decide(waiting, seen(task()), 20).record;
		expect(decide(told, seen(ending), 199).actions).toEqual([]);
		expect(decide({ ...told, agent: lease(300) }, seen(ending), 210).actions).toEqual([]);
		expect(decide(told, seen(ending), 200).actions).toEqual([{ type: 'run' }]);
	});

	it('[4] a container that came up after ECS took the stop has its stopTimeout + 60 s, too', () => {
		const told = decide(waiting, seen(task()), 20).record;
		const late = task({ desiredStatus: 'STOPPED', startedAt: at(150) });
		expect(decide({ ...told, dueAt: at(200) }, seen(late), 200).actions).toEqual([]);
		expect(decide({ ...told, dueAt: at(260) }, seen(task({ ...late, startedAt: at(70) })), 250).actions).toEqual([{ type: 'run' }]);
	});

	it('[4] a task that ignores StopTask is told again, and never overtaken: the start fails', () => {
		const told = decide(waiting, seen(task()), 20).record;
		expect(decide(told, seen(task()), 39).actions).toEqual([]);
		expect(decide(told, seen(task()), 40).actions).toHaveLength(1);
		const { record: after, actions } = decide({ ...told, dueAt: at(255) }, seen(task()), 260);
		expect(after).toMatchObject({
			phase: 'failed',
			desired: { state: 'stopped', by: 'platform' },
			reason: 'The task before it could not be stopped',
		});
		expect(actions.some((action) => action.type === 'run')).toBe(false);
	});

	it('[4] a StopTask that ECS did not take counts for nothing: the clock begins with the one that it took', () => {
		const told = decide(waiting, seen(task()), 20).record;
		const again = decide({ ...told, dueAt: at(110) }, seen(task()), 110).record;
		const ending = task({ desiredStatus: 'STOPPED' });
		expect(decide({ ...again, dueAt: at(220) }, seen(ending), 220).actions).toEqual([]);
	});

	it('[4] any other task of the Home that lives holds a start up, and is stopped', () => {
		const stray = task({ arn: arnOf('stray'), of: { session, generation: 1 } });
		const { actions } = decide(record({ generation: 3 }), seen(stray), 5);
		expect(actions).toEqual([{ type: 'stop', arn: arnOf('stray'), why: 'A newer start waits for its Home' }]);
	});

	it('[S1] an older task that appears late is stopped while the session runs', () => {
		const stray = task({ arn: arnOf('stray'), of: { session, generation: 1 } });
		const before = running({ generation: 2, task: intent({ generation: 2, arn: arnOf('two') }), agent: lease(150, 2) });
		const { record: after, actions } = decide(before, seen(task({ arn: arnOf('two'), of: { session, generation: 2 } }), stray), 30);
		expect(actions).toEqual([{ type: 'stop', arn: arnOf('stray'), why: 'It is older than the session' }]);
		expect(after.phase).toBe('running');
	});
});

describe('running', () => {
	it('[5] only by a hello of the generation that is wanted', () => {
		const started = record({ task: intent({ arn: arnOf('one') }) });
		expect(decide(started, seen(task()), 20).record.phase).toBe('starting');
		expect(agentArrived(started, lease(170), dateAt(20), idle)).toMatchObject({ phase: 'running', dueAt: at(170) });
		expect(agentArrived(started, lease(170, 2), dateAt(20), idle)).toBeUndefined();
		expect(agentArrived(lifecycle.stop(started, at(19)), lease(170), dateAt(20), idle)).toBeUndefined();
		expect(agentArrived(lifecycle.restart(started, at(19)), lease(170), dateAt(20), idle)).toBeUndefined();
	});

	it('[5] a hello ends the start: no step, no reason, no clock', () => {
		const started = record({ task: intent({ arn: arnOf('one') }), reason: 'It ran out of memory. It comes back by itself' });
		const after = agentArrived(started, lease(170), dateAt(20), idle);
		expect(Object.keys(after ?? {})).not.toEqual(expect.arrayContaining(['step']));
		expect(after).not.toHaveProperty('start');
		expect(after).not.toHaveProperty('reason');
	});

	it('an agent whose connection has just ended is given 30 s to come back before it counts as silent', () => {
		const left = running({ agent: { ...lease(40), left: true }, dueAt: at(40) });
		const { record: away } = decide(left, seen(task()), 45);
		expect(away).toMatchObject({ phase: 'running', reason: 'Its agent is reconnecting', dueAt: at(70) });
		expect(decide(away, seen(task()), 70).record).toMatchObject({ phase: 'running', reason: 'Its agent does not answer', dueAt: at(130) });
		expect(agentArrived(away, lease(200), dateAt(50), idle)).not.toHaveProperty('reason');
	});

	it('a silent agent is not a stopped one: the session says so and is looked at again', () => {
		const { record: after, actions } = decide(running(), seen(task()), 151);
		expect(after).toMatchObject({ phase: 'running', reason: 'Its agent does not answer', dueAt: at(211) });
		expect(actions).toEqual([]);
	});
});
