import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	ConflictException,
	CreateServiceCommand,
	DescribeTaskDefinitionCommand,
	DescribeTasksCommand,
	InvalidParameterException,
	ListTaskDefinitionsCommand,
	ListTasksCommand,
	StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { createEcsFixture } from './fixture.ts';

const fixture = await createEcsFixture();
const { client, server } = fixture;
afterAll(fixture.close);

describe("ECS through AWS's own client", () => {
	it('registers, describes and lists definitions; every registration is a revision', async () => {
		const first = await fixture.register('listed', 'true');
		const second = await fixture.register('listed', 'true');
		expect([first, second].map((arn) => arn.split('/').at(-1))).toEqual(['listed:1', 'listed:2']);
		const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'listed' }));
		expect(taskDefinition).toMatchObject({ taskDefinitionArn: second, status: 'ACTIVE', revision: 2, taskRoleArn: fixture.made.roleArn });
		expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({ name: 'session', essential: true, portMappings: [], stopTimeout: 2 });
		expect(taskDefinition?.registeredAt).toBeInstanceOf(Date);
		const { taskDefinitionArns } = await client.send(new ListTaskDefinitionsCommand({ familyPrefix: 'listed', sort: 'DESC' }));
		expect(taskDefinitionArns).toEqual([second, first]);
	});

	it('what it describes can be registered again', async () => {
		await fixture.register('again', 'true');
		const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'again' }));
		const [container] = taskDefinition?.containerDefinitions ?? [];
		expect(await fixture.register('again', 'true', { ...container })).toMatch(/again:2$/);
	});

	it("answers in AWS's classes", async () => {
		const definition = await fixture.register('refused', 'true');
		const token = { clientToken: 'one' };
		const task = await fixture.run(definition, token);
		const conflict = await fixture.run(definition, { ...token, startedBy: 'x' }).catch((error: unknown) => error);
		expect(conflict).toBeInstanceOf(ConflictException);
		expect(conflict).toMatchObject({ resourceIds: [task.taskArn] });
		await expect(client.send(new StopTaskCommand({ cluster: fixture.made.cluster, task: 'nothing' }))).rejects.toBeInstanceOf(
			InvalidParameterException,
		);
		await expect(client.send(new CreateServiceCommand({ serviceName: 'x' }))).rejects.toThrow("doesn't cover CreateService");
	});

	it("makes the template's definition once, anew when it changed, and the old one inactive", async () => {
		const properties = {
			Family: 'base',
			RequiresCompatibilities: ['FARGATE'],
			NetworkMode: 'awsvpc',
			Cpu: '1024',
			Memory: 2048,
			RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
			ContainerDefinitions: [
				{
					Name: 'session',
					Image: 'i',
					Essential: 'true',
					StopTimeout: 120,
					LinuxParameters: { InitProcessEnabled: true },
					Environment: [{ Name: 'A', Value: 'b' }],
				},
			],
		};
		const make = async (more: object) => await fixture.ecs.create(server.resource('AWS::ECS::TaskDefinition', { ...properties, ...more }));
		const first = await make({});
		expect(await make({})).toEqual(first);
		const second = await make({ Memory: 4096 });
		expect([first.ref, second.ref].map((arn) => arn.split('/').at(-1))).toEqual(['base:1', 'base:2']);
		const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: first.ref }));
		expect(taskDefinition).toMatchObject({ status: 'INACTIVE', runtimePlatform: { cpuArchitecture: 'ARM64' } });
		expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({
			essential: true,
			linuxParameters: { initProcessEnabled: true },
			environment: [{ name: 'A', value: 'b' }],
		});
		await expect(make({ Volumes: [{ Name: 'x', Host: {} }] })).rejects.toThrow('host');
	});
});

