import { describe, expect, it } from 'vitest';
import { EcsError } from '../../../local/ecs/machine/errors.ts';
import { createEcsMachine, type EcsMachineOptions, type Step } from '../../../local/ecs/machine/machine.ts';
import { emptyEcs } from '../../../local/ecs/machine/state.ts';

const hour = 3_600_000;
const definition = {
	family: 'home-1',
	networkMode: 'awsvpc',
	requiresCompatibilities: ['FARGATE'],
	cpu: '1024',
	memory: '2048',
	containerDefinitions: [{ name: 'session', image: 'image', stopTimeout: 120 }],
};
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' } };
const run = { taskDefinition: 'home-1', launchType: 'FARGATE', networkConfiguration: network, startedBy: 'shellpod/s/1', clientToken: 'token' };

/** A machine whose clock the test turns. */
const createWorld = (options: Partial<EcsMachineOptions> = {}) => {
	let ids = 0;
	let now = 1_800_000_000_000;
	const state = emptyEcs();
	const machine = createEcsMachine(state, {
		region: 'us-east-1',
		account: '000000000000',
		newId: () => (++ids).toString(16).padStart(32, '0'),
		delays: { PROVISIONING: 5000, ACTIVATING: 1000, DEACTIVATING: 100, DEPROVISIONING: 2000 },
		...options,
	});
	machine.addCluster('default');
	machine.register(definition, 'test', now);
	const told: string[] = [];
	const effects: Step['effects'] = [];
	const take = <T extends Step>(step: T): T => {
		for (const { detail } of step.events) told.push(`${detail.version} ${detail.lastStatus}/${detail.desiredStatus}`);
		effects.push(...step.effects);
		return step;
	};
	return {
		machine,
		state,
		told,
		effects,
		now: () => now,
		call: (operation: string, input: unknown) => take(machine.call(operation, input, 'test', now)).answer as Record<string, never[]>,
		/** turns the clock, doing what is due on the way */
		pass: (ms: number) => {
			const end = now + ms;
			for (let at = machine.nextAt(); at !== undefined && at <= end; at = machine.nextAt()) {
				now = Math.max(now, at);
				take(machine.advance(now));
			}
			now = end;
			take(machine.advance(now));
		},
		take,
		start: () => {
			const { tasks } = take(machine.call('RunTask', run, 'test', now)).answer as { tasks: { taskArn: string }[] };
			return tasks[0]?.taskArn ?? '';
		},
	};
};

const refusal = (code: string, said: string) => (error: unknown) => {
	expect(error).toBeInstanceOf(EcsError);
	expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
	return true;
};
const refuses = (call: () => unknown, code: string, said = ''): void => {
	try {
		call();
	} catch (error) {
		refusal(code, said)(error);
		return;
	}
	expect.unreachable(`${code} was expected`);
};

