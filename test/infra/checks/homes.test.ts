/** Designs in which somebody else's Home could be mounted. */
import { IAMClient } from '@aws-sdk/client-iam';
import { createHomeRoles } from '@shellpod/functions/adapters/home-roles.ts';
import { homeRolePolicy } from '@shellpod/infra/checks/homes.ts';
import { describe, expect, test } from 'vitest';
import { clientOf, startAnsweringServer } from '../../support/answering-server.ts';
import { type Garden, plants } from './planted.ts';

const fileSystem = 'AWS::EFS::FileSystem';
const statement = ({ of }: Garden, sid: string) => of(fileSystem).FileSystemPolicy.Statement.find((one: { Sid: string }) => one.Sid === sid);
const without = (sid: string) => (garden: Garden) => {
	const { FileSystemPolicy: policy } = garden.of(fileSystem);
	policy.Statement = policy.Statement.filter((one: { Sid: string }) => one.Sid !== sid);
};
const boundary = ({ of }: Garden) => of('AWS::IAM::ManagedPolicy').PolicyDocument.Statement;

describe('[3.1] file systems', () => {
	plants('fileSystemPolicies', [
		['no policy', ({ of }) => delete of(fileSystem).FileSystemPolicy, /has no policy, so that whoever reaches a mount target has every Home/],
		['an empty policy', ({ of }) => (of(fileSystem).FileSystemPolicy.Statement = []), /does not deny mounts without TLS/],
		[
			'what the flag denyAnonymousAccess adds',
			({ of }) =>
				of(fileSystem).FileSystemPolicy.Statement.push({
					Effect: 'Allow',
					Principal: { AWS: '*' },
					Action: ['elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'],
					Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
				}),
			/allows elasticfilesystem:ClientWrite, elasticfilesystem:ClientRootAccess.*denyAnonymousAccess false/,
		],
		['plain NFS', without('NoPlainNfs'), /does not deny mounts without TLS/],
		['a mount of the whole file system', without('NoMountWithoutAccessPoint'), /does not deny mounts without an access point/],
		['an anonymous client', without('NoForeignAccount'), /other accounts and anonymous clients/],
		['root', without('NoRoot'), /does not deny root/],
		['a Deny with an exception', (garden) => (statement(garden, 'NoPlainNfs').Condition.ArnNotLike = { 'aws:PrincipalArn': 'x' }), /without TLS/],
		['a Deny for some', (garden) => (statement(garden, 'NoPlainNfs').Principal = { AWS: 'arn:aws:iam::1:root' }), /without TLS/],
		['a Deny of some actions', (garden) => (statement(garden, 'NoPlainNfs').Action = 'elasticfilesystem:ClientMount'), /without TLS/],
		['root but for somebody', (garden) => (statement(garden, 'NoRoot').Condition = { Bool: { 'aws:SecureTransport': 'true' } }), /not deny root/],
	]);
});

