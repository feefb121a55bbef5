import { describe, expect, it } from 'vitest';
import { type Faults, noFaults } from '../../../../local/faults/faults.ts';
import type { ChanceName } from '../../../../local/faults/names.ts';
import { createWorld, faultsOf, refuses, run } from './world.ts';

/** These happen each time; of several ways it is the one at `way`. */
const always = (way: number, ...names: ChanceName[]): Faults => ({
	...noFaults,
	happens: (name) => names.includes(name),
	choose: (_, ways) => ways[way] ?? ways[0],
});
const seeds = Array.from({ length: 30 }, (_, at) => at + 1);

const startedIn = (faults: Faults) => {
	const world = createWorld({ faults });
	const arn = world.start();
	return { world, arn, task: () => world.machine.task(arn) };
};
/** until its container is asked for, then until it runs */
const runningIn = (faults: Faults) => {
	const one = startedIn(faults);
	one.world.pass(5000);
	one.world.take(one.world.machine.launched(one.arn, one.world.now()));
	one.world.pass(1000);
	expect(one.task().lastStatus).toBe('RUNNING');
	return one;
};

describe('answers', () => {
	it('[aws-D8a] DescribeTasks does not know a new task for up to 10 s, and lists not for up to 60 s; its token does', () => {
		const seen = seeds.map((seed) => {
			const { world, arn } = startedIn(faultsOf('list-stale=100%', seed));
			expect(world.call('DescribeTasks', { tasks: [arn] })).toEqual({ tasks: [], failures: [{ arn, reason: 'MISSING' }] });
			expect(world.call('ListTasks', { family: 'home-1' }).taskArns).toEqual([]);
			expect(world.start()).toBe(arn);
			world.pass(10_000);
			const listed = world.call('ListTasks', { family: 'home-1' }).taskArns?.length;
			expect(world.call('DescribeTasks', { tasks: [arn] }).tasks).toHaveLength(1);
			world.pass(50_000);
			expect(world.call('ListTasks', { family: 'home-1' }).taskArns).toEqual([arn]);
			return listed;
		});
		expect(new Set(seen)).toEqual(new Set([0, 1]));
	});

	it('[aws-D8b] a RunTask that is not answered made its task, which its token then tells, or made none', () => {
		const made = createWorld({ faults: always(0, 'run-answer-lost') });
		expect(made.call('RunTask', run)).toBeUndefined();
		expect(made.machine.tasks()).toHaveLength(1);
		expect(made.told).toEqual(['1 PROVISIONING/RUNNING']);
		const none = createWorld({ faults: always(1, 'run-answer-lost') });
		expect(none.call('RunTask', run)).toBeUndefined();
		expect(none.machine.tasks()).toEqual([]);

		const sometimes = createWorld({ faults: faultsOf('run-answer-lost=50%', 3) });
		for (let tries = 0; tries < 10; tries++) {
			const tasks = sometimes.call('RunTask', run)?.tasks;
			if (tasks) expect(tasks).toHaveLength(1);
		}
		expect(sometimes.machine.tasks()).toHaveLength(1);
	});

	it('[aws-D8c] StopTask is done or not done when it is not answered; answered, it may be forgotten', () => {
		for (const [way, desired] of ['STOPPED', 'RUNNING'].entries()) {
			const { world, arn, task } = startedIn(always(way, 'stop-answer-lost'));
			expect(world.call('StopTask', { task: arn })).toBeUndefined();
			expect(task().desiredStatus).toBe(desired);
		}
		const { world, arn, task } = startedIn(always(0, 'stop-ignored'));
		expect(world.call('StopTask', { task: arn }).task).toMatchObject({ taskArn: arn, desiredStatus: 'RUNNING' });
		expect(task().desiredStatus).toBe('RUNNING');
	});

	it('[aws-D3b] any call may be throttled, or fail, before it does anything', () => {
		const throttled = createWorld({ faults: always(0, 'ecs-throttled') });
		refuses(() => throttled.call('RunTask', run), 'ThrottlingException', 'Rate exceeded');
		refuses(() => throttled.call('ListClusters', {}), 'ThrottlingException');
		const failing = createWorld({ faults: always(0, 'ecs-fails') });
		refuses(() => failing.call('RunTask', run), 'ServerException');
		expect([...throttled.machine.tasks(), ...failing.machine.tasks()]).toEqual([]);
	});

	it('[aws-D10b] no capacity and no more vCPUs are failures, not errors, and make nothing', () => {
		for (const [way, said] of ['Capacity is unavailable at this time.', 'the limit on the number of vCPUs'].entries()) {
			const world = createWorld({ faults: always(way, 'no-capacity') });
			expect(world.call('RunTask', run)).toEqual({ tasks: [], failures: [{ reason: expect.stringContaining(said) }] });
			expect(world.machine.tasks()).toEqual([]);
		}
	});
});

