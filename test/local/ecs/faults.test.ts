/** Faults of ECS as AWS's own client meets them, and as a container does. */
import { ECSClient, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from 'vitest';
import { createFaultPlan } from '../../../local/faults/faults.ts';
import { parseFaults } from '../../../local/faults/parse.ts';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { createEcsFixture, type EcsFixture } from './fixture.ts';

let fixture: EcsFixture;
afterEach(() => fixture.close());
const withFaults = async (text: string, seed = 1): Promise<void> => {
	fixture = await createEcsFixture(createFaultPlan(seed, parseFaults(text)));
};
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' as const } };

describe("AWS's own client", () => {
	it('[aws-D8b] hears no answer of RunTask, asks again with the same token, and has one task', async () => {
		// of this seed: lost and not done, lost and done, answered
		await withFaults('run-answer-lost=60%,ecs-start=10m', 16);
		const taskDefinition = await fixture.register('lost', 'true');
		const client = new ECSClient({ ...fixture.server.client('ecs'), maxAttempts: 3 });
		const { tasks, $metadata } = await client.send(
			new RunTaskCommand({ cluster: fixture.made.cluster, taskDefinition, launchType: 'FARGATE', networkConfiguration: network }),
		);
		client.destroy();
		expect($metadata.attempts).toBe(3);
		expect(tasks).toHaveLength(1);
		const made = fixture.server.events.map((event) => event.detail as Record<string, unknown>).filter((detail) => detail.version === 1);
		expect(made.map((detail) => detail.taskArn)).toEqual([tasks?.[0]?.taskArn]);
	});

	it('[aws-D2b] registers twice at once in one family: one is refused', async () => {
		await withFaults('drop=0%');
		const register = new RegisterTaskDefinitionCommand({
			family: 'at-once',
			networkMode: 'awsvpc',
			requiresCompatibilities: ['FARGATE'],
			cpu: '1024',
			memory: '2048',
			containerDefinitions: [{ name: 'session', image: 'i' }],
		});
		const answers = await Promise.allSettled([fixture.client.send(register), fixture.client.send(register)]);
		expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
			reason: { name: 'ClientException', message: expect.stringContaining('concurrent attempts') },
		});
	});
});

describe.skipIf(sandboxProblem() !== undefined)('a container', () => {
	it('[aws-D12] runs, and reaches nothing outside', async () => {
		await withFaults('never-connects=100%');
		const port = new URL(fixture.made.base).port;
		const definition = await fixture.register(
			'apart',
			`(: </dev/tcp/127.0.0.1/${port}) 2>/home/dev/why && echo reached >/home/dev/apart || echo nothing >/home/dev/apart`,
		);
		await fixture.reached(await fixture.run(definition), 'STOPPED');
		expect(await fixture.wrote('apart')).toBe('nothing\n');
		expect(await fixture.wrote('why')).toMatch(/unreachable|refused/i);
	});

	it('[aws-D11c] [aws-D11e] is killed with its host, or by the kernel, and told apart', async () => {
		await withFaults('host-lost=100..100ms');
		const definition = await fixture.register('host', 'while :; do sleep 0.02; done');
		const lost = await fixture.reached(await fixture.run(definition), 'STOPPED');
		expect(lost).toMatchObject({ stopCode: 'InfrastructureHealth' });
		expect(lost).not.toHaveProperty('containers.0.exitCode');
		await fixture.close();
		await withFaults('out-of-memory=100..100ms');
		const hungry = await fixture.register('memory', 'while :; do sleep 0.02; done');
		expect(await fixture.reached(await fixture.run(hungry), 'STOPPED')).toMatchObject({
			stopCode: 'EssentialContainerExited',
			containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
		});
	});
});
