import { describe, expect, it } from 'vitest';
import { createBus, type RetryPolicy, type Rule, usualPolicy } from '../../../local/events/machine.ts';
import { compilePattern } from '../../../local/events/pattern.ts';
import { type Faults, noFaults } from '../../../local/faults/faults.ts';

const event = {
	source: 'aws.ecs',
	'detail-type': 'ECS Task State Change',
	detail: { clusterArn: 'arn:1', group: 'family:x', containers: ['a', 'b'], n: 1 },
};

describe('event patterns', () => {
	const cases: [string, Parameters<typeof compilePattern>[0], boolean][] = [
		['exact values, nested', { source: ['aws.ecs'], detail: { clusterArn: ['arn:0', 'arn:1'] } }, true],
		['one field that differs', { source: ['aws.ecs'], detail: { clusterArn: ['arn:2'] } }, false],
		['a field that is not there', { detail: { other: ['x'] } }, false],
		['numbers are not text', { detail: { n: ['1'] } }, false],
		['prefix', { detail: { group: [{ prefix: 'family:' }] } }, true],
		['suffix', { detail: { group: [{ suffix: ':y' }] } }, false],
		['exists', { detail: { group: [{ exists: true }], other: [{ exists: false }] } }, true],
		['anything-but', { detail: { group: [{ 'anything-but': ['family:x'] }] } }, false],
		['a member of a list in the event', { detail: { containers: ['b'] } }, true],
	];
	it.each(cases)('%s', (_, pattern, expected) => {
		expect(compilePattern(pattern)(event)).toBe(expected);
	});

	it('refuses an operator that it does not know, by name', () => {
		expect(() => compilePattern({ detail: { n: [{ numeric: ['>', 0] }] } })).toThrow('event.detail.n: numeric is not known');
	});
});

const minute = 60_000;
const target = { arn: 'f', policy: usualPolicy };
const message = { source: 's', 'detail-type': 't', resources: [], detail: {} };
const onS = { arn: 'r', pattern: { source: ['s'] }, targets: [target] };

const busOf = (rules: Rule[], faults: Faults = noFaults) => {
	let ids = 0;
	return createBus({ account: '000000000000', region: 'us-east-1', rules, uuid: () => `id-${++ids}`, faults });
};

/** These happen each time, and take the shortest or the longest that they may. */
const always = (names: readonly string[], size: 'low' | 'high' = 'high'): Faults => ({
	...noFaults,
	happens: (name) => names.includes(name),
	spread: (_, low, high) => (size === 'low' ? low : high),
});

/** Times of deliveries within a time, looked for each second. */
const deliveries = (bus: ReturnType<typeof busOf>, from: number, to: number): number[] => {
	const times: number[] = [];
	for (let now = from; now <= to; now += 1_000) for (const { type } of bus.tick(now)) if (type === 'deliver') times.push(now);
	return times;
};

describe('the bus', () => {
	it('[aws-D7] gives an event whole to the targets of the rules that match, in its envelope', () => {
		const bus = busOf([
			{ arn: 'r1', pattern: { source: ['aws.ecs'] }, targets: [target] },
			{ arn: 'r2', pattern: { source: ['other'] }, targets: [target] },
		]);
		const detail = { ...event.detail, version: 3 };
		const [delivery, ...others] = bus.publish({ ...event, detail, resources: ['arn:task'] }, Date.UTC(2026, 10, 22, 8, 0, 0, 123));
		expect(others).toEqual([]);
		expect(JSON.parse(delivery?.payload ?? '')).toEqual({
			version: '0',
			id: 'id-1',
			'detail-type': 'ECS Task State Change',
			source: 'aws.ecs',
			account: '000000000000',
			time: '2026-11-22T08:00:00Z',
			region: 'us-east-1',
			resources: ['arn:task'],
			detail,
		});
	});

	it('fires a schedule at the start, whatever goes wrong, and then every minute, once after a long sleep', () => {
		const rule = { arn: 'every', everyMs: minute, targets: [target] };
		expect(busOf([rule], always(['event-lost', 'event-late', 'event-refused'])).start(0)).toHaveLength(1);
		const bus = busOf([rule]);
		const start = 1_000_000;
		expect(bus.start(start)).toHaveLength(1);
		expect(bus.next()).toBe(start + minute);
		expect(bus.tick(start + minute - 1)).toEqual([]);
		expect(JSON.parse(bus.tick(start + minute)[0]?.payload ?? '')).toMatchObject({ source: 'aws.events', resources: ['every'], detail: {} });
		expect(bus.tick(start + 60 * minute)).toHaveLength(1);
		expect(bus.tick(start + 60 * minute + 1)).toEqual([]);
	});
});