describe('a start', () => {
	it('[aws-D4b] takes as long as is asked for: PROVISIONING first, then the image', () => {
		const { world, arn, task } = startedIn({ ...noFaults, ms: (name) => (name === 'ecs-start' ? 40_000 : undefined) });
		world.pass(9_999);
		expect(task().lastStatus).toBe('PROVISIONING');
		world.pass(1);
		expect(task()).toMatchObject({ lastStatus: 'PENDING', pullStartedAt: world.now() });
		world.pass(29_999);
		expect(world.effects).toEqual([]);
		world.pass(1);
		expect(world.effects).toEqual([{ kind: 'launch', task: arn }]);
		world.take(world.machine.launched(arn, world.now()));
		expect(task()).toMatchObject({ lastStatus: 'ACTIVATING', pullStoppedAt: world.now() });
		expect(world.told).toHaveLength(3);
	});

	it.each([
		['network-fails', 'Timeout waiting for network interface provisioning to complete.'],
		['image-fails', 'CannotPullContainerError: '],
		['home-fails', 'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes'],
	] as const)('[aws-D10a] %s is TaskFailedToStart in AWS words, and nothing was launched', (name, said) => {
		for (const seed of seeds) {
			const { world, arn, task } = startedIn(faultsOf(`${name}=100%`, seed));
			world.pass(190_000);
			expect(task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason: expect.stringContaining(said) });
			expect(task().containers[0]?.exitCode).toBeUndefined();
			expect(world.effects).toEqual([{ kind: 'discard', task: arn }]);
			expect(world.told.some((line) => line.includes('PENDING'))).toBe(name !== 'network-fails');
		}
	});

	it.each([
		['D10c', 'image-missing', [/: not found$/, /descriptor matching platform 'linux\/arm64'/]],
		['D10d', 'home-denied', [/^ResourceInitializationError: .*access denied by server/]],
	] as const)('[aws-D10c] [aws-D10d] %s: %s fails within 3 s of its pull, in each of the words that are known', (_, name, said) => {
		const heard = seeds.map((seed) => {
			const { world, task } = startedIn(faultsOf(`${name}=100%`, seed));
			world.pass(60_000);
			const { lastStatus, stopCode, stoppingAt = 0, pullStartedAt = 0 } = task();
			expect([lastStatus, stopCode]).toEqual(['STOPPED', 'TaskFailedToStart']);
			expect(stoppingAt - pullStartedAt).toBeLessThanOrEqual(3_000);
			expect(stoppingAt).toBeGreaterThan(pullStartedAt);
			return task().stoppedReason ?? '';
		});
		for (const words of said) expect(heard.some((one) => words.test(one))).toBe(true);
		expect(heard.every((one) => said.some((words) => words.test(one)))).toBe(true);
	});

	it('[aws-D10a] may never come to its end; a stop ends it', () => {
		const { world, arn, task } = startedIn(always(0, 'never-comes-up'));
		world.pass(3_600_000);
		expect(task().lastStatus).toBe('PENDING');
		world.call('StopTask', { task: arn, reason: 'enough' });
		world.pass(2000);
		expect(task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
		expect(world.effects).toEqual([{ kind: 'discard', task: arn }]);
	});

	it('that is stopped while its image is pulled is never launched', () => {
		const { world, arn, task } = startedIn({ ...noFaults, ms: (name) => (name === 'ecs-start' ? 40_000 : undefined) });
		world.pass(20_000);
		world.call('StopTask', { task: arn });
		world.pass(60_000);
		expect(task().lastStatus).toBe('STOPPED');
		expect(world.effects).toEqual([{ kind: 'discard', task: arn }]);
	});

	it('[aws-D12] may end in a task that runs and reaches nothing', () => {
		const { world, arn } = runningIn(always(0, 'never-connects'));
		expect(world.effects).toEqual([{ kind: 'launch', task: arn, apart: true }]);
	});
});

