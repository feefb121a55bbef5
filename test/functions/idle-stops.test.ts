/** The numbers are the rules of functions/core/SPEC.md. */
import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { type Decision, reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { describe, expect, it } from 'vitest';
import { at, base, dateAt, idle, idleUntil, intent, lease, plan, record, running, seen, stopped, task } from '../support/session-records.ts';

const decide = (before: SessionRecord, seconds: number): Decision => reconcile(before, seen(task()), dateAt(seconds), { ...plan, base });

describe('a running session that nobody uses', () => {
	const unused = (changes: Partial<SessionRecord> = {}) => running({ agent: lease(10_000), dueAt: at(100), idle: idleUntil(100), ...changes });

	it('is looked at when its deadline is there, whatever its lease', () => {
		const waiting = record({ task: running().task as NonNullable<SessionRecord['task']>, idle: idleUntil(100) });
		expect(agentArrived(waiting, lease(170), dateAt(20), idle)?.dueAt).toBe(at(100));
		expect(decide(unused({ dueAt: at(50) }), 50).record.dueAt).toBe(at(100));
	});

	it('[N6] is asked first, and the question stands in its record', () => {
		const { record: after, actions } = decide(unused(), 100);
		expect(actions).toEqual([{ type: 'ask', nonce: '1-1' }]);
		expect(after).toMatchObject({ phase: 'running', idle: { asking: { nonce: '1-1', at: at(100) } }, dueAt: at(400) });
		expect(decide(after, 101)).toEqual({ record: after, actions: [] });
	});

	it('[N6] is stopped when nothing goes on, and its record says why and what was last', () => {
		const answered = unused({ idle: { ...idleUntil(100), asking: { nonce: '1-1', at: at(100), answered: true } } });
		const { record: after, actions } = decide(answered, 102);
		expect(actions).toEqual([{ type: 'stop', arn: task().arn, why: 'Nobody used it' }]);
		expect(after).toMatchObject({
			phase: 'stopping',
			desired: { state: 'stopped', by: 'platform', why: 'Nobody used it' },
			idle: { last: { kind: 'start' }, stopped: { why: 'idle', at: at(102) } },
		});
	});

	it('[N7] that nothing is heard of is stopped 3 h past its deadline', () => {
		const silent = unused({ agent: lease(90) });
		expect(decide(silent, 200).actions).toEqual([]);
		const soonDue = { ...silent, dueAt: at(60 + 3 * 3_600) };
		expect(decide(soonDue, 100 + 3 * 3_600).record.desired).toMatchObject({ state: 'stopped', why: 'Its agent had not been heard for hours' });
	});

	it('[N7] is not stopped for a silence in which nobody looked, but when its agent stays away after that', () => {
		const hours = 100 + 6 * 3_600;
		const silent = unused({ agent: lease(90), dueAt: at(100) });
		const { record: after, actions } = decide(silent, hours);
		expect(actions).toEqual([]);
		expect(after).toMatchObject({ phase: 'running', dueAt: at(hours + 240) });
		expect(decide(after, hours + 240).record.desired).toMatchObject({ state: 'stopped' });
		const back = agentArrived(after, lease(hours + 200), dateAt(hours + 50), idle) ?? expect.fail('refused');
		expect(decide(back, hours + 51).actions).toMatchObject([{ type: 'ask' }]);
	});

	it('begins anew when its user starts or restarts it', () => {
		const rested = lifecycle.rest(unused(), idleUntil(100), 'idle', at(102));
		expect(lifecycle.start({ ...rested, phase: 'stopped' }, at(200))).not.toHaveProperty('idle');
		expect(lifecycle.restart(unused(), at(50))).not.toHaveProperty('idle');
	});

	it('[N2] gains nothing when its task ends and it comes back by itself', () => {
		const doing = [{ kind: 'job', name: 'make', since: at(0) }] as const;
		const before = unused({ idle: { ...idleUntil(100), doing, asking: { nonce: '1-1', at: at(40) } } });
		const back = reconcile(before, seen(stopped()), dateAt(50), { ...plan, base }).record;
		expect(back).toMatchObject({ generation: 2, phase: 'starting', desired: { state: 'running' } });
		expect(back.idle).toEqual(idleUntil(100));
		const again = { ...back, task: intent({ generation: 2 }) };
		expect(agentArrived(again, lease(230, 2), dateAt(80), idle)).toMatchObject({ idle: idleUntil(100), dueAt: at(100) });
	});

	it("[N2] is stopped at the operator's maximum, however often its task ends", () => {
		const hour = 3_600;
		let one = unused({ agent: lease(1_000 * hour), idle: { ...idleUntil(168 * hour), maximum: true } });
		for (let hours = 1; hours < 168; hours++) {
			const back = reconcile(one, seen(stopped()), dateAt(hours * hour), { ...plan, base }).record;
			const asked = { ...back, task: { ...intent({ generation: 1 }), arn: task().arn, generation: back.generation } };
			one = agentArrived(asked, lease(1_000 * hour, back.generation), dateAt(hours * hour + 30), idle) ?? expect.fail('refused');
		}
		expect(one.generation).toBe(168);
		const { record: after } = reconcile(one, seen(task({ of: { session: one.id, generation: 168 } })), dateAt(168 * hour), { ...plan, base });
		expect(after.idle?.stopped).toEqual({ why: 'maximum', at: at(168 * hour) });
	});
});
