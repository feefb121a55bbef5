import { describe, expect, it } from 'vitest';
import { createWorld, hour, refuses, run } from './world.ts';

describe("a task's life", () => {
	it('[aws-D4a] goes through every state, with a version each', () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		expect(world.effects).toEqual([{ kind: 'launch', task: arn }]);
		world.take(world.machine.launched(arn, world.now()));
		world.pass(1000);
		world.call('StopTask', { task: arn, reason: 'enough' });
		world.pass(100);
		expect(world.effects.at(-1)).toEqual({ kind: 'signal', task: arn, signal: 'SIGTERM' });
		world.take(world.machine.exited(arn, { code: 0 }, world.now()));
		world.pass(2000);
		expect(world.told).toEqual([
			'1 PROVISIONING/RUNNING',
			'2 PENDING/RUNNING',
			'3 ACTIVATING/RUNNING',
			'4 RUNNING/RUNNING',
			'5 RUNNING/STOPPED',
			'6 DEACTIVATING/STOPPED',
			'7 STOPPING/STOPPED',
			'8 STOPPING/STOPPED',
			'9 DEPROVISIONING/STOPPED',
			'10 STOPPED/STOPPED',
		]);
		expect(world.machine.task(arn)).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough', containers: [{ exitCode: 0 }] });
		expect(world.effects.at(-1)).toEqual({ kind: 'discard', task: arn });
		expect(world.machine.nextAt()).toBeUndefined();
	});

	it('SIGKILL follows SIGTERM after stopTimeout', () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		world.take(world.machine.launched(arn, world.now()));
		world.pass(1000);
		world.call('StopTask', { task: arn });
		world.pass(100 + 119_999);
		expect(world.effects.at(-1)).toMatchObject({ signal: 'SIGTERM' });
		world.pass(1);
		expect(world.effects.at(-1)).toMatchObject({ signal: 'SIGKILL' });
	});

	it("[aws-D11d] ends when its container does, with the container's code", () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		world.take(world.machine.launched(arn, world.now()));
		world.take(world.machine.exited(arn, { code: 3 }, world.now()));
		world.pass(5000);
		expect(world.machine.task(arn)).toMatchObject({
			lastStatus: 'STOPPED',
			stopCode: 'EssentialContainerExited',
			containers: [{ exitCode: 3, lastStatus: 'STOPPED' }],
		});
	});

	it('[aws-D11c] is InfrastructureHealth, without a code, when nobody saw its end', () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		world.take(world.machine.launched(arn, world.now()));
		world.pass(1000);
		world.take(world.machine.exited(arn, {}, world.now()));
		world.pass(5000);
		expect(world.machine.task(arn)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'InfrastructureHealth' });
		expect(world.machine.task(arn).containers[0]?.exitCode).toBeUndefined();
	});

	it('[aws-D4c] that fails to start says why', () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		world.take(world.machine.failed(arn, 'CannotPullContainerError: no', world.now()));
		world.pass(2000);
		expect(world.machine.task(arn)).toMatchObject({
			lastStatus: 'STOPPED',
			stopCode: 'TaskFailedToStart',
			stoppedReason: 'CannotPullContainerError: no',
		});
	});

	it('stopped before its container came is never launched; stopped while it comes is ended', () => {
		const world = createWorld();
		const early = world.start();
		world.call('StopTask', { task: early });
		world.pass(10_000);
		expect(world.machine.task(early)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
		expect(world.effects).toEqual([{ kind: 'discard', task: early }]);
		const { tasks } = world.call('RunTask', { ...run, clientToken: 'other' }) as unknown as { tasks: { taskArn: string }[] };
		const late = tasks[0]?.taskArn ?? '';
		world.pass(5000);
		world.call('StopTask', { task: late });
		world.take(world.machine.launched(late, world.now()));
		world.pass(1200);
		expect(world.effects.at(-1)).toEqual({ kind: 'signal', task: late, signal: 'SIGTERM' });
	});

	it('stopped while its container never comes is ended after stopTimeout', () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		world.call('StopTask', { task: arn });
		world.pass(120_000);
		expect(world.effects.at(-1)).toEqual({ kind: 'signal', task: arn, signal: 'SIGKILL' });
		world.take(world.machine.failed(arn, 'CannotStartContainerError: killed', world.now()));
		world.pass(5000);
		expect(world.machine.task(arn)).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
		expect(world.machine.nextAt()).toBeUndefined();
	});

	it('[aws-D4d] is described for an hour after its end, then MISSING', () => {
		const world = createWorld();
		const arn = world.start();
		world.call('StopTask', { task: arn });
		world.pass(10_000);
		world.pass(hour - 20_000);
		expect(world.call('DescribeTasks', { tasks: [arn] }).tasks).toHaveLength(1);
		world.pass(30_000);
		expect(world.call('DescribeTasks', { tasks: [arn] })).toEqual({ tasks: [], failures: [{ arn, reason: 'MISSING' }] });
	});

	it('a shutdown ends every task within its grace and runs nothing new', () => {
		const world = createWorld();
		const arn = world.start();
		world.pass(5000);
		world.take(world.machine.launched(arn, world.now()));
		world.pass(1000);
		world.take(world.machine.shutDown(3000, world.now()));
		world.pass(100);
		expect(world.effects.at(-1)).toMatchObject({ signal: 'SIGTERM' });
		world.pass(3000);
		expect(world.effects.at(-1)).toMatchObject({ signal: 'SIGKILL' });
		refuses(() => world.call('RunTask', run), 'ServerException');
		expect(world.machine.task(arn)).toMatchObject({ stopCode: 'TerminationNotice', desiredStatus: 'STOPPED' });
	});
});
