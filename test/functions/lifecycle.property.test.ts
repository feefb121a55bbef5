/** A session's life under random requests, faults and times. S-numbers are the invariants of functions/core/SPEC.md. */

import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { answered } from '@shellpod/functions/core/intent.ts';
import { restart, start, stop } from '@shellpod/functions/core/lifecycle.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLossyCluster, type RunFault } from '../support/lossy-cluster.ts';
import { holds } from '../support/property.ts';
import { at, base, dateAt, idle, lease, plan, record } from '../support/session-records.ts';

type Step =
	| { do: 'wait'; seconds: number }
	| { do: 'request'; what: 'start' | 'stop' | 'restart' }
	| { do: 'look'; run: RunFault; stopLost: boolean; lagging: boolean; crash: boolean }
	| { do: 'tasks'; what: 'step' | 'die' }
	| { do: 'hello' };

const requests = { start, stop, restart };

const faults = fc.constantFrom<RunFault>('none', 'none', 'answer lost', 'never asked', 'late', 'no capacity');

const steps = fc.array(
	fc.oneof(
		{
			weight: 3,
			arbitrary: fc.record({
				do: fc.constant('wait' as const),
				seconds: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 2_400 })),
			}),
		},
		{
			weight: 2,
			arbitrary: fc.record({ do: fc.constant('request' as const), what: fc.constantFrom('start' as const, 'stop' as const, 'restart' as const) }),
		},
		{
			weight: 6,
			arbitrary: fc.record({ do: fc.constant('look' as const), run: faults, stopLost: fc.boolean(), lagging: fc.boolean(), crash: fc.boolean() }),
		},
		{
			weight: 3,
			arbitrary: fc.record({ do: fc.constant('tasks' as const), what: fc.constantFrom('step' as const, 'step' as const, 'die' as const) }),
		},
		{ weight: 2, arbitrary: fc.constant({ do: 'hello' as const }) },
	),
	{ maxLength: 60 },
);

const world = () => {
	const cluster = createLossyCluster();
	let now = 0;
	let current = record();

	const write = (next: SessionRecord | undefined): void => {
		if (!next || next === current) return;
		expect(next.generation, '[S3] a generation never goes back').toBeGreaterThanOrEqual(current.generation);
		current = { ...next, rev: current.rev + 1 };
	};

	const look = (run: RunFault, stopLost: boolean, lagging: boolean, crash: boolean): void => {
		const before = current;
		const { record: after, actions } = reconcile(before, cluster.look(before, now, lagging), dateAt(now), { ...plan, base });
		if (before.desired.state !== 'running') {
			expect(after.generation, '[S4] nothing but a request begins a generation of a stopped session').toBe(before.generation);
			expect(
				actions.some((action) => action.type === 'run'),
				'[S4] a stopped session is not woken',
			).toBe(false);
		}
		write(after);
		if (crash) return;
		for (const action of actions) {
			if (action.type === 'stop' && !stopLost) cluster.stop(action.arn, now);
			if (action.type !== 'run' || !after.task) continue;
			const answer = cluster.run(after.task, run, now);
			if (answer) write(answered(current, after.task, answer, at(now)));
		}
	};

	const hello = (): void => {
		const generation = cluster.speaking();
		if (generation === undefined) return;
		const arrived = agentArrived(current, lease(now + 150, generation), dateAt(now), idle);
		if (generation !== current.generation) expect(arrived, '[S4] an older agent is refused').toBeUndefined();
		write(arrived);
	};

	const check = (): void => {
		expect(cluster.living().length, '[S1] at most one task lives').toBeLessThanOrEqual(1);
		const settled = current.phase === 'stopped' || current.phase === 'failed';
		if (!settled) expect(current.dueAt, 'what is not settled is looked at again').toBeDefined();
		if (current.phase === 'failed') expect(current.reason, '[8] a failure says why').toBeTruthy();
		if (current.phase === 'running') expect(current.desired.state).toBe('running');
	};

	return {
		get record() {
			return current;
		},
		take(step: Step): void {
			if (step.do === 'wait') now += step.seconds;
			cluster.arrive(now);
			if (step.do === 'request') write(requests[step.what](current, at(now)));
			if (step.do === 'look') look(step.run, step.stopLost, step.lagging, step.crash);
			if (step.do === 'tasks') cluster[step.what](now);
			if (step.do === 'hello') hello();
			check();
		},
		/** Faults have stopped: everything takes its course for so long. */
		calm(seconds: number): void {
			for (const end = now + seconds; now < end; now += 2) {
				cluster.arrive(now);
				cluster.step(now);
				hello();
				if (current.dueAt !== undefined && current.dueAt <= at(now)) look('none', false, false, false);
				check();
			}
		},
	};
};

describe('a session under random requests, faults and times', () => {
	it('[S1] [S3] [S4] [8] [11] keeps its invariants, and settles once faults stop', () => {
		holds(
			[steps],
			(all) => {
				const life = world();
				for (const step of all) life.take(step);
				life.calm(600);
				const { phase, desired } = life.record;
				if (desired.state === 'running') expect(phase, '[11] what is to run, runs').toBe('running');
				else expect(['stopped', 'failed'], 'what is to stop, has').toContain(phase);
			},
			300,
		);
	});
});
