import { ECSClient } from '@aws-sdk/client-ecs';
import { createDefinitions } from '@shellpod/functions/adapters/definitions.ts';
import { createTasks } from '@shellpod/functions/adapters/tasks.ts';
import { causeOfText } from '@shellpod/functions/core/causes.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type AnsweringServer, clientOf, startAnsweringServer } from '../../support/answering-server.ts';
import { arnOf, base, intent, session, slot } from '../../support/session-records.ts';

const cluster = 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod';
const deployment = 'pod';

let ecs: AnsweringServer;
beforeEach(async () => {
	ecs = await startAnsweringServer();
});
afterEach(() => ecs.stop());

const open = () => createTasks({ client: new ECSClient(clientOf(ecs)), cluster, deployment, causeOfText });
const operations = () => ecs.asked.map(({ headers, body }) => ({ operation: headers['x-amz-target']?.split('.')[1], ...JSON.parse(body) }));
const answers = (byOperation: Record<string, Answer>) => {
	ecs.answer = ({ headers }) => byOperation[headers['x-amz-target']?.split('.')[1] ?? ''] ?? { status: 500, body: {} };
};
const failure = (type: string, message: string, status = 400): Answer => ({ status, body: { __type: type, message } });

describe('RunTask', () => {
	it('asks with exactly the stored parameters', async () => {
		answers({ RunTask: { body: { tasks: [{ taskArn: arnOf('one') }], failures: [] } } });
		const stored = intent({ generation: 7, network: { subnets: ['subnet-old'], securityGroup: 'sg-old' } });
		expect(await open().run(session, stored)).toEqual({ kind: 'made', arn: arnOf('one') });
		expect(operations()).toEqual([
			{
				operation: 'RunTask',
				cluster,
				taskDefinition: slot.definition,
				launchType: 'FARGATE',
				count: 1,
				clientToken: stored.clientToken,
				startedBy: `pod/${session}/7`,
				networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-old'], securityGroups: ['sg-old'], assignPublicIp: 'ENABLED' } },
			},
		]);
	});

	it.each<[string, Answer, object]>([
		[
			'failures[] with 200',
			{ body: { tasks: [], failures: [{ reason: 'Capacity is unavailable at this time' }] } },
			{ kind: 'refused', cause: { kind: 'capacity', retry: true } },
		],
		[
			'no more vCPUs for the account: 200 with failures',
			{ body: { tasks: [], failures: [{ reason: 'You’ve reached the limit on the number of vCPUs you can run concurrently' }] } },
			{ kind: 'refused', cause: { kind: 'quota', text: 'The AWS account may not run more at once', retry: true } },
		],
		[
			'capacity as an error',
			failure('ClientException', 'Capacity is unavailable at this time'),
			{ kind: 'refused', cause: { kind: 'capacity', retry: true } },
		],
		['an inactive definition', failure('ClientException', 'TaskDefinition is inactive'), { kind: 'refused', cause: { retry: false } }],
		['no rights', failure('AccessDeniedException', 'not authorized'), { kind: 'refused', cause: { retry: false } }],
		['a throttle', failure('ThrottlingException', 'Rate exceeded'), { kind: 'unknown' }],
		['its own fault', failure('ServerException', 'oops', 500), { kind: 'unknown' }],
		['a token that was used otherwise', failure('ConflictException', 'parameters differ'), { kind: 'unknown' }],
		['no answer', 'hang up', { kind: 'unknown' }],
	])('[10] takes %s for what it is', async (_, answer, expected) => {
		answers({ RunTask: answer });
		expect(await open().run(session, intent())).toMatchObject(expected);
	});
});

