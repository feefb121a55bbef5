import { describe, expect, it } from 'vitest';
import { createWorld, definition, refuses, run } from './world.ts';

describe('requests', () => {
	it.each([
		['an unknown definition', { taskDefinition: 'nothing' }, 'ClientException', 'TaskDefinition not found'],
		['no network', { networkConfiguration: undefined }, 'InvalidParameterException', 'awsvpc'],
		['another launch type', { launchType: 'EC2' }, 'InvalidParameterException', 'FARGATE only'],
		['launch type and capacity provider', { capacityProviderStrategy: [] }, 'InvalidParameterException', 'capacity provider'],
		[
			'a capacity provider, Spot among them',
			{ launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] },
			'InvalidParameterException',
			'FARGATE only',
		],
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
	])('[aws-D1a] [aws-D1b] [aws-D1c] [aws-D1g] RunTask refuses %s', (_, change, code, said) => {
		const world = createWorld();
		refuses(() => world.call('RunTask', { ...run, ...change }), code, said);
		expect(world.machine.tasks()).toHaveLength(0);
	});

	it('[aws-D1f] an inactive revision is not run', () => {
		const world = createWorld();
		world.call('DeregisterTaskDefinition', { taskDefinition: 'home-1:1' });
		refuses(() => world.call('RunTask', { ...run, taskDefinition: 'home-1:1' }), 'ClientException', 'inactive');
		refuses(() => world.call('RunTask', run), 'ClientException', 'not found');
	});

	it('[aws-D2f] revisions are deleted when they are inactive, at most 10 at once, and the others are named in failures', () => {
		const world = createWorld();
		world.call('RegisterTaskDefinition', definition);
		world.call('DeregisterTaskDefinition', { taskDefinition: 'home-1:1' });
		const { taskDefinitions, failures } = world.call('DeleteTaskDefinitions', { taskDefinitions: ['home-1:1', 'home-1:2', 'home-1:9'] });
		expect(taskDefinitions).toMatchObject([{ revision: 1, status: 'DELETE_IN_PROGRESS' }]);
		expect(failures).toMatchObject([{ reason: expect.stringContaining('still in ACTIVE status') }, { arn: 'home-1:9' }]);
		expect(world.call('ListTaskDefinitions', { familyPrefix: 'home-1', status: 'INACTIVE' }).taskDefinitionArns).toEqual([]);
		refuses(() => world.call('DescribeTaskDefinition', { taskDefinition: 'home-1:1' }), 'ClientException', 'Unable to describe');
		const eleven = Array.from({ length: 11 }, (_, at) => `home-1:${at}`);
		refuses(() => world.call('DeleteTaskDefinitions', { taskDefinitions: eleven }), 'InvalidParameterException', 'taskDefinitions');
	});

	it('[aws-D2g] a deleted revision is in progress as long as a task refers to it, and no other is run', () => {
		const world = createWorld();
		world.call('RunTask', run);
		world.call('DeregisterTaskDefinition', { taskDefinition: 'home-1:1' });
		world.call('DeleteTaskDefinitions', { taskDefinitions: ['home-1:1'] });
		const { taskDefinition } = world.call('DescribeTaskDefinition', { taskDefinition: 'home-1:1' });
		expect(taskDefinition).toMatchObject({ status: 'DELETE_IN_PROGRESS' });
		refuses(() => world.call('RunTask', { ...run, clientToken: 'another', taskDefinition: 'home-1:1' }), 'ClientException', 'inactive');
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

	it('[aws-D2a] registers 20 at once, then one a second', () => {
		const world = createWorld();
		for (let n = 0; n < 20; n++) world.atOnce('RegisterTaskDefinition', { ...definition, family: `f${n}` });
		refuses(() => world.call('RegisterTaskDefinition', definition), 'ThrottlingException', 'Rate exceeded');
		world.pass(1000);
		world.call('RegisterTaskDefinition', definition);
	});

	it('[aws-D2b] of two registrations in one family at once the second fails; one after the other, or in two families, they do not', () => {
		const world = createWorld();
		world.atOnce('RegisterTaskDefinition', definition);
		refuses(() => world.atOnce('RegisterTaskDefinition', definition), 'ClientException', 'Too many concurrent attempts to create a new revision');
		world.call('RegisterTaskDefinition', { ...definition, family: 'home-2' });
		world.call('RegisterTaskDefinition', definition);
		world.call('RegisterTaskDefinition', definition);
		const { taskDefinitionArns } = world.call('ListTaskDefinitions', { familyPrefix: 'home-1' });
		expect(taskDefinitionArns).toHaveLength(4);
	});

	it('[aws-D3a] [aws-D3b] RunTask 20 a second, launches 100 at once and then 20 a second; more is a ThrottlingException with status 400', () => {
		const world = createWorld();
		const launch = (count: number) => world.call('RunTask', { ...run, clientToken: undefined, count });
		for (let n = 0; n < 20; n++) launch(1);
		try {
			launch(1);
			expect.unreachable();
		} catch (error) {
			expect(error).toMatchObject({ code: 'ThrottlingException', status: 400, message: 'Rate exceeded' });
		}
		// both buckets are full again
		world.pass(5000);
		for (let n = 0; n < 10; n++) launch(10);
		refuses(() => launch(1), 'ThrottlingException');
		world.pass(499);
		refuses(() => launch(10), 'ThrottlingException');
		world.pass(1);
		launch(10);
		expect(world.machine.tasks()).toHaveLength(130);
	});

	it('[aws-D2c] DescribeTasks takes 100, not 101, and not none', () => {
		const world = createWorld();
		const ids = (count: number) => Array.from({ length: count }, (_, at) => `${at}`.padStart(32, '0'));
		expect(world.call('DescribeTasks', { tasks: ids(100) }).failures).toHaveLength(100);
		for (const count of [0, 101]) refuses(() => world.call('DescribeTasks', { tasks: ids(count) }), 'InvalidParameterException', 'tasks');
	});

	it('[aws-D2e] what is no id of a task is not looked for', () => {
		const world = createWorld();
		for (const task of ['None', '', 'arn:aws:ecs:us-east-1:000000000000:task/default/x'])
			for (const call of [() => world.call('StopTask', { task }), () => world.call('DescribeTasks', { tasks: [task] })])
				refuses(call, 'InvalidParameterException', 'taskId length should be one of [32,36]');
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

	it('[aws-D2d] ListTasks: family by desired status, RUNNING by default; startedBy alone', () => {
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

	it('[aws-D4e] StopTask takes the tags away; an unknown task is an InvalidParameterException', () => {
		const world = createWorld();
		world.call('RunTask', { ...run, tags: [{ key: 'a', value: 'b' }] });
		const [task] = world.machine.tasks();
		expect(world.call('DescribeTasks', { tasks: [task?.id], include: ['TAGS'] }).tasks).toMatchObject([{ tags: [{ key: 'a', value: 'b' }] }]);
		world.call('StopTask', { task: task?.id });
		expect(world.call('DescribeTasks', { tasks: [task?.id], include: ['TAGS'] }).tasks).toMatchObject([{ tags: [] }]);
		refuses(() => world.call('StopTask', { task: 'f'.repeat(32) }), 'InvalidParameterException', 'not found');
	});

	it('an operation that it does not cover is refused by name, also one that every object has', () => {
		for (const operation of ['CreateService', 'constructor'])
			refuses(() => createWorld().call(operation, {}), 'UnknownOperationException', operation);
	});
});
