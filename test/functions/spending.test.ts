/** What a session has used. C-numbers: functions/core/SPEC.md. */
import { counted, runningOf, spentOf, watchedUntilCounted, withRelayed } from '@shellpod/functions/core/spending.ts';
import type { ObservedTask } from '@shellpod/functions/ports.ts';
import { epoch as agentRun } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds } from '../support/property.ts';
import { arnOf, intent, lease, record, running, stopped, task } from '../support/session-records.ts';

const day = Date.parse('2026-11-22T00:00:00.000Z');
const hour = 3_600;
/** seconds after that midnight */
const at = (seconds: number): string => new Date(day + Math.round(seconds * 1_000)).toISOString();
const on = (seconds: number): Date => new Date(at(seconds));
const runs = (from: number, name = 'one'): ObservedTask => task({ arn: arnOf(name), pullStartedAt: at(from) });
const ended = (from: number, to: number, name = 'one'): ObservedTask => stopped({ arn: arnOf(name), pullStartedAt: at(from), stoppedAt: at(to) });

const secondsOf = (one: Parameters<typeof spentOf>[0], now: number): { today: number; month: number } => {
	const { today, month } = spentOf(one, on(now));
	return { today: today.seconds, month: month.seconds };
};

describe('seconds of tasks', () => {
	it('[C1] count from the pull of the image, in whole seconds', () => {
		const one = counted(running(), [runs(100)], on(130));
		expect(secondsOf(one, 400.2)).toEqual({ today: 301, month: 301 });
		expect(secondsOf(counted(one, [ended(100, 399.5)], on(410)), 9_000)).toEqual({ today: 300, month: 300 });
	});

	it('[C1] count a minute at least, and nothing where no image was pulled', () => {
		expect(secondsOf(counted(record(), [ended(100, 107)], on(120)), 120).today).toBe(60);
		expect(secondsOf(counted(record(), [stopped({ stoppedAt: at(107) })], on(120)), 120).today).toBe(0);
	});

	it('[C1] belong to the day and the month of UTC in which they ran', () => {
		const one = counted(running(), [runs(-hour)], on(0));
		expect(secondsOf(one, 1_800)).toEqual({ today: 1_800, month: 5_400 });
		const toDecember = 9 * 24 * hour;
		expect(secondsOf(one, toDecember - 60)).toEqual({ today: 24 * hour - 60, month: toDecember - 60 + hour });
		expect(secondsOf(one, toDecember + 30)).toEqual({ today: 30, month: 30 });
	});

	it('[C1] are the same, whoever looks when, and whatever old news comes late', () => {
		const life = fc.record({ pause: fc.integer({ min: 70, max: 40_000 }), lasts: fc.integer({ min: 1, max: 60_000 }) });
		const stage = fc.constantFrom('runs', 'containers ended', 'ended');
		// Of the present task and those before it, as a list that lags may show them.
		const look = fc.tuple(stage, stage, stage);
		holds([fc.array(fc.tuple(life, fc.array(look, { maxLength: 5 })), { minLength: 1, maxLength: 8 })], (lives) => {
			let one = record();
			let now = -20 * 24 * hour;
			const spans: { from: number; to: number }[] = [];
			for (const [{ pause, lasts }, looks] of lives) {
				const span = { from: now + pause, to: now + pause + lasts };
				spans.push(span);
				const saw = (stage: string, back: number): ObservedTask[] => {
					const index = spans.length - 1 - back;
					const of = spans[index];
					if (!of || of.to < span.to - 2 * hour) return [];
					if (stage === 'runs') return [runs(of.from, `task${index}`)];
					const whole = ended(of.from, of.to, `task${index}`);
					if (stage === 'ended') return [whole];
					const { stoppedAt: _, ...partly } = whole;
					return [{ ...partly, executionStoppedAt: at(of.to) }];
				};
				one = counted(one, [runs(span.from, `task${spans.length - 1}`)], on(span.from + 1));
				for (const stages of looks) one = counted(one, stages.flatMap(saw), on(span.to + 1));
				one = counted(one, [ended(span.from, span.to, `task${spans.length - 1}`)], on(span.to + 2));
				now = span.to;
			}
			const end = Math.max(now, 0) + 3;
			// Counted apart: second by second would be the same.
			const sum = (begin: number): number =>
				spans.reduce((total, { from, to }) => total + Math.max(0, from + Math.max(60, to - from) - Math.max(from, begin)), 0);
			const lastDay = Math.floor(end / (24 * hour)) * 24 * hour;
			expect(secondsOf(one, end)).toEqual({ today: sum(lastDay), month: sum(-21 * 24 * hour) });
			expect(Object.keys(one.spending?.tasks ?? {}).length, 'a record must not grow').toBeLessThanOrEqual(6);
		});
	});

	it('[C1] nothing is written for a task that is known as it is', () => {
		const one = counted(running(), [runs(100)], on(130));
		expect(counted(one, [runs(100)], on(190))).toBe(one);
		const { stoppedAt: _, ...partly } = ended(100, 399);
		const two = counted(one, [partly], on(400));
		expect(two).not.toBe(one);
		expect(counted(two, [partly], on(460))).toBe(two);
		const three = counted(two, [ended(100, 399)], on(461));
		expect(counted(three, [ended(100, 399)], on(521))).toBe(three);
		expect(runningOf(one)).toBe(1);
		expect(runningOf(two)).toBe(0);
	});

	it('[C2] a session at rest is looked at until ECS has said when its task ended', () => {
		const { stoppedAt: _, ...partly } = ended(100, 399);
		const { dueAt: __, ...rest } = record({ phase: 'stopped' });
		const open = watchedUntilCounted(counted(rest, [{ ...partly, executionStoppedAt: at(395) }], on(398)), on(398));
		expect(open.dueAt).toBe(at(458));
		expect(secondsOf(open, 1_000).today).toBe(295);
		const { dueAt: ___, ...later } = open;
		const final = watchedUntilCounted(counted(later, [ended(100, 399)], on(458)), on(458));
		expect(final.dueAt).toBeUndefined();
		expect(secondsOf(final, 1_000).today).toBe(299);
	});

	it('[C3] a task that nobody shows any more ended when its agent was heard last', () => {
		const one = counted(running({ agent: { ...lease(0), leaseUntil: at(1_000) } }), [runs(100)], on(130));
		expect(counted(one, [], on(100 + hour - 1))).toBe(one);
		const gone = counted(one, [], on(100 + hour));
		expect(secondsOf(gone, 50_000).today).toBe(900);
		expect(secondsOf(counted(gone, [runs(100)], on(9_000)), 50_000).today, 'and does not come back').toBe(900);
	});
});

