import { describe, expect, test } from 'vitest';
import { cdkJson, synthesize } from './templates.ts';

const synthesized = synthesize();
const flag = '@aws-cdk/aws-efs:denyAnonymousAccess';

interface Statement {
	Sid: string;
	Effect: string;
	Action: string | string[];
	Condition?: Record<string, Record<string, unknown>>;
}

describe('Homes', () => {
	const fileSystem = synthesized.one('AWS::EFS::FileSystem');
	const statements: Statement[] = fileSystem.Properties.FileSystemPolicy.Statement;

	test("[3.1] the file system's policy denies and never allows", () => {
		expect(statements.length).toBeGreaterThan(0);
		for (const { Effect } of statements) expect(Effect).toBe('Deny');
	});

	test('[3.1] the flag that would add an Allow is pinned false, and true is refused', () => {
		expect(cdkJson.context[flag]).toBe(false);
		expect(() => synthesize({ [flag]: true })).toThrow(flag);
	});

	test.each([
		['NoPlainNfs', { Bool: { 'aws:SecureTransport': 'false' } }],
		['NoForeignAccount', { StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } }],
		['NoMountWithoutAccessPoint', { Null: { 'elasticfilesystem:AccessPointArn': 'true' } }],
		['NoMountPastMountTargets', { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } }],
	])('[3.1] %s', (sid, condition) => {
		const statement = statements.find(({ Sid }) => Sid === sid);
		expect(statement?.Condition).toEqual(condition);
		expect(statement?.Action).toEqual(['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientRootAccess', 'elasticfilesystem:ClientWrite']);
	});

	test('[3.1] root is denied to all', () => {
		expect(statements.find(({ Sid }) => Sid === 'NoRoot')).toEqual({
			Sid: 'NoRoot',
			Effect: 'Deny',
			Principal: { AWS: '*' },
			Action: 'elasticfilesystem:ClientRootAccess',
		});
	});

	test('[1.14] names resolve in the VPC', () => {
		expect(synthesized.one('AWS::EC2::VPC').Properties).toMatchObject({ EnableDnsHostnames: true, EnableDnsSupport: true });
	});

	test('[1.14] each subnet has a way to the internet and a mount target', () => {
		const subnets = synthesized.of('AWS::EC2::Subnet').map(({ id }) => id);
		expect(subnets.length).toBeGreaterThan(1);
		const gateways = synthesized.of('AWS::EC2::InternetGateway').map(({ id }) => id);
		const routed = synthesized
			.of('AWS::EC2::Route')
			.filter(({ Properties }) => gateways.includes(Properties.GatewayId?.Ref))
			.map(({ Properties }) => Properties.RouteTableId.Ref);
		const associations = synthesized
			.of('AWS::EC2::SubnetRouteTableAssociation')
			.filter(({ Properties }) => routed.includes(Properties.RouteTableId.Ref));
		expect(associations.map(({ Properties }) => Properties.SubnetId.Ref).sort()).toEqual([...subnets].sort());
		const targets = synthesized.of('AWS::EFS::MountTarget').map(({ Properties }) => Properties.SubnetId.Ref);
		expect(targets.sort()).toEqual([...subnets].sort());
	});

	test("[3.6] a Home's role can be allowed no more than its mount and its agent's routes", () => {
		const [mount, invoke, ...more] = synthesized.one('AWS::IAM::ManagedPolicy').Properties.PolicyDocument.Statement;
		expect(more).toEqual([]);
		expect(mount).toMatchObject({
			Effect: 'Allow',
			Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
			Condition: {
				Bool: { 'aws:SecureTransport': 'true', 'elasticfilesystem:AccessedViaMountTarget': 'true' },
				Null: { 'elasticfilesystem:AccessPointArn': 'false' },
			},
		});
		expect(invoke).toMatchObject({ Effect: 'Allow', Action: 'execute-api:Invoke' });
		expect(invoke.Resource.map((arn: unknown) => JSON.stringify(arn).replace(/^.*\/\*/, '/*'))).toEqual([
			'/*/POST/agent/report"]]}',
			'/*/POST/agent/tickets"]]}',
		]);
	});
});
