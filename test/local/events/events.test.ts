import { describe, expect, it } from 'vitest';
import { createBus, type Rule } from '../../../local/events/machine.ts';
import { compilePattern } from '../../../local/events/pattern.ts';

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
const target = { arn: 'f', retry: { attempts: 2, maxAgeMs: 6 * 60 * minute } };

const busOf = (...rules: Rule[]) => {
	let ids = 0;
	return createBus({ account: '000000000000', region: 'us-east-1', rules, uuid: () => `id-${++ids}` });
};

describe('the bus', () => {
	it('gives an event to the targets of the rules that match, in its envelope', () => {
		const bus = busOf(
			{ arn: 'r1', pattern: { source: ['aws.ecs'] }, targets: [target] },
			{ arn: 'r2', pattern: { source: ['other'] }, targets: [target] },
		);
		const [invocation, ...others] = bus.publish({ ...event, resources: ['arn:task'] }, Date.UTC(2026, 10, 22, 8, 0, 0, 123));
		expect(others).toEqual([]);
		expect(JSON.parse(invocation?.payload ?? '')).toEqual({
			version: '0',
			id: 'id-1',
			'detail-type': 'ECS Task State Change',
			source: 'aws.ecs',
			account: '000000000000',
			time: '2026-11-22T08:00:00Z',
			region: 'us-east-1',
			resources: ['arn:task'],
			detail: event.detail,
		});
	});

	it('fires a schedule at the start and then every minute, once after a long sleep', () => {
		const bus = busOf({ arn: 'every', everyMs: minute, targets: [target] });
		const start = 1_000_000;
		expect(bus.tick(start)).toHaveLength(1);
		expect(bus.tick(start + minute - 1)).toEqual([]);
		expect(JSON.parse(bus.tick(start + minute)[0]?.payload ?? '')).toMatchObject({ source: 'aws.events', resources: ['every'], detail: {} });
		expect(bus.tick(start + 60 * minute)).toHaveLength(1);
		expect(bus.tick(start + 60 * minute + 1)).toEqual([]);
	});

	it('[aws-B4d] tries a failed invocation again after one and two minutes, then drops it', () => {
		const bus = busOf({ arn: 'r', pattern: { source: ['s'] }, targets: [target] });
		const id = bus.publish({ source: 's', 'detail-type': 't', resources: [], detail: {} }, 0)[0]?.id ?? 0;
		expect(bus.ended(id, false, 100)).toBe('again');
		expect(bus.tick(100 + minute - 1)).toEqual([]);
		expect(bus.tick(100 + minute).map((one) => one.id)).toEqual([id]);
		expect(bus.ended(id, false, 2 * minute)).toBe('again');
		expect(bus.tick(4 * minute).map((one) => one.id)).toEqual([id]);
		expect(bus.ended(id, false, 5 * minute)).toBe('dropped');
		expect(bus.tick(99 * minute)).toEqual([]);
	});

	it('ends with success, and does not try what would be too old', () => {
		const bus = busOf({ arn: 'r', pattern: { source: ['s'] }, targets: [{ arn: 'f', retry: { attempts: 2, maxAgeMs: minute } }] });
		const publish = () => bus.publish({ source: 's', 'detail-type': 't', resources: [], detail: {} }, 0)[0]?.id ?? 0;
		expect(bus.ended(publish(), true, 1)).toBe('done');
		expect(bus.ended(publish(), false, 1)).toBe('dropped');
		expect(bus.tick(99 * minute)).toEqual([]);
	});
});