describe('a look', () => {
	it('[3] lists the family twice, running and stopped, and describes these and the known one', async () => {
		ecs.answer = ({ headers, body }) => {
			if (headers['x-amz-target']?.endsWith('ListTasks')) {
				const { desiredStatus } = JSON.parse(body) as { desiredStatus: string };
				return { body: { taskArns: [arnOf(desiredStatus === 'RUNNING' ? 'one' : 'old')] } };
			}
			return {
				body: {
					tasks: [
						{
							taskArn: arnOf('one'),
							startedBy: `pod/${session}/2`,
							lastStatus: 'PENDING',
							desiredStatus: 'RUNNING',
							containers: [{ name: 'session', lastStatus: 'PENDING' }],
							createdAt: 1_790_000_000,
							pullStartedAt: 1_790_000_010,
						},
						{
							taskArn: arnOf('old'),
							startedBy: 'somebody',
							lastStatus: 'STOPPED',
							desiredStatus: 'STOPPED',
							containers: [{ name: 'session', lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' }],
							stopCode: 'EssentialContainerExited',
							stoppedReason: 'Essential container in task exited',
						},
					],
					failures: [{ arn: arnOf('gone'), reason: 'MISSING' }],
				},
			};
		};
		expect(await open().look('pod-home-100000', arnOf('gone'))).toEqual({
			tasks: [
				{
					arn: arnOf('one'),
					of: { session, generation: 2 },
					lastStatus: 'PENDING',
					desiredStatus: 'RUNNING',
					containers: [{ lastStatus: 'PENDING' }],
					createdAt: new Date(1_790_000_000_000).toISOString(),
					pullStartedAt: new Date(1_790_000_010_000).toISOString(),
				},
				{
					arn: arnOf('old'),
					lastStatus: 'STOPPED',
					desiredStatus: 'STOPPED',
					containers: [{ lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' }],
					stopCode: 'EssentialContainerExited',
					stoppedReason: 'Essential container in task exited',
				},
			],
			missing: [arnOf('gone')],
		});
		const [first, second, third] = operations();
		expect([first, second]).toEqual(
			expect.arrayContaining(
				['RUNNING', 'STOPPED'].map((desiredStatus) => ({ operation: 'ListTasks', cluster, family: 'pod-home-100000', desiredStatus })),
			),
		);
		expect(third).toMatchObject({ operation: 'DescribeTasks', cluster, tasks: [arnOf('gone'), arnOf('one'), arnOf('old')] });
	});

	it('[7] lists the whole cluster page by page, with whose each task is and in whose Home', async () => {
		const pages: Record<string, object> = {
			first: { taskArns: [arnOf('one'), arnOf('two')], nextToken: 'second' },
			second: { taskArns: [], nextToken: 'third' },
			third: { taskArns: [arnOf('three')] },
		};
		const task = (name: string, more: object) => ({ taskArn: arnOf(name), lastStatus: 'RUNNING', desiredStatus: 'RUNNING', ...more });
		ecs.answer = ({ headers, body }) => {
			const asked = JSON.parse(body) as { nextToken?: string; tasks?: string[] };
			if (headers['x-amz-target']?.endsWith('ListTasks')) return { body: pages[asked.nextToken ?? 'first'] ?? {} };
			if (asked.tasks?.length === 1) return { body: { tasks: [task('three', {})] } };
			const ours = task('one', { startedBy: `pod/${session}/2`, group: 'family:pod-home-100000' });
			return { body: { tasks: [ours, task('two', { startedBy: `pod-2/${session}/2`, group: 'service:web' })] } };
		};
		const running = { lastStatus: 'RUNNING', desiredStatus: 'RUNNING', containers: [] };
		expect(await open().list()).toEqual([
			{ ...running, arn: arnOf('one'), of: { session, generation: 2 }, family: 'pod-home-100000' },
			{ ...running, arn: arnOf('two'), family: 'service:web' },
			{ ...running, arn: arnOf('three'), family: '' },
		]);
		const [first] = operations();
		expect(first).toEqual({ operation: 'ListTasks', cluster, desiredStatus: 'RUNNING' });
		expect(operations().map(({ operation }) => operation)).toEqual(['ListTasks', 'DescribeTasks', 'ListTasks', 'ListTasks', 'DescribeTasks']);
	});

	it('asks no DescribeTasks about nothing', async () => {
		answers({ ListTasks: { body: { taskArns: [] } } });
		expect(await open().look('pod-home-100000', undefined)).toEqual({ tasks: [], missing: [] });
	});

	it.each([`other/${session}/1`, `pod/${session}`, `pod/${session}/0`, `pod/${session}/1/x`, 'pod/x/1', ''])(
		'knows no session of a task that was started by %j',
		async (startedBy) => {
			answers({ ListTasks: { body: { taskArns: [arnOf('one')] } }, DescribeTasks: { body: { tasks: [{ taskArn: arnOf('one'), startedBy }] } } });
			expect((await open().look('pod-home-100000', undefined)).tasks[0]).not.toHaveProperty('of');
		},
	);
});

describe('StopTask', () => {
	it('tells why', async () => {
		answers({ StopTask: { body: {} } });
		await open().stop(arnOf('one'), 'You stopped it');
		expect(operations()).toEqual([{ operation: 'StopTask', cluster, task: arnOf('one'), reason: 'You stopped it' }]);
	});

	it('takes a task that is gone for stopped, and nothing else', async () => {
		answers({ StopTask: failure('InvalidParameterException', 'The referenced task was not found.') });
		await open().stop(arnOf('one'), 'x');
		answers({ StopTask: failure('AccessDeniedException', 'no') });
		await expect(open().stop(arnOf('one'), 'x')).rejects.toThrow();
	});
});

describe('definitions', () => {
	const home = { family: slot.family, roleArn: slot.roleArn, accessPointId: slot.accessPointId };
	const definitions = () => createDefinitions({ client: new ECSClient(clientOf(ecs)), base, fileSystem: 'fs-1', deployment });
	const described = {
		taskDefinitionArn: base,
		family: 'pod-base',
		revision: 1,
		status: 'ACTIVE',
		requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.task-eni' }],
		compatibilities: ['FARGATE'],
		registeredBy: 'arn:aws:iam::000000000000:root',
		networkMode: 'awsvpc',
		requiresCompatibilities: ['FARGATE'],
		cpu: '1024',
		memory: '2048',
		runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
		executionRoleArn: 'arn:aws:iam::000000000000:role/execution',
		containerDefinitions: [{ name: 'session', image: 'image:1', essential: true, stopTimeout: 120, environment: [{ name: 'A', value: 'b' }] }],
		volumes: [],
	};
	const own = {
		...described,
		taskDefinitionArn: slot.definition,
		family: slot.family,
		taskRoleArn: slot.roleArn,
		volumes: [
			{
				name: 'home',
				efsVolumeConfiguration: {
					fileSystemId: 'fs-1',
					transitEncryption: 'ENABLED',
					authorizationConfig: { accessPointId: slot.accessPointId, iam: 'ENABLED' },
				},
			},
		],
	};

	it("makes a Home's of the base: same container, its own role and volume", async () => {
		answers({ DescribeTaskDefinition: { body: { taskDefinition: described } }, RegisterTaskDefinition: { body: { taskDefinition: own } } });
		const maker = definitions();
		expect(await maker.register(home)).toBe(slot.definition);
		await maker.register(home);
		const [describe, register, ...rest] = operations();
		expect(describe).toEqual({ operation: 'DescribeTaskDefinition', taskDefinition: base });
		expect(register).toEqual({
			operation: 'RegisterTaskDefinition',
			family: slot.family,
			taskRoleArn: slot.roleArn,
			executionRoleArn: described.executionRoleArn,
			networkMode: 'awsvpc',
			requiresCompatibilities: ['FARGATE'],
			cpu: '1024',
			memory: '2048',
			runtimePlatform: described.runtimePlatform,
			containerDefinitions: [
				{ ...described.containerDefinitions[0], mountPoints: [{ sourceVolume: 'home', containerPath: '/home/dev', readOnly: false }] },
			],
			volumes: own.volumes,
			tags: [{ key: 'shellpod:deployment', value: 'pod' }],
		});
		expect(rest.map(({ operation }) => operation)).toEqual(['RegisterTaskDefinition']);
	});

	it.each<[string, object, boolean]>([
		['as it was made', {}, true],
		["another Home's role", { taskRoleArn: 'arn:aws:iam::000000000000:role/shellpod/pod-home-100001' }, false],
		['another family', { family: 'pod-home-100001' }, false],
		['no volume', { volumes: [] }, false],
		['one volume more', { volumes: [...own.volumes, { name: 'more' }] }, false],
		[
			"another Home's access point",
			{
				volumes: [
					{
						name: 'home',
						efsVolumeConfiguration: {
							fileSystemId: 'fs-1',
							transitEncryption: 'ENABLED',
							authorizationConfig: { accessPointId: 'fsap-2', iam: 'ENABLED' },
						},
					},
				],
			},
			false,
		],
		[
			'the root of the file system',
			{ volumes: [{ name: 'home', efsVolumeConfiguration: { fileSystemId: 'fs-1', transitEncryption: 'ENABLED' } }] },
			false,
		],
	])('[security 1] fits its Home: %s', async (_, changes, fits) => {
		answers({ DescribeTaskDefinition: { body: { taskDefinition: { ...own, ...changes } } } });
		expect(await definitions().fits(slot.definition, home)).toBe(fits);
	});
});
