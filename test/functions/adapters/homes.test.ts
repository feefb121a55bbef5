import { EFSClient } from '@aws-sdk/client-efs';
import { IAMClient } from '@aws-sdk/client-iam';
import { createHomeRoles } from '@shellpod/functions/adapters/home-roles.ts';
import { createHomes } from '@shellpod/functions/adapters/homes.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnsweringServer, clientOf, startAnsweringServer } from '../../support/answering-server.ts';
import { base } from '../../support/session-records.ts';

let aws: AnsweringServer;
beforeEach(async () => {
	aws = await startAnsweringServer();
});
afterEach(() => aws.stop());

describe('an access point', () => {
	const homes = () => createHomes({ client: new EFSClient(clientOf(aws)), fileSystem: 'fs-1', deployment: 'pod' });

	it('has a uid, gid and folder of its own, mode 0700', async () => {
		aws.answer = () => ({ body: { AccessPointId: 'fsap-1' } });
		expect(await homes().makeAccessPoint(100_007)).toBe('fsap-1');
		expect(JSON.parse(aws.asked[0]?.body ?? '')).toEqual({
			ClientToken: 'pod-home-100007',
			FileSystemId: 'fs-1',
			PosixUser: { Uid: 100_007, Gid: 100_007 },
			RootDirectory: { Path: '/homes/100007', CreationInfo: { OwnerUid: 100_007, OwnerGid: 100_007, Permissions: '0700' } },
			Tags: [
				{ Key: 'shellpod:deployment', Value: 'pod' },
				{ Key: 'Name', Value: 'pod-home-100007' },
			],
		});
	});

	it('is found again when an earlier call made it', async () => {
		aws.answer = () => ({
			status: 409,
			headers: { 'x-amzn-errortype': 'AccessPointAlreadyExists' },
			body: { ErrorCode: 'AccessPointAlreadyExists', Message: 'exists', AccessPointId: 'fsap-1' },
		});
		expect(await homes().makeAccessPoint(100_007)).toBe('fsap-1');
	});

	it('fails for any other reason', async () => {
		aws.answer = () => ({
			status: 403,
			headers: { 'x-amzn-errortype': 'AccessPointLimitExceeded' },
			body: { ErrorCode: 'AccessPointLimitExceeded', Message: 'no' },
		});
		await expect(homes().makeAccessPoint(100_007)).rejects.toThrow();
	});
});

describe('a role', () => {
	const roles = () =>
		createHomeRoles({
			client: new IAMClient(clientOf(aws)),
			deployment: 'pod',
			fileSystem: 'fs-1',
			neighbour: base,
			path: '/pod/homes/',
			boundary: 'arn:aws:iam::000000000000:policy/pod-home',
			agentRoute: 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/agent/tickets',
		});
	const asked = () => aws.asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
	const done = '<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata/></CreateRoleResponse>';

	it('mounts one access point over TLS through a mount target, calls one route, and nothing else', async () => {
		aws.answer = () => ({ headers: { 'content-type': 'text/xml' }, body: done });
		expect(await roles().makeRole('pod-home-100007', 'fsap-7')).toBe('arn:aws:iam::000000000000:role/pod/homes/pod-home-100007');
		const [create, put] = asked();
		expect(create).toMatchObject({
			Action: 'CreateRole',
			RoleName: 'pod-home-100007',
			Path: '/pod/homes/',
			PermissionsBoundary: 'arn:aws:iam::000000000000:policy/pod-home',
			'Tags.member.1.Key': 'shellpod:deployment',
			'Tags.member.1.Value': 'pod',
		});
		expect(JSON.parse(create?.AssumeRolePolicyDocument ?? '')).toEqual({
			Version: '2012-10-17',
			Statement: [
				{
					Effect: 'Allow',
					Principal: { Service: 'ecs-tasks.amazonaws.com' },
					Action: 'sts:AssumeRole',
					Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' }, ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:us-east-1:000000000000:*' } },
				},
			],
		});
		expect(put).toMatchObject({ Action: 'PutRolePolicy', RoleName: 'pod-home-100007', PolicyName: 'home' });
		expect(JSON.parse(put?.PolicyDocument ?? '')).toEqual({
			Version: '2012-10-17',
			Statement: [
				{
					Effect: 'Allow',
					Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
					Resource: 'arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/fs-1',
					Condition: {
						StringEquals: { 'elasticfilesystem:AccessPointArn': 'arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-7' },
						Bool: { 'aws:SecureTransport': 'true', 'elasticfilesystem:AccessedViaMountTarget': 'true' },
					},
				},
				{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/agent/tickets' },
			],
		});
	});

	it('that is there already gets its policy', async () => {
		const error = '<ErrorResponse><Error><Type>Sender</Type><Code>EntityAlreadyExists</Code><Message>exists</Message></Error></ErrorResponse>';
		aws.answer = ({ body }) => ({
			headers: { 'content-type': 'text/xml' },
			...(body.includes('Action=CreateRole') ? { status: 409, body: error } : { body: done }),
		});
		await roles().makeRole('pod-home-100007', 'fsap-7');
		expect(asked().map(({ Action }) => Action)).toEqual(['CreateRole', 'PutRolePolicy']);
	});
});
