import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { container, taskEnv } from '../../functions/env.ts';
import { synthesize } from './templates.ts';

const synthesized = synthesize();
const definition = synthesized.one('AWS::ECS::TaskDefinition').Properties;

describe('sessions', () => {
	test('[1.7] the cluster has no capacity providers', () => {
		expect(synthesized.one('AWS::ECS::Cluster').Properties?.CapacityProviders).toBeUndefined();
		expect(synthesized.of('AWS::ECS::ClusterCapacityProviderAssociations')).toEqual([]);
	});

	test('[1.8] image, task and functions have one architecture', () => {
		const assets = JSON.parse(readFileSync(join(synthesized.folder, 'App.assets.json'), 'utf8'));
		const [image, ...more] = Object.values<{ source: { platform?: string; dockerFile?: string } }>(assets.dockerImages);
		expect(more).toEqual([]);
		expect(image?.source).toMatchObject({ platform: 'linux/arm64', dockerFile: 'task-image/Dockerfile' });
		expect(definition.RuntimePlatform).toEqual({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
		const ours = synthesized.of('AWS::Lambda::Function').filter(({ id }) => id.startsWith('Control'));
		for (const { Properties } of ours) expect(Properties.Architectures).toEqual(['arm64']);
	});

	test('[1.8] the image is built of what the Dockerfile copies', () => {
		const assets = JSON.parse(readFileSync(join(synthesized.folder, 'App.assets.json'), 'utf8'));
		const [image] = Object.values<{ source: { directory: string } }>(assets.dockerImages);
		const context = join(synthesized.folder, image?.source.directory ?? '');
		const copied = [
			...readFileSync(join(context, 'task-image/Dockerfile'), 'utf8').matchAll(/^(?:COPY|ADD) (?!--from)(?:--\S+ )*(.+) \S+$/gm),
		].flatMap(([, sources]) => sources?.split(' ') ?? []);
		expect(copied.length).toBeGreaterThan(0);
		for (const source of copied) expect(existsSync(join(context, source)), source).toBe(true);
	});

	test('[3.3] the container of a tenant has no log driver', () => {
		const [only, ...more] = definition.ContainerDefinitions;
		expect(more).toEqual([]);
		expect(only.LogConfiguration).toBeUndefined();
		expect(only).toMatchObject({ Name: container, Essential: true, StopTimeout: 120 });
		// The entrypoint is process 1: nobody in the container can kill it.
		expect(only.LinuxParameters).toBeUndefined();
		expect(only.Environment.map(({ Name }: { Name: string }) => Name)).toEqual(Object.values(taskEnv));
	});

	test("the base definition has neither role nor Home: it can't be run as somebody", () => {
		expect(definition.TaskRoleArn).toBeUndefined();
		expect(definition.Volumes).toBeUndefined();
	});

	test('[1.13] the execution role is assumed by tasks of this account only', () => {
		const role = synthesized.of('AWS::IAM::Role').find(({ id }) => id === definition.ExecutionRoleArn['Fn::GetAtt'][0]);
		const [trust, ...more] = role?.Properties.AssumeRolePolicyDocument.Statement ?? [];
		expect(more).toEqual([]);
		expect(trust).toMatchObject({
			Principal: { Service: 'ecs-tasks.amazonaws.com' },
			Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
		});
		expect(JSON.stringify(trust.Condition.ArnLike['aws:SourceArn'])).toMatch(/:ecs:.*":\*"/);
	});

	test('[1.14] tasks accept nothing, and reach the web, ssh and their Home', () => {
		const [group] = synthesized.of('AWS::EC2::SecurityGroup').filter(({ id }) => id.startsWith('Sessions'));
		expect(group?.Properties.SecurityGroupIngress).toBeUndefined();
		const ingress = synthesized.one('AWS::EC2::SecurityGroupIngress').Properties;
		expect(ingress).toMatchObject({
			FromPort: 2049,
			ToPort: 2049,
			IpProtocol: 'tcp',
			SourceSecurityGroupId: { 'Fn::GetAtt': [group?.id, 'GroupId'] },
		});
		const out = group?.Properties.SecurityGroupEgress.map(
			({ CidrIp, DestinationSecurityGroupId, FromPort, ToPort, IpProtocol }: Record<string, unknown>) => [
				CidrIp ?? DestinationSecurityGroupId,
				FromPort,
				ToPort,
				IpProtocol,
			],
		);
		const anywhere = '0.0.0.0/0';
		expect(out).toEqual([
			[anywhere, 443, 443, 'tcp'],
			[anywhere, 80, 80, 'tcp'],
			[anywhere, 22, 22, 'tcp'],
			[ingress.GroupId, 2049, 2049, 'tcp'],
		]);
		const targets = synthesized.of('AWS::EFS::MountTarget').map(({ Properties }) => Properties.SecurityGroups[0]['Fn::GetAtt'][0]);
		expect(JSON.stringify(ingress.GroupId)).toContain(targets[0]);
	});
});