describe("[3.6] the boundary of Homes' roles", () => {
	plants('homeBoundaries', [
		['any access point, or none', (garden) => delete boundary(garden)[0].Condition.Null, /mounts any access point/],
		['plain NFS', (garden) => delete boundary(garden)[0].Condition.Bool['aws:SecureTransport'], /mounts without TLS/],
		[
			'a way past mount targets',
			(garden) => delete boundary(garden)[0].Condition.Bool['elasticfilesystem:AccessedViaMountTarget'],
			/past mount targets/,
		],
		['root', (garden) => boundary(garden)[0].Action.push('elasticfilesystem:ClientRootAccess'), /allows elasticfilesystem:ClientRootAccess/],
		['all file systems', (garden) => (boundary(garden)[0].Resource = '*'), /on whatever there is/],
		['all actions of EFS', (garden) => (boundary(garden)[0].Action = 'elasticfilesystem:*'), /allows elasticfilesystem:\*/],
		[
			'another service',
			(garden) => boundary(garden).push({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*' }),
			/allows s3:GetObject/,
		],
		[
			'every route of the API',
			(garden) => (boundary(garden)[1].Resource = { 'Fn::Sub': 'arn:aws:execute-api:r:a:api/*/POST/*' }),
			/may call more than the agent's routes/,
		],
		['all but something', (garden) => boundary(garden).push({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), /on whatever there is/],
	]);
});

describe('[3.6] one role for many Homes', () => {
	plants('mountsByOthers', [
		['a function that mounts', ({ allow }) => allow('Sweep', 'elasticfilesystem:ClientMount', '*'), /ControlSweepRole.*is shared/],
		['a wildcard that mounts', ({ allow }) => allow('Sweep', 'elasticfilesystem:Client*', '*'), /is shared/],
		[
			'a task role that mounts',
			({ add }) =>
				add('AWS::IAM::Role', {
					AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
					Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }],
				}),
			/App\/Planted\d+ allows \*.*is shared/,
		],
	]);
	plants('fixedRoles', [
		[
			'a definition with a role',
			({ of }) => (of('AWS::ECS::TaskDefinition').TaskRoleArn = { 'Fn::GetAtt': ['ControlSweepRoleB77C19CB', 'Arn'] }),
			/has a fixed task role, shared by whoever runs it/,
		],
	]);
	const volume =
		(change: (efs: Record<string, unknown>) => void) =>
		({ of }: Garden) => {
			const efs = { FilesystemId: 'fs-1', TransitEncryption: 'ENABLED', AuthorizationConfig: { AccessPointId: 'fsap-1', IAM: 'ENABLED' } };
			change(efs);
			of('AWS::ECS::TaskDefinition').Volumes = [{ Name: 'home', EFSVolumeConfiguration: efs }];
		};
	plants('volumes', [
		['a volume without an access point', volume((efs) => (efs.AuthorizationConfig = { IAM: 'ENABLED' })), /mounts a file system openly/],
		['a volume without the role', volume((efs) => (efs.AuthorizationConfig = { AccessPointId: 'fsap-1', IAM: 'DISABLED' })), /openly/],
		['a volume without TLS', volume((efs) => delete efs.TransitEncryption), /openly/],
		['a volume at a path', volume((efs) => (efs.RootDirectory = '/')), /openly/],
	]);
});

/** The policy that the slot maker sends to IAM. */
const written = async (): Promise<string> => {
	const iam = await startAnsweringServer();
	iam.answer = () => ({ body: '<r/>' });
	const arn = 'arn:aws:iam::123456789012:policy/boundary';
	const roles = createHomeRoles({
		client: new IAMClient(clientOf(iam)),
		deployment: 'shellpod',
		fileSystem: 'fs-1',
		neighbour: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/base:1',
		path: '/shellpod/homes/',
		boundary: arn,
		agentRoute: 'arn:aws:execute-api:eu-west-1:123456789012:api/*/POST/agent/*',
	});
	await roles.makeRole('shellpod-home-100000', 'fsap-1').finally(() => iam.stop());
	const put = iam.asked.map(({ body }) => new URLSearchParams(body)).find((form) => form.get('Action') === 'PutRolePolicy');
	return put?.get('PolicyDocument') ?? expect.fail('no policy was written');
};

const policy = await written();

describe("[3.6] the policy of a Home's role", () => {
	interface Statement {
		Effect: string;
		Action: string | string[];
		Resource: string | string[];
		Condition: Record<string, Record<string, unknown>>;
	}
	const changed = (change: (statements: Statement[]) => unknown): string[] => {
		const document = JSON.parse(policy) as { Statement: Statement[] };
		change(document.Statement);
		return homeRolePolicy('role', JSON.stringify(document));
	};

	test('as the slot maker writes it', () => {
		expect(homeRolePolicy('role', policy)).toEqual([]);
	});

	const condition = (change: (condition: Record<string, Record<string, unknown>>) => unknown) => (all: Statement[]) =>
		change(all[0]?.Condition ?? {});
	test.each<[string, (statements: Statement[]) => unknown, RegExp]>([
		['any access point', condition((one) => delete one.StringEquals), /any access point: ask for its own/],
		[
			'some access point',
			condition((one) => {
				delete one.StringEquals;
				one.Null = { 'elasticfilesystem:AccessPointArn': 'false' };
			}),
			/any access point/,
		],
		[
			'an access point by a pattern',
			condition((one) => {
				one.StringLike = one.StringEquals ?? {};
				delete one.StringEquals;
			}),
			/any access point/,
		],
		[
			'all access points',
			condition((one) => (one.StringEquals = { 'elasticfilesystem:AccessPointArn': 'arn:aws:elasticfilesystem:r:a:access-point/*' })),
			/any/,
		],
		[
			'two access points',
			condition((one) => (one.StringEquals = { 'elasticfilesystem:AccessPointArn': ['a:access-point/1', 'a:access-point/2'] })),
			/any access/,
		],
		['no TLS', condition((one) => delete one.Bool?.['aws:SecureTransport']), /without TLS/],
		['TLS or not', condition((one) => (one.Bool = { ...one.Bool, 'aws:SecureTransport': ['true', 'false'] })), /without TLS/],
		['another way in', condition((one) => delete one.Bool?.['elasticfilesystem:AccessedViaMountTarget']), /past mount targets/],
		[
			'root',
			([one]) => one && Object.assign(one, { Action: [...one.Action, 'elasticfilesystem:ClientRootAccess'] }),
			/allows elasticfilesystem:ClientRootAccess/,
		],
		['every file system', ([one]) => one && Object.assign(one, { Resource: '*' }), /whatever there is/],
		['every route', ([, two]) => two && Object.assign(two, { Resource: 'arn:aws:execute-api:r:a:api/*' }), /more than the agent's routes/],
		['other people’s connections', ([, two]) => two && Object.assign(two, { Action: 'execute-api:*' }), /allows execute-api:\*/],
		[
			'something else',
			(all) => all.push({ Effect: 'Allow', Action: 'ecr:BatchGetImage', Resource: 'arn:aws:ecr:r:a:repository/x', Condition: {} }),
			/allows ecr/,
		],
	])('with %s is refused', (_, change, words) => {
		expect(changed(change).join('\n')).toMatch(words);
	});
});
