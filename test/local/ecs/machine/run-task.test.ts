import { describe, expect, it } from 'vitest';
import { noFaults } from '../../../../local/faults/faults.ts';
import { createWorld, hour, run } from './world.ts';

describe('client tokens', () => {
	it('[aws-D1d] the same token with the same parameters is the same task, whatever their order', () => {
		const world = createWorld();
		const arn = world.start();
		const { clientToken, startedBy, ...rest } = run;
		expect(world.call('RunTask', { startedBy, clientToken, ...rest }).tasks).toMatchObject([{ taskArn: arn }]);
		expect(world.machine.tasks()).toHaveLength(1);
	});

	it('[aws-D1d] with other parameters is a ConflictException that names the task', () => {
		const world = createWorld();
		const arn = world.start();
		try {
			world.call('RunTask', { ...run, startedBy: 'shellpod/s/2' });
			expect.unreachable();
		} catch (error) {
			expect(error).toMatchObject({ code: 'ConflictException', more: { resourceIds: [arn] } });
		}
	});

	it('[aws-D1e] answers an earlier failure again', () => {
		let room = false;
		const world = createWorld({ faults: { ...noFaults, happens: (name) => name === 'no-capacity' && !room } });
		const reason = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
		expect(world.call('RunTask', run)).toEqual({ tasks: [], failures: [{ reason }] });
		room = true;
		expect(world.call('RunTask', run).failures).toHaveLength(1);
		expect(world.call('RunTask', { ...run, clientToken: 'next' }).tasks).toHaveLength(1);
	});

	it("[aws-D1d] lives for an hour after its task's end, or 24 hours", () => {
		const world = createWorld();
		const arn = world.start();
		world.call('StopTask', { task: arn });
		world.pass(10_000 + hour + 1);
		expect(world.start()).not.toBe(arn);
		const lasting = world.machine.tasks().at(-1)?.arn;
		world.pass(24 * hour + 1);
		expect(world.start()).not.toBe(lasting);
	});
});