describe('an end', () => {
	const within = (wanted: string): Faults => ({ ...noFaults, ms: (name) => (name === wanted ? 60_000 : undefined) });

	it('[aws-D11b] retirement: SIGTERM first, in the words of AWS; by the seed with one code or the other', () => {
		const codes = [0, 1].map((way) => {
			const { world, arn, task } = runningIn({ ...within('retired'), choose: (_, ways) => ways[way] ?? ways[0] });
			world.pass(59_999);
			expect(task().desiredStatus).toBe('RUNNING');
			world.pass(1 + 100);
			expect(world.effects.at(-1)).toEqual({ kind: 'signal', task: arn, signal: 'SIGTERM' });
			world.take(world.machine.exited(arn, { code: 0 }, world.now()));
			world.pass(2000);
			expect(task()).toMatchObject({
				lastStatus: 'STOPPED',
				stoppedReason: 'ECS is performing maintenance on the underlying infrastructure hosting the task',
				containers: [{ exitCode: 0 }],
			});
			return task().stopCode;
		});
		expect(codes).toEqual(['TerminationNotice', 'InfrastructureHealth']);
	});

	it('[aws-D11c] a host that dies: no SIGTERM, and no code', () => {
		const { world, arn, task } = runningIn(within('host-lost'));
		world.pass(60_000);
		expect(world.effects.at(-1)).toEqual({ kind: 'signal', task: arn, signal: 'SIGKILL' });
		world.take(world.machine.exited(arn, { code: 137 }, world.now()));
		world.pass(5000);
		expect(task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'InfrastructureHealth' });
		expect(task().containers[0]?.exitCode).toBeUndefined();
		expect(world.effects.filter(({ kind }) => kind === 'signal')).toHaveLength(1);
	});

	it('[aws-D11e] out of memory: 137, and the container says so', () => {
		const { world, arn, task } = runningIn(within('out-of-memory'));
		world.pass(60_000);
		world.take(world.machine.exited(arn, { code: 137 }, world.now()));
		world.pass(5000);
		expect(task()).toMatchObject({
			stopCode: 'EssentialContainerExited',
			containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
		});
		expect(world.call('DescribeTasks', { tasks: [arn] }).tasks).toMatchObject([{ containers: [{ reason: expect.stringContaining('OutOfMemory') }] }]);
	});

	it('comes once, by what comes first, and not to a task that is stopped before', () => {
		const { world, arn, task } = runningIn({ ...noFaults, ms: (name) => ({ retired: 90_000, 'host-lost': 30_000 })[name as string] });
		world.call('StopTask', { task: arn });
		world.pass(100);
		world.take(world.machine.exited(arn, { code: 0 }, world.now()));
		world.pass(200_000);
		expect(task()).toMatchObject({ stopCode: 'UserInitiated', containers: [{ exitCode: 0 }] });
		const first = runningIn({ ...noFaults, ms: (name) => ({ retired: 90_000, 'host-lost': 30_000 })[name as string] });
		first.world.pass(30_000);
		expect(first.world.effects.at(-1)).toMatchObject({ signal: 'SIGKILL' });
		expect(first.world.machine.nextAt()).toBeUndefined();
	});
});

it('what is in store for a task is kept with it: the same after a restart, and nothing of it is told', () => {
	const world = createWorld({ faults: faultsOf('ecs-start=10..20s,host-lost=1m,list-stale=100%,never-connects=100%') });
	const arn = world.start();
	const kept = JSON.parse(JSON.stringify(world.state));
	expect(kept).toEqual(world.state);
	expect(kept.tasks[0].fate).toMatchObject({ slow: {}, end: { by: 'host' }, apart: true });
	world.pass(60_000);
	const [told] = world.call('DescribeTasks', { tasks: [arn] }).tasks ?? [];
	expect(Object.keys(told ?? {}).filter((name) => /fate|withheld|From$|struck/.test(name))).toEqual([]);
});