describe("a task's life", () => {
	it('goes through every state, with a version each', () => {
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

	it("ends when its container does, with the container's code", () => {
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

	it('is InfrastructureHealth, without a code, when nobody saw its end', () => {
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

	it('that fails to start says why', () => {
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

	it('is described for an hour after its end, then MISSING', () => {
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

describe('client tokens', () => {
	it('the same token with the same parameters is the same task, whatever their order', () => {
		const world = createWorld();
		const arn = world.start();
		const { clientToken, startedBy, ...rest } = run;
		expect(world.call('RunTask', { startedBy, clientToken, ...rest }).tasks).toMatchObject([{ taskArn: arn }]);
		expect(world.machine.tasks()).toHaveLength(1);
	});

	it('with other parameters is a ConflictException that names the task', () => {
		const world = createWorld();
		const arn = world.start();
		try {
			world.call('RunTask', { ...run, startedBy: 'shellpod/s/2' });
			expect.unreachable();
		} catch (error) {
			expect(error).toMatchObject({ code: 'ConflictException', more: { resourceIds: [arn] } });
		}
	});

	it('answers an earlier failure again', () => {
		let room = false;
		const world = createWorld({ noRoom: () => (room ? undefined : { reason: 'Capacity is unavailable at this time.' }) });
		expect(world.call('RunTask', run)).toEqual({ tasks: [], failures: [{ reason: 'Capacity is unavailable at this time.' }] });
		room = true;
		expect(world.call('RunTask', run).failures).toHaveLength(1);
		expect(world.call('RunTask', { ...run, clientToken: 'next' }).tasks).toHaveLength(1);
	});

	it("lives for an hour after its task's end, or 24 hours", () => {
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

describe('requests', () => {
	it.each([
		['an unknown definition', { taskDefinition: 'nothing' }, 'ClientException', 'TaskDefinition not found'],
		['no network', { networkConfiguration: undefined }, 'InvalidParameterException', 'awsvpc'],
		['another launch type', { launchType: 'EC2' }, 'InvalidParameterException', 'FARGATE only'],
		['launch type and capacity provider', { capacityProviderStrategy: [] }, 'InvalidParameterException', 'capacity provider'],
		['too many tasks', { count: 11 }, 'InvalidParameterException', 'count'],
		['a token that is too long', { clientToken: 'x'.repeat(65) }, 'InvalidParameterException', 'clientToken'],
		['a startedBy with a blank', { startedBy: 'a b' }, 'InvalidParameterException', 'startedBy'],
		['volumes in overrides', { overrides: { volumes: [] } }, 'InvalidParameterException', 'overrides.volumes'],
		['volume configurations', { volumeConfigurations: [] }, 'InvalidParameterException', 'volumeConfigurations'],
		['an override of no container', { overrides: { containerOverrides: [{ name: 'x' }] } }, 'InvalidParameterException', 'container named x'],
		[
			'overrides over 8192 characters',
			{ overrides: { containerOverrides: [{ name: 'session', environment: [{ name: 'A', value: 'x'.repeat(8192) }] }] } },
			'InvalidParameterException',
			'8192',
		],
		['another cluster', { cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found'],
	])('RunTask refuses %s', (_, change, code, said) => {
		const world = createWorld();
		refuses(() => world.call('RunTask', { ...run, ...change }), code, said);
		expect(world.machine.tasks()).toHaveLength(0);
	});

	it('an inactive revision is not run', () => {
		const world = createWorld();
		world.call('DeregisterTaskDefinition', { taskDefinition: 'home-1:1' });
		refuses(() => world.call('RunTask', { ...run, taskDefinition: 'home-1:1' }), 'ClientException', 'inactive');
		refuses(() => world.call('RunTask', run), 'ClientException', 'not found');
	});

	it.each([
		['several containers', { containerDefinitions: [1, 2].map((n) => ({ name: `c${n}`, image: 'i' })) }, 'containerDefinitions'],
		['what it does not cover', { containerDefinitions: [{ name: 'c', image: 'i', healthCheck: {} }] }, 'healthCheck'],
		['a size that Fargate has not', { cpu: '1024', memory: '1024' }, 'No Fargate configuration'],
		[
			'a volume that is mounted but not there',
			{ containerDefinitions: [{ name: 'c', image: 'i', mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] }] },
			"'v'",
		],
		[
			'an access point without encryption',
			{ volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: { accessPointId: 'a' } } }] },
			'transitEncryption',
		],
		['a stop timeout over 120 s', { containerDefinitions: [{ name: 'c', image: 'i', stopTimeout: 121 }] }, 'stopTimeout'],
	])('RegisterTaskDefinition refuses %s', (_, change, said) => {
		refuses(() => createWorld().call('RegisterTaskDefinition', { ...definition, ...change }), 'ClientException', said);
	});

	it('registers 20 at once, then one a second', () => {
		const world = createWorld();
		for (let n = 0; n < 20; n++) world.call('RegisterTaskDefinition', { ...definition, family: `f${n}` });
		refuses(() => world.call('RegisterTaskDefinition', definition), 'ThrottlingException', 'Rate exceeded');
		world.pass(1000);
		world.call('RegisterTaskDefinition', definition);
	});

	it('ListClusters and DescribeClusters: what there is, and what is missing', () => {
		const world = createWorld();
		world.start();
		const [arn, ...others] = world.call('ListClusters', {}).clusterArns as string[];
		expect(others).toEqual([]);
		const described = world.call('DescribeClusters', { clusters: [arn, 'nowhere'] });
		expect(described.clusters).toMatchObject([{ clusterArn: arn, status: 'ACTIVE', runningTasksCount: 0, pendingTasksCount: 1 }]);
		expect(described.failures).toMatchObject([{ reason: 'MISSING' }]);
	});

	it('ListTasks: family by desired status, RUNNING by default; startedBy alone', () => {
		const world = createWorld();
		const stopped = world.start();
		world.call('StopTask', { task: stopped });
		world.call('RunTask', { ...run, clientToken: 'b', startedBy: 'shellpod/s/2' });
		const running = world.machine.tasks().at(-1)?.arn;
		expect(world.call('ListTasks', { family: 'home-1' }).taskArns).toEqual([running]);
		expect(world.call('ListTasks', { family: 'home-1', desiredStatus: 'STOPPED' }).taskArns).toEqual([stopped]);
		expect(world.call('ListTasks', { family: 'home-1', desiredStatus: 'PENDING' }).taskArns).toEqual([]);
		expect(world.call('ListTasks', { startedBy: 'shellpod/s/2' }).taskArns).toEqual([running]);
		for (const more of [{ family: 'home-1' }, { desiredStatus: 'STOPPED' }])
			refuses(() => world.call('ListTasks', { startedBy: 'shellpod/s/2', ...more }), 'InvalidParameterException', 'only filter');
	});

	it('StopTask takes the tags away; an unknown task is an InvalidParameterException', () => {
		const world = createWorld();
		world.call('RunTask', { ...run, tags: [{ key: 'a', value: 'b' }] });
		const [task] = world.machine.tasks();
		expect(world.call('DescribeTasks', { tasks: [task?.id], include: ['TAGS'] }).tasks).toMatchObject([{ tags: [{ key: 'a', value: 'b' }] }]);
		world.call('StopTask', { task: task?.id });
		expect(world.call('DescribeTasks', { tasks: [task?.id], include: ['TAGS'] }).tasks).toMatchObject([{ tags: [] }]);
		refuses(() => world.call('StopTask', { task: 'none' }), 'InvalidParameterException', 'not found');
	});

	it('an operation that it does not cover is refused by name, also one that every object has', () => {
		for (const operation of ['CreateService', 'constructor']) refuses(() => createWorld().call(operation, {}), 'ClientException', operation);
	});
});