describe.skipIf(sandboxProblem() !== undefined)('a task', () => {
	it('[aws-D7] runs its container with the Home, tells every state on the bus, and ends with the container', async () => {
		const definition = await fixture.register(
			'whole',
			'id -u; stat -c %u:%a /home/dev; echo "$FROM_DEFINITION $FROM_REQUEST" >/home/dev/whole; exit 4',
		);
		const task = await fixture.run(definition, {
			startedBy: 'shellpod/s/1',
			overrides: { containerOverrides: [{ name: 'session', environment: [{ name: 'FROM_REQUEST', value: 'too' }] }] },
		});
		const stopped = await fixture.reached(task, 'STOPPED');
		expect(await fixture.wrote('whole')).toBe('yes too\n');
		const seen = server.events.map((event) => event.detail as Record<string, unknown>).filter((detail) => detail.taskArn === task.taskArn);
		expect(seen.map((detail) => detail.version)).toEqual(seen.map((_, index) => index + 1));
		expect([...new Set(seen.map((detail) => detail.lastStatus))].join(' ')).toBe(
			'PROVISIONING PENDING ACTIVATING RUNNING DEACTIVATING STOPPING DEPROVISIONING STOPPED',
		);
		expect(stopped).toMatchObject({
			group: 'family:whole',
			startedBy: 'shellpod/s/1',
			stopCode: 'EssentialContainerExited',
			desiredStatus: 'STOPPED',
			containers: [{ name: 'session', exitCode: 4, lastStatus: 'STOPPED' }],
			clusterArn: fixture.made.cluster,
			taskDefinitionArn: definition,
		});
		expect(new Date(String(stopped.stoppedAt)).getTime()).toBeGreaterThanOrEqual(new Date(String(stopped.createdAt)).getTime());
		const { tasks } = await client.send(new DescribeTasksCommand({ cluster: fixture.made.cluster, tasks: [task.taskArn ?? ''] }));
		expect(tasks?.[0]).toMatchObject({ lastStatus: 'STOPPED', version: stopped.version, containers: [{ exitCode: 4 }] });
		expect(readdirSync(join(server.state, 'ecs/sandbox/containers'))).not.toContain(task.taskArn?.split('/').at(-1));
	});

	it('[aws-E3b] has its Home together with another task, both at once; locks hold back only who asks for them', async () => {
		const holder = await fixture.run(
			await fixture.register('holder', 'exec 9>/home/dev/lock; flock 9; touch /home/dev/locked; until [ -e /home/dev/seen ]; do sleep 0.02; done'),
		);
		await fixture.wrote('locked');
		const second = await fixture.run(
			await fixture.register(
				'second',
				'flock --nonblock /home/dev/lock true; code=$?; echo all the same >/home/dev/lock; flock --shared --nonblock /home/dev/free true; echo $code $? >/home/dev/asked; mv /home/dev/asked /home/dev/seen',
			),
		);
		await Promise.all([holder, second].map((task) => fixture.reached(task, 'STOPPED')));
		expect(await fixture.wrote('seen')).toBe('1 0\n');
		expect(await fixture.wrote('lock')).toBe('all the same\n');
	});

	it('[aws-D6] gets its own credentials and metadata by the SDK of its agent', async () => {
		const script = `
			import { fromHttp } from '@aws-sdk/credential-provider-http';
			import { writeFileSync } from 'node:fs';
			const { accessKeyId, expiration } = await fromHttp()();
			const open = await fetch(process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI);
			const metadata = await (await fetch(process.env.ECS_CONTAINER_METADATA_URI_V4 + '/task')).json();
			writeFileSync('/home/dev/inside', JSON.stringify({ accessKeyId, expiration, open: open.status, metadata, region: process.env.AWS_REGION, ecs: process.env.AWS_ENDPOINT_URL_ECS }));`;
		server.images.set('with-node', { directory: join(server.state, 'context'), dockerFile: 'With-node' });
		writeFileSync(
			join(server.state, 'context/With-node'),
			'FROM node AS build\nFROM debian\nCOPY --from=build /build/node_modules /opt/node_modules\nCOPY --from=build /usr/local/bin/node /usr/local/bin/\n',
		);
		const definition = await fixture.register('inside', '', {
			image: 'with-node',
			workingDirectory: '/opt',
			command: ['/usr/local/bin/node', '--input-type=module', '-e', script],
		});
		const task = await fixture.run(definition);
		await fixture.reached(task, 'STOPPED');
		const inside = JSON.parse(await fixture.wrote('inside'));
		expect(server.world().credentials.find(inside.accessKeyId)?.principal).toEqual({
			roleArn: fixture.made.roleArn,
			sessionName: task.taskArn?.split('/').at(-1),
		});
		expect(new Date(inside.expiration).getTime()).toBeGreaterThan(Date.now() + 3_600_000);
		expect(inside).toMatchObject({
			open: 403,
			region: 'us-east-1',
			ecs: `${server.base}/ecs`,
			metadata: { TaskARN: task.taskArn, Family: 'inside', LaunchType: 'FARGATE' },
		});
	});

	it('[aws-D5] StopTask: SIGTERM, the code and the reason; SIGKILL when it does not listen', async () => {
		const polite = await fixture.run(await fixture.register('polite', `trap 'exit 0' TERM; touch /home/dev/polite; while :; do sleep 0.02; done`));
		const deaf = await fixture.run(await fixture.register('deaf', `trap '' TERM; touch /home/dev/deaf; while :; do sleep 0.02; done`));
		await Promise.all([fixture.wrote('polite'), fixture.wrote('deaf'), fixture.reached(polite, 'RUNNING'), fixture.reached(deaf, 'RUNNING')]);
		const { taskArns } = await client.send(new ListTasksCommand({ cluster: fixture.made.cluster, family: 'polite' }));
		expect(taskArns).toEqual([polite.taskArn]);
		for (const task of [polite, deaf])
			await client.send(new StopTaskCommand({ cluster: fixture.made.cluster, task: task.taskArn, reason: 'by user' }));
		expect(await fixture.reached(polite, 'STOPPED')).toMatchObject({
			stopCode: 'UserInitiated',
			stoppedReason: 'by user',
			containers: [{ exitCode: 0 }],
		});
		const killed = await fixture.reached(deaf, 'STOPPED');
		expect(killed).toMatchObject({ containers: [{ exitCode: 137 }] });
		expect(new Date(String(killed.executionStoppedAt)).getTime() - new Date(String(killed.stoppingAt)).getTime()).toBeGreaterThanOrEqual(2000);
	});

	it('that cannot start is TaskFailedToStart, with the reason', async () => {
		const failure = async (definition: string, more = {}) =>
			(await fixture.reached(await fixture.run(definition, more), 'STOPPED')) as { stopCode: string; stoppedReason: string };
		const noImage = await failure(await fixture.register('no-image', 'true', { image: 'unknown:1' }));
		expect(noImage).toMatchObject({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: unknown:1: not found' });
		const fine = await fixture.register('fine', 'true');
		const hidden = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } };
		expect((await failure(fine, hidden)).stoppedReason).toContain('no public address');
		expect((await failure(fine, { overrides: { taskRoleArn: 'arn:aws:iam::000000000000:role/none' } })).stoppedReason).toContain(
			'unable to assume the role',
		);
		const noCommand = await failure(await fixture.register('no-command', 'x', { entryPoint: ['/nowhere'] }));
		expect(noCommand.stopCode).toMatch(/EssentialContainerExited|TaskFailedToStart/);
	});
});
