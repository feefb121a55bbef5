import {
	CreateRoleCommand,
	DeleteConflictException,
	DeleteRoleCommand,
	DeleteRolePolicyCommand,
	EntityAlreadyExistsException,
	GetAccountSummaryCommand,
	GetRoleCommand,
	GetUserCommand,
	IAMClient,
	MalformedPolicyDocumentException,
	NoSuchEntityException,
	PutRolePolicyCommand,
	TagRoleCommand,
} from '@aws-sdk/client-iam';
import { removeRole } from '@shellpod/functions/adapters/home-roles.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { decide } from '../../../local/iam/evaluator/decide.ts';
import { createIam, type Iam } from '../../../local/iam/iam.ts';
import { createAwsServer } from '../aws-server.ts';

const server = await createAwsServer();
afterAll(server.close);

const policy = (action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const trust = {
	Version: '2012-10-17',
	Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
/** which of these a role may do; undefined: there is no such role */
const may = (iam: Iam, role: string, actions: string[]): string[] | undefined => {
	const rights = iam.rights(role);
	return rights && actions.filter((action) => decide({ caller: { role }, action, resource: '*', context: {} }, rights).allowed);
};

describe('IAM', () => {
	const iam = createIam(server.world());
	server.serve(iam);
	const client = new IAMClient(server.client('iam'));
	const boundary = async () => (await iam.create(server.resource('AWS::IAM::ManagedPolicy', { PolicyDocument: policy('x:*') }, 'Boundary'))).ref;
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
		await put('x:First');
		await put('x:Second');
		expect(may(iam, arn, ['x:First', 'x:Second'])).toEqual(['x:Second']);
		await put('y:Third');
		expect(may(iam, arn, ['x:Second', 'y:Third'])).toEqual([]);
		await expect(client.send(new DeleteRoleCommand({ RoleName: 'home-3' }))).rejects.toBeInstanceOf(DeleteConflictException);
		await client.send(new DeleteRolePolicyCommand({ RoleName: 'home-3', PolicyName: 'home' }));
		await expect(client.send(new DeleteRolePolicyCommand({ RoleName: 'home-3', PolicyName: 'home' }))).rejects.toBeInstanceOf(NoSuchEntityException);
		await client.send(new DeleteRoleCommand({ RoleName: 'home-3' }));
		expect(iam.rights(arn)).toBeUndefined();
	});

	it('counts roles beside their quota; what the adapter removes is gone, and may be removed again', async () => {
		const count = async () => (await client.send(new GetAccountSummaryCommand({}))).SummaryMap;
		const before = await count();
		await client.send(new CreateRoleCommand(await request('home-9')));
		await client.send(new PutRolePolicyCommand({ RoleName: 'home-9', PolicyName: 'home', PolicyDocument: JSON.stringify(policy('x:First')) }));
		expect(await count()).toMatchObject({ Roles: (before?.Roles ?? 0) + 1, RolesQuota: 1_000 });
		for (let turn = 0; turn < 2; turn++) await removeRole(client)('home-9');
		expect(await count()).toEqual(before);
	});

	it('refuses a policy with something that it does not know, by its name', async () => {
		await client.send(new CreateRoleCommand(await request('home-5')));
		const put = (statement: Record<string, unknown>) =>
			client.send(
				new PutRolePolicyCommand({
					RoleName: 'home-5',
					PolicyName: 'p',
					PolicyDocument: JSON.stringify({ Statement: { ...policy('x:a').Statement[0], ...statement } }),
				}),
			);
		await expect(put({ Condition: { NumericLessThan: { 'aws:x': '1' } } })).rejects.toMatchObject({
			name: 'MalformedPolicyDocumentException',
			message: expect.stringContaining('aws:x'),
		});
		await expect(put({ Condition: { NumericLessThan: { 'ecs:cluster': '1' } } })).rejects.toThrow('NumericLessThan');
		await expect(
			client.send(new CreateRoleCommand({ ...(await request('home-6')), AssumeRolePolicyDocument: '{"Statement":[{}]}' })),
		).rejects.toThrow('Effect');
		expect(() =>
			iam.create(server.resource('AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: { Effect: 'Allow', Action: 'x:a' } } }, 'Odd')),
		).toThrow("Odd: the local IAM doesn't know a Statement without Resource");
	});

	it('says which service may take a role, and under what conditions', async () => {
		const arn = 'arn:aws:iam::000000000000:role/shellpod/homes/home-7';
		const Statement = [{ ...trust.Statement[0], Condition: { StringEquals: { 'aws:SourceAccount': '000000000000' } } }];
		await client.send(new CreateRoleCommand({ ...(await request('home-7')), AssumeRolePolicyDocument: JSON.stringify({ Statement }) }));
		expect(iam.trusts(arn, 'ecs-tasks.amazonaws.com', { 'aws:SourceAccount': ['000000000000'] })).toBe(true);
		expect(iam.trusts(arn, 'ecs-tasks.amazonaws.com', { 'aws:SourceAccount': ['111111111111'] })).toBe(false);
		expect(iam.trusts(arn, 'lambda.amazonaws.com', { 'aws:SourceAccount': ['000000000000'] })).toBe(false);
		expect(iam.trusts(`${arn}0`, 'ecs-tasks.amazonaws.com', {})).toBe(false);
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
			{ AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: 'inline', PolicyDocument: policy('x:a') }] },
			'Role',
		);
		const made = await iam.create(role);
		await iam.create(server.resource('AWS::IAM::Policy', { PolicyName: 'own', PolicyDocument: policy('x:b'), Roles: [made.ref] }, 'Policy'));
		await iam.create(server.resource('AWS::IAM::ManagedPolicy', { PolicyDocument: policy('x:c'), Roles: [made.ref] }, 'Managed'));
		expect(may(iam, made.attributes.Arn ?? '', ['x:a', 'x:b', 'x:c', 'x:d'])).toEqual(['x:a', 'x:b', 'x:c']);
		const next = createIam(server.world());
		expect(await next.create({ ...role, properties: { AssumeRolePolicyDocument: trust } })).toEqual(made);
		expect(may(next, made.attributes.Arn ?? '', ['x:a', 'x:b', 'x:c'])).toEqual([]);
		expect(() => next.create(server.resource('AWS::IAM::Role', { AssumeRolePolicyDocument: trust, Unknown: 1 }))).toThrow('Unknown');
	});
});
