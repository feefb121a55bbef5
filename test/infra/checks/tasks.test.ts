/** What a tenant's container must not have. */
import { describe } from 'vitest';
import { type Garden, plants } from './planted.ts';

const container = ({ of }: Garden) => of('AWS::ECS::TaskDefinition').ContainerDefinitions[0];

describe("the tenant's container", () => {
	plants('logDrivers', [
		[
			'a log driver',
			(garden) => (container(garden).LogConfiguration = { LogDriver: 'awslogs' }),
			/App\/SessionsDefinition.* \(session\) has a log driver/,
		],
		['a log router', (garden) => (container(garden).FirelensConfiguration = { Type: 'fluentbit' }), /has a log driver/],
	]);
	plants('containerSecrets', [
		['a secret', (garden) => (container(garden).Secrets = [{ Name: 'DB', ValueFrom: 'arn:aws:secretsmanager:r:a:secret:x' }]), /gets the secret DB/],
		['a variable that nobody knows', (garden) => container(garden).Environment.push({ Name: 'TOKEN', Value: 'x' }), /gets the variable TOKEN/],
		['a secret as a value', (garden) => (container(garden).Environment[0].Value = '{{resolve:secretsmanager:x}}'), /gets a secret as SHELLPOD_API/],
		['an environment file', (garden) => (container(garden).EnvironmentFiles = [{ Type: 's3', Value: 'arn:aws:s3:::x/y' }]), /environment file/],
	]);
	plants('privileges', [
		['a privileged container', (garden) => (container(garden).Privileged = true), /rights over its machine/],
		['an added capability', (garden) => (container(garden).LinuxParameters = { Capabilities: { Add: ['SYS_PTRACE'] } }), /rights over its machine/],
	]);
});

describe('ECS Exec and capacity', () => {
	plants('execOff', [
		['a service with Exec', ({ add }) => add('AWS::ECS::Service', { EnableExecuteCommand: true }), /turns ECS Exec on/],
		[
			'a cluster with Exec',
			({ of }) => (of('AWS::ECS::Cluster').Configuration = { ExecuteCommandConfiguration: { Logging: 'DEFAULT' } }),
			/set up for ECS Exec/,
		],
		['a function that may', ({ allow }) => allow('Api', 'ecs:ExecuteCommand', '*'), /allows ecs:ExecuteCommand/],
		[
			'a boundary that allows its channel',
			({ of }) => of('AWS::IAM::ManagedPolicy').PolicyDocument.Statement.push({ Effect: 'Allow', Action: 'ssmmessages:*', Resource: '*' }),
			/ssmmessages:OpenDataChannel/,
		],
	]);
	plants('capacityProviders', [
		['a cluster with providers', ({ of }) => (of('AWS::ECS::Cluster').CapacityProviders = ['FARGATE']), /fail in a fresh account/],
		['providers that are added', ({ add }) => add('AWS::ECS::ClusterCapacityProviderAssociations', {}), /fails in a fresh account/],
	]);
});
