/** Tasks that no record knows: whoever lost them, none of them runs on. */
import { expect, it } from 'vitest';
import { createOrphans } from '../world/orphans.ts';
import type { World } from '../world/world.ts';
import { inWorld, minute, patience, startedBy, within } from './in-world.ts';

const living = ({ ecs }: World): string[] =>
	ecs.machine.tasks().flatMap(({ startedBy, lastStatus }) => (startedBy === undefined || lastStatus === 'STOPPED' ? [] : [startedBy]));

const story = (seed: number, orphans: number, ms: number) =>
	inWorld(
		{ seed, rates: { 'list-stale': 0.3, 'stop-ignored': 0.2, 'stop-answer-lost': 0.2, 'index-late': 0.2, 'table-fails': 0.02 } },
		async (world, kernel) => {
			const session = await startedBy(world, 'ann');
			const lost = createOrphans(world.ecs, kernel.date).lose(orphans);
			await kernel.sleep(minute, 'they run');
			const then = living(world).length;
			const took = await within(kernel, ms, () => !living(world).some((one) => lost.includes(one)));
			return { then, took, left: living(world).length, phase: world.records.newest(session)?.phase };
		},
	);

it.each([1, 2, 3])(
	'[S9] three orphans are gone within 15 minutes, and the session beside them runs on (seed %i)',
	async (seed) => {
		const { then, took, left, phase } = await story(seed, 3, 14 * minute);
		expect(then).toBe(4);
		expect(took).toBeLessThan(14 * minute);
		expect([left, phase]).toEqual([1, 'running']);
	},
	patience,
);

it(
	'[7] four of five tasks are too many: they run on, and so does all else',
	async () => {
		const { then, took, left, phase } = await story(1, 4, 14 * minute);
		expect([then, took, left, phase]).toEqual([5, undefined, 5, 'running']);
	},
	patience,
);
