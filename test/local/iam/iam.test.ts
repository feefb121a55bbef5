import {
	CreateRoleCommand,
	DeleteConflictException,
	DeleteRoleCommand,
	DeleteRolePolicyCommand,
	EntityAlreadyExistsException,
	GetRoleCommand,
	GetUserCommand,
	IAMClient,
	MalformedPolicyDocumentException,
	NoSuchEntityException,
	PutRolePolicyCommand,
	TagRoleCommand,
} from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { createIam } from '../../../local/iam/iam.ts';
import { createAwsServer } from '../aws-server.ts';

const server = await createAwsServer();
afterAll(server.close);

const policy = (action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const trust = policy('sts:AssumeRole');

describe('IAM', () => {
	const iam = createIam(server.world());
	server.serve(iam);
	const client = new IAMClient(server.client('iam'));
	const boundary = async () => (await iam.create(server.resource('AWS::IAM::ManagedPolicy', { PolicyDocument: policy('most') }, 'Boundary'))).ref;
	const request = async (name: string) => ({
		RoleName: name,
		Path: '/shellpod/homes/',
		AssumeRolePolicyDocument: JSON.stringify(trust),
		PermissionsBoundary: await boundary(),
		Description: 'a <Home> & more',
		Tags: [{ Key: 'shellpod:deployment', Value: 'a"b' }],
	});

	it('makes a role, says it back, and keeps it on disk', async () => {
		const wanted = await request('home-1');
		const { Role: made } = await client.send(new CreateRoleCommand(wanted));
		expect(made).toMatchObject({
			Arn: 'arn:aws:iam::000000000000:role/shellpod/homes/home-1',
			Path: wanted.Path,
			Description: wanted.Description,
			Tags: wanted.Tags,
		});
		expect(made?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
		expect(JSON.parse(decodeURIComponent(made?.AssumeRolePolicyDocument ?? ''))).toEqual(trust);
		server.serve(createIam(server.world()));
		const { Role: found } = await client.send(new GetRoleCommand({ RoleName: 'home-1' }));
		expect(found).toEqual(made);
		expect(found?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(wanted.PermissionsBoundary);
		server.serve(iam);
	});

	it("refuses in AWS's classes", async () => {
		const wanted = await request('home-2');
		await client.send(new CreateRoleCommand(wanted));
		await expect(client.send(new CreateRoleCommand({ ...wanted, RoleName: 'HOME-2' }))).rejects.toBeInstanceOf(EntityAlreadyExistsException);
		await expect(client.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toBeInstanceOf(NoSuchEntityException);
		await expect(
			client.send(new CreateRoleCommand({ ...wanted, RoleName: 'x', PermissionsBoundary: 'arn:aws:iam::000000000000:policy/none' })),
		).rejects.toBeInstanceOf(NoSuchEntityException);
		await expect(client.send(new PutRolePolicyCommand({ RoleName: 'home-2', PolicyName: 'p', PolicyDocument: '{' }))).rejects.toBeInstanceOf(
			MalformedPolicyDocumentException,
		);
		await expect(client.send(new CreateRoleCommand({ ...wanted, RoleName: 'a b' }))).rejects.toThrow('roleName');
		await expect(client.send(new CreateRoleCommand({ ...wanted, RoleName: 'y', MaxSessionDuration: 7200 }))).rejects.toThrow('MaxSessionDuration');
		await expect(client.send(new GetUserCommand({}))).rejects.toThrow("doesn't cover GetUser");
	});

	it('puts, replaces and deletes inline policies; a role with one is not deleted', async () => {
		await client.send(new CreateRoleCommand(await request('home-3')));
		const arn = 'arn:aws:iam::000000000000:role/shellpod/homes/home-3';
		const put = (action: string) =>
			client.send(new PutRolePolicyCommand({ RoleName: 'home-3', PolicyName: 'home', PolicyDocument: JSON.stringify(policy(action)) }));
		await put('first');
		await put('second');
		expect(iam.rights(arn)).toEqual({ policies: [policy('second')], boundary: policy('most') });
		await expect(client.send(new DeleteRoleCommand({ RoleName: 'home-3' }))).rejects.toBeInstanceOf(DeleteConflictException);
		await client.send(new DeleteRolePolicyCommand({ RoleName: 'home-3', PolicyName: 'home' }));
		await expect(client.send(new DeleteRolePolicyCommand({ RoleName: 'home-3', PolicyName: 'home' }))).rejects.toBeInstanceOf(NoSuchEntityException);
		await client.send(new DeleteRoleCommand({ RoleName: 'home-3' }));
		expect(iam.rights(arn)).toBeUndefined();
	});

	it('tags', async () => {
		await client.send(new CreateRoleCommand(await request('home-4')));
		await client.send(new TagRoleCommand({ RoleName: 'home-4', Tags: [{ Key: 'x', Value: '1' }] }));
		const { Role } = await client.send(new GetRoleCommand({ RoleName: 'home-4' }));
		expect(Role?.Tags).toEqual([
			{ Key: 'shellpod:deployment', Value: 'a"b' },
			{ Key: 'x', Value: '1' },
		]);
	});

	it("keeps the template's roles and policies in step with the template", async () => {
		const role = server.resource(
			'AWS::IAM::Role',
			{ AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'inline', PolicyDocument: policy('a') }] },
			'Role',
		);
		const made = await iam.create(role);
		await iam.create(server.resource('AWS::IAM::Policy', { PolicyName: 'own', PolicyDocument: policy('b'), Roles: [made.ref] }, 'Policy'));
		await iam.create(server.resource('AWS::IAM::ManagedPolicy', { PolicyDocument: policy('c'), Roles: [made.ref] }, 'Managed'));
		expect(iam.rights(made.attributes.Arn ?? '')?.policies).toEqual([policy('a'), policy('b'), policy('c')]);
		const next = createIam(server.world());
		expect(await next.create({ ...role, properties: { AssumeRolePolicyDocument: trust } })).toEqual(made);
		expect(next.rights(made.attributes.Arn ?? '')).toEqual({ policies: [] });
		expect(() => next.create(server.resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust, Unknown: 1 }))).toThrow('Unknown');
	});
});