describe('units of messages', () => {
	const run = agentRun('run000001');
	const other = agentRun('run000002');
	const unitsOf = (one: Parameters<typeof spentOf>[0], now: number): { today: number; month: number } => {
		const { today, month } = spentOf(one, on(now));
		return { today: today.units, month: month.units };
	};
	const began = running({ task: intent({ arn: arnOf('one'), requestedAt: at(-100) }) });

	it('[C4] are what its agent says more than it said before', () => {
		const one = withRelayed(withRelayed(began, { run, units: 30 }, on(60)), { run, units: 75 }, on(120));
		expect(unitsOf(one, 121)).toEqual({ today: 75, month: 75 });
		expect(withRelayed(one, undefined, on(180))).toBe(one);
	});

	it('[C4] go on when another run of the agent counts anew', () => {
		const one = withRelayed(withRelayed(began, { run, units: 30 }, on(60)), { run: other, units: 40 }, on(120));
		expect(unitsOf(one, 121).today).toBe(70);
	});

	it('[C4] count for the day on which they are told, and for its month', () => {
		const one = withRelayed(withRelayed(began, { run, units: 30 }, on(-60)), { run, units: 35 }, on(60));
		expect(unitsOf(one, 61)).toEqual({ today: 5, month: 35 });
		expect(unitsOf(one, 9 * 24 * hour)).toEqual({ today: 0, month: 0 });
	});

	it('[C4] are never less than before, nor more than the control plane lets through', () => {
		const said = fc.tuple(fc.constantFrom(run, other), fc.oneof(fc.nat(1e6), fc.integer({ min: 0, max: 2 ** 52 })), fc.integer({ min: 1, max: 600 }));
		holds([fc.array(said, { minLength: 1, maxLength: 30 })], (all) => {
			let one = began;
			let now = 0;
			let before = 0;
			for (const [of, units, pause] of all) {
				now += pause;
				one = withRelayed(one, { run: of, units }, on(now));
				const { month } = unitsOf(one, now);
				expect(month).toBeGreaterThanOrEqual(before);
				before = month;
			}
			expect(before, 'a thousand messages a second, each in and out, since its task was asked for').toBeLessThanOrEqual(2_000 * (now + 100));
		});
	});
});