describe('when things go wrong', () => {
	it('[aws-D9] an event is lost, comes twice, or minutes late as it was and behind its successor', () => {
		expect(busOf([onS], always(['event-lost'])).publish(message, 0)).toEqual([]);

		const twice = busOf([onS], always(['event-dup']));
		const [first] = twice.publish(message, 0);
		expect(twice.tick(minute - 1)).toEqual([]);
		expect(twice.tick(minute)).toEqual([first]);

		let happening = true;
		const bus = busOf([onS], { ...always([]), happens: (name) => happening && name === 'event-late' });
		const detail = { version: 1 };
		expect(bus.publish({ ...message, detail }, 0)).toEqual([]);
		detail.version = 2;
		happening = false;
		const [overtaking] = bus.publish({ ...message, detail }, 1_000);
		expect(bus.next()).toBe(5 * minute);
		const [late] = bus.tick(5 * minute);
		const [told, first1] = [overtaking, late].map((one) => JSON.parse(one?.payload ?? ''));
		expect([told.detail, first1.detail, first1.time]).toEqual([{ version: 2 }, { version: 1 }, '1970-01-01T00:00:00Z']);
		expect(bus.next()).toBeUndefined();
	});

	it('[aws-D9a] a schedule skips a minute, or fires twice in it', () => {
		const rule = { arn: 'every', everyMs: minute, targets: [target] };
		const skips = busOf([rule], always(['event-lost']));
		skips.start(0);
		expect(deliveries(skips, 0, 5 * minute)).toEqual([]);
		const doubles = busOf([rule], always(['event-dup'], 'low'));
		doubles.start(0);
		expect(deliveries(doubles, 0, 2.5 * minute)).toEqual([minute, minute + 1_000, 2 * minute, 2 * minute + 1_000]);
	});

	it('[aws-D9b] [aws-D9c] what a target refuses is tried again until its policy ends, with longer and longer pauses', () => {
		const refusals = (policy: RetryPolicy): number[] => {
			let times: number[] = [];
			let now = 0;
			const bus = busOf([{ ...onS, targets: [{ arn: 'f', policy, deadLetter: 'queue' }] }], {
				...noFaults,
				happens: (name) => {
					if (name === 'event-refused') times = [...times, now];
					return name === 'event-refused';
				},
			});
			let effects = bus.publish(message, 0);
			for (let next = bus.next(); next !== undefined; next = bus.next()) {
				now = next;
				effects = bus.tick(now);
			}
			expect(effects).toMatchObject([
				{ type: 'drop', arn: 'f', deadLetter: 'queue', attributes: { RULE_ARN: 'r', RETRY_ATTEMPTS: String(times.length - 1) } },
			]);
			return times;
		};
		expect(refusals({ attempts: 0, maxAgeMs: minute })).toEqual([0]);
		expect(refusals({ attempts: 4, maxAgeMs: 60 * minute })).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
		expect(refusals({ attempts: 185, maxAgeMs: 5_000 })).toEqual([0, 1_000, 3_000]);
		const usual = refusals(usualPolicy);
		expect(usual.at(-1)).toBeLessThanOrEqual(24 * 60 * minute);
		expect(usual.length).toBeGreaterThan(100);
		expect(usual.length).toBeLessThanOrEqual(186);
	});
});
