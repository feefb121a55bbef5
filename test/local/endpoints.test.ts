import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiGateway } from '../../local/api-gateway/api-gateway.ts';
import { createEndpointServer } from '../../local/endpoints.ts';
import type { Judge } from '../../local/iam/judge.ts';
import { createVerifier } from '../../local/sigv4.ts';
import type { AwsRequest, OpenRequest, StandIn } from '../../local/stand-in.ts';
import { apiArn, scriptedFunctions, testWorld } from './scripted.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const start = async (standIns: StandIn[], judge: Judge = () => undefined) => {
	const world = testWorld();
	const endpoints = createEndpointServer();
	endpoints.server.listen(0, '127.0.0.1');
	await once(endpoints.server, 'listening');
	const { port } = endpoints.server.address() as AddressInfo;
	const gateway = createApiGateway(world, scriptedFunctions({}));
	const serve = () =>
		endpoints.serve({
			standIns,
			gateway,
			verify: createVerifier(world.credentials, Date.now),
			judge,
			apiArn,
			host: `127.0.0.1:${port}`,
			log: world.log,
		});
	cleanups.push(
		() => world.remove(),
		() => endpoints.server.close(),
		() => endpoints.server.closeAllConnections(),
	);
	return { base: `http://127.0.0.1:${port}`, port, world, serve };
};

const standIn = (over: Partial<StandIn>): StandIn => ({ types: [], create: () => ({ ref: '', attributes: {} }), ...over });
const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'not a secret' };
const client = (endpoint: string, over = {}) => ({ region: 'us-east-1', maxAttempts: 1, credentials: { ...credentials, ...over }, endpoint });

describe('the endpoint server', () => {
	it('hands a signed request to its service, with path, query and caller', async () => {
		const seen: AwsRequest[] = [];
		const efs = async (request: AwsRequest) => {
			seen.push(request);
			return { status: 200, body: '{"FileSystems":[]}' };
		};
		const { base, serve } = await start([standIn({ endpoints: { EFS: efs } })]);
		serve();
		await new EFSClient(client(`${base}/efs`)).send(new DescribeFileSystemsCommand({ MaxItems: 3 }));
		expect(seen[0]).toMatchObject({ method: 'GET', path: '/2015-02-01/file-systems', principal: { sessionName: 'task1' } });
		expect(seen[0]?.query.get('MaxItems')).toBe('3');
	});

	it('refuses what is not signed or not known, as the SDK understands it', async () => {
		const { base, serve } = await start([]);
		serve();
		const none = new DynamoDBClient(client(`${base}/none`));
		await expect(none.send(new ListTablesCommand({}))).rejects.toMatchObject({
			name: 'UnsupportedOperation',
			message: expect.stringContaining('dynamodb'),
		});
		const iam = new IAMClient(client(`${base}/none`));
		await expect(iam.send(new GetRoleCommand({ RoleName: 'x' }))).rejects.toMatchObject({
			name: 'UnsupportedOperation',
			message: expect.stringContaining('iam'),
		});
		const wrong = new DynamoDBClient(client(`${base}/none`, { secretAccessKey: 'wrong' }));
		await expect(wrong.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
		expect((await fetch(`${base}/efs/x`)).status).toBe(403);
	});

	it('refuses a call that the judge refuses in the words of its protocol, before its service sees it', async () => {
		const seen: string[] = [];
		const service = (name: string) => async () => {
			seen.push(name);
			return { status: 500 };
		};
		const needs = { DYNAMODB: () => [{ action: 'dynamodb:ListTables', resources: ['*'] }], EFS: () => JSON.parse('{') };
		const endpoints = Object.fromEntries(['DYNAMODB', 'ECS', 'EFS', 'IAM'].map((name) => [name, service(name)]));
		const asked: unknown[] = [];
		const { base, serve } = await start([standIn({ endpoints, needs })], (principal, wanted) => {
			asked.push([principal.sessionName, wanted]);
			return 'User: <x> may not';
		});
		serve();
		const refused = (name: string, httpStatusCode: number) => ({ name, message: 'User: <x> may not', $metadata: { httpStatusCode } });
		await expect(new DynamoDBClient(client(`${base}/dynamodb`)).send(new ListTablesCommand({}))).rejects.toMatchObject(
			refused('AccessDeniedException', 400),
		);
		await expect(new ECSClient(client(`${base}/ecs`)).send(new ListClustersCommand({}))).rejects.toMatchObject(refused('AccessDeniedException', 400));
		await expect(new EFSClient(client(`${base}/efs`)).send(new DescribeFileSystemsCommand({}))).rejects.toMatchObject(
			refused('AccessDeniedException', 403),
		);
		await expect(new IAMClient(client(`${base}/iam`)).send(new GetRoleCommand({ RoleName: 'x' }))).rejects.toMatchObject(
			refused('AccessDenied', 403),
		);
		// what has no table, and what can't be read, is asked for as unknown
		const unknown = ['task1', undefined];
		expect(asked).toEqual([['task1', [{ action: 'dynamodb:ListTables', resources: ['*'] }]], unknown, unknown, unknown]);
		expect(seen).toEqual([]);
	});

	it('hands unsigned requests to what is open', async () => {
		const seen: OpenRequest[] = [];
		const task = async (request: OpenRequest) => {
			seen.push(request);
			return { status: 201, headers: { 'x-a': 'b' }, body: 'yes' };
		};
		const { base, serve } = await start([standIn({ open: { task } })]);
		serve();
		const response = await fetch(`${base}/task/abc/credentials?x=1`, { method: 'POST', body: 'data' });
		expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([201, 'b', 'yes']);
		expect(seen[0]).toMatchObject({ method: 'POST', path: '/abc/credentials', body: Buffer.from('data') });
	});

	it('answers only to its own name, and not before it serves', async () => {
		const { base, port, serve } = await start([]);
		expect((await fetch(`${base}/efs`)).status).toBe(503);
		serve();
		const socket = connect(port, '127.0.0.1');
		socket.end(`GET /efs HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`);
		const [answer] = (await once(socket, 'data')) as [Buffer];
		expect(answer.toString()).toMatch(/^HTTP\/1.1 421 /);
		socket.destroy();
	});

	it('answers InternalFailure when a stand-in fails, and tells the operator', async () => {
		const { base, world, serve } = await start([standIn({ endpoints: { DYNAMODB: () => Promise.reject(new Error('broken')) } })]);
		serve();
		await expect(new DynamoDBClient(client(`${base}/dynamodb`)).send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'InternalFailure' });
		expect(world.lines.join('\n')).toContain('broken');
	});
});
