/** What each function's role may do, and what it may not right beside it: calls of unmodified SDK clients, and the template that judges them. */
import {
	DescribeTaskDefinitionCommand,
	DescribeTasksCommand,
	ListTasksCommand,
	RegisterTaskDefinitionCommand,
	RunTaskCommand,
	StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { CreateAccessPointCommand, DeleteAccessPointCommand } from '@aws-sdk/client-efs';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, ScanCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll } from 'vitest';
import type { Need } from '../../../local/stand-in.ts';
import { deployTemplate } from './deployed.ts';
import { createSdkNeeds } from './sdk-needs.ts';

export const deployed = await deployTemplate();
const { server, iam, efs, ecs, one, boundary, roleOf, environmentOf } = deployed;
afterAll(server.close);
const sdk = createSdkNeeds([iam, efs, ecs]);

const table = one('AWS::DynamoDB::Table').ref;
const cluster = one('AWS::ECS::Cluster').arn;
const fileSystem = one('AWS::EFS::FileSystem').ref;
const base = one('AWS::ECS::TaskDefinition', { Family: 'shellpod-base' }).ref;
const executionRole = one('AWS::IAM::Role', { Description: 'Pulls the image of sessions' }).arn;
export const agentRoute = environmentOf('slots').SHELLPOD_AGENT_ROUTE ?? '';
const socketApi = /\/\/(\w+)\./.exec(environmentOf('relay').SHELLPOD_CONNECTIONS ?? '')?.[1] ?? '';
const homeRole = (uid: number, name = 'shellpod'): string => `arn:aws:iam::000000000000:role/${name}/homes/${name}-home-${uid}`;

const item = (pk: string) => ({ TableName: table, Key: { pk, sk: 'x' } });
const get = (pk: string) => sdk.needs('DYNAMODB', sdk.dynamo.send(new GetCommand(item(pk))));
const put = (pk: string) => sdk.needs('DYNAMODB', sdk.dynamo.send(new PutCommand({ TableName: table, Item: { pk, sk: 'x' } })));
const del = (pk: string) => sdk.needs('DYNAMODB', sdk.dynamo.send(new DeleteCommand(item(pk))));
const count = (pk: string) =>
	sdk.needs('DYNAMODB', sdk.dynamo.send(new UpdateCommand({ ...item(pk), UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 1 } })));
const query = (pk: string) =>
	sdk.needs(
		'DYNAMODB',
		sdk.dynamo.send(
			new QueryCommand({
				TableName: table,
				KeyConditionExpression: '#p = :pk AND begins_with(sk, :a)',
				ExpressionAttributeNames: { '#p': 'pk' },
				ExpressionAttributeValues: { ':pk': pk, ':a': 'pk' },
			}),
		),
	);
const due = (partition: string) =>
	sdk.needs(
		'DYNAMODB',
		sdk.dynamo.send(
			new QueryCommand({ TableName: table, IndexName: 'due', KeyConditionExpression: 'duePk = :d', ExpressionAttributeValues: { ':d': partition } }),
		),
	);
const scan = () => sdk.needs('DYNAMODB', sdk.dynamo.send(new ScanCommand({ TableName: table })));
const transact = (...pks: string[]) =>
	sdk.needs(
		'DYNAMODB',
		sdk.dynamo.send(new TransactWriteCommand({ TransactItems: pks.map((pk) => ({ Put: { TableName: table, Item: { pk, sk: 'x' } } })) })),
	);
const elsewhere = () => sdk.needs('DYNAMODB', sdk.dynamo.send(new GetCommand({ TableName: 'another', Key: { pk: 'USER#1', sk: 'x' } })));

const describeTask = (of = cluster) => sdk.needs('ECS', sdk.ecs.send(new DescribeTasksCommand({ cluster: of, tasks: ['1'] })));
const listTasks = (of = cluster) => sdk.needs('ECS', sdk.ecs.send(new ListTasksCommand({ cluster: of, family: 'shellpod-home-1' })));
const stopTask = (of = cluster) => sdk.needs('ECS', sdk.ecs.send(new StopTaskCommand({ cluster: of, task: '1' })));
const runTask = (taskDefinition: string, more = {}) => sdk.needs('ECS', sdk.ecs.send(new RunTaskCommand({ cluster, taskDefinition, ...more })));
const home = 'shellpod-home-1:1';
const register = (family: string, taskRoleArn: string, executionRoleArn = executionRole) =>
	sdk.needs(
		'ECS',
		sdk.ecs.send(
			new RegisterTaskDefinitionCommand({
				family,
				taskRoleArn,
				executionRoleArn,
				containerDefinitions: [],
				tags: [{ key: 'shellpod:deployment', value: 'x' }],
			}),
		),
	);
const connection = async (method: string, api = socketApi): Promise<Need[]> => [
	{ action: 'execute-api:ManageConnections', resources: [`arn:aws:execute-api:us-east-1:000000000000:${api}/ws/${method}/@connections/abc=`] },
];
const makeRole = (RoleName: string, PermissionsBoundary?: string) =>
	sdk.needs(
		'IAM',
		sdk.iam.send(
			new CreateRoleCommand({
				RoleName,
				Path: '/shellpod/homes/',
				AssumeRolePolicyDocument: '{}',
				...(PermissionsBoundary && { PermissionsBoundary }),
				Tags: [{ Key: 'a', Value: 'b' }],
			}),
		),
	);
const makePoint = (FileSystemId: string, key: string) =>
	sdk.needs('EFS', sdk.efs.send(new CreateAccessPointCommand({ FileSystemId, ClientToken: 'x', Tags: [{ Key: key, Value: 'x' }] })));
const writePolicy = (RoleName: string) =>
	sdk.needs('IAM', sdk.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: '{}' })));

// roles of the sort that PutRolePolicy may and may not change
const trust = JSON.stringify({ Statement: { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' } });
const operator = new IAMClient(server.client('iam'));
const kept = { Path: '/shellpod/homes/', AssumeRolePolicyDocument: trust };
await operator.send(new CreateRoleCommand({ ...kept, RoleName: 'shellpod-home-1', PermissionsBoundary: boundary }));
await operator.send(new CreateRoleCommand({ ...kept, RoleName: 'shellpod-home-unbound' }));

/** what a call needs, as the stand-ins' tables say it */
export type Asked = Promise<Need[] | undefined>;
const readBase = () => sdk.needs('ECS', sdk.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: base })));
const tasks: [string, Asked][] = [
	['read the base definition', readBase()],
	['look at a task', describeTask()],
	['list tasks', listTasks()],
	['stop a task', stopTask()],
	['run a Home', runTask(home)],
	["register a Home's definition", register('shellpod-home-1', homeRole(1))],
];
const notTasks: [string, Asked][] = [
	['look at a task elsewhere', describeTask(`${cluster}2`)],
	['list tasks elsewhere', listTasks(`${cluster}2`)],
	['stop a task elsewhere', stopTask(`${cluster}2`)],
	['run the base definition', runTask(base)],
	['run with another role', runTask(home, { overrides: { taskRoleArn: roleOf('api') } })],
	['run and tag', runTask(home, { tags: [{ key: 'a', value: 'b' }] })],
	['register another family', register('mine', homeRole(1))],
	["register with a function's role", register('shellpod-home-1', roleOf('slots'))],
	["register with another deployment's role", register('shellpod-home-1', homeRole(1, 'other'))],
	['register with another execution role', register('shellpod-home-1', homeRole(1), roleOf('api'))],
	['make a role', makeRole('shellpod-home-2', boundary)],
	['make an access point', makePoint(fileSystem, 'Name')],
];
/** what no function may */
export const never: [string, Asked][] = [
	['scan', scan()],
	['read another table', elsewhere()],
	['write in a transaction what is nobody’s', transact('USER#1', 'NOBODY#1')],
	['delete a role', sdk.needs('IAM', sdk.iam.send(new DeleteRoleCommand({ RoleName: 'shellpod-home-1' })))],
	['delete an access point', sdk.needs('EFS', sdk.efs.send(new DeleteAccessPointCommand({ AccessPointId: 'fsap-1' })))],
];

/** by the function's name in the control plane */
export const roles: Record<string, { may: [string, Asked][]; mayNot: [string, Asked][] }> = {
	api: {
		may: [
			...tasks,
			['read a user', get('USER#1')],
			['write a user', put('USER#1')],
			['list sessions', query('USER#1')],
			['read a slot', get('SLOT#1')],
			['take a slot', put('SLOT#1')],
			['find free slots', due('FREE')],
			['write a ticket', put('TICKET#1')],
			['read the switch', get('SWITCH')],
			['write several', transact('USER#1', 'USER#2')],
			['read who is connected', get('ACCESS#1')],
			['end a sign-in', put('ACCESS#1')],
			['list connections', query('SESSION#1')],
			['delete a connection', del('SESSION#1')],
			['post', connection('POST')],
			['close', connection('DELETE')],
		],
		mayNot: [
			...notTasks,
			['read a ticket', get('TICKET#1')],
			['burn a ticket', del('TICKET#1')],
			['turn the switch', put('SWITCH')],
			["read the relay's key", get('RELAY')],
			['query what is due', due('DUE#1')],
			['write a connection', put('SESSION#1')],
			['look at a connection', connection('GET')],
		],
	},
	'agent-tickets': {
		may: [
			['read a slot', get('SLOT#1')],
			['read a session', get('USER#1')],
			['repair a session', put('USER#1')],
			['write a ticket', put('TICKET#1')],
			['look at a task', describeTask()],
			['list tasks', listTasks()],
		],
		mayNot: [
			...notTasks,
			['take a slot', put('SLOT#1')],
			['stop a task', stopTask()],
			['run a Home', runTask(home)],
			['read a ticket', get('TICKET#1')],
		],
	},
	authorizer: {
		may: [['burn a ticket', del('TICKET#1')]],
		mayNot: [...notTasks, ['write a ticket', put('TICKET#1')], ['read a user', get('USER#1')]],
	},
	connect: {
		may: [
			['write a connection', put('SESSION#1')],
			['read who is connected', get('ACCESS#1')],
			['let somebody in', put('ACCESS#1')],
			['see whether a connection is alive', connection('POST')],
			['close', connection('DELETE')],
		],
		mayNot: [...notTasks, ['write a user', put('USER#1')], ['read a connection', get('SESSION#1')]],
	},
	disconnect: {
		may: [
			['delete a connection', del('SESSION#1')],
			['read a session', get('USER#1')],
			['write a session', put('USER#1')],
			['read who is connected', get('ACCESS#1')],
			['let somebody go', put('ACCESS#1')],
		],
		mayNot: [...notTasks, ['write a connection', put('SESSION#1')], ['delete a session', del('USER#1')], ['post', connection('POST')]],
	},
	hello: {
		may: [
			['read a session', get('USER#1')],
			['write a session', put('USER#1')],
			['write a connection', put('SESSION#1')],
			['delete a connection', del('SESSION#1')],
			["read the relay's key", get('RELAY')],
			['list connections', query('SESSION#1')],
			['read who is connected', get('ACCESS#1')],
			["make the relay's key", put('RELAY')],
			['post', connection('POST')],
			['close', connection('DELETE')],
		],
		mayNot: [
			...notTasks,
			['look at a connection', connection('GET')],
			['post elsewhere', connection('POST', 'other')],
			['list sessions', query('USER#1')],
		],
	},
	relay: {
		may: [
			["read the relay's key", get('RELAY')],
			['post', connection('POST')],
		],
		mayNot: [
			...notTasks,
			["write the relay's key", put('RELAY')],
			['close', connection('DELETE')],
			['look at a connection', connection('GET')],
			['post elsewhere', connection('POST', 'other')],
			['read a key with a longer name', get('RELAYS')],
		],
	},
	'task-events': {
		may: [...tasks, ['read a slot', get('SLOT#1')], ['read a session', get('USER#1')], ['write a session', put('USER#1')]],
		mayNot: [...notTasks, ['take a slot', put('SLOT#1')], ['query what is due', due('DUE#1')]],
	},
	sweep: {
		may: [
			...tasks,
			['read a session', get('USER#1')],
			['write a session', put('USER#1')],
			['query what is due', due('DUE#1')],
			['query who is to be closed', due('DUE#ACCESS')],
			['read who is connected', get('ACCESS#1')],
			['write who is connected', put('ACCESS#1')],
			['delete a connection', del('SESSION#1')],
			['close', connection('DELETE')],
			['take the lease', put('LEASE#sweep')],
			['leave the lease', del('LEASE#sweep')],
		],
		mayNot: [...notTasks, ['find free slots', due('FREE')], ['read a slot', get('SLOT#1')]],
	},
	slots: {
		may: [
			['count', count('COUNTER')],
			['find what is being made', due('MAKING')],
			['find free slots', due('FREE')],
			['read a slot', get('SLOT#1')],
			['take the lease', put('LEASE#slots')],
			['leave the lease', del('LEASE#slots')],
			['read the base definition', readBase()],
			['write a slot', put('SLOT#1')],
			['make a role', makeRole('shellpod-home-2', boundary)],
			["write a role's policy", writePolicy('shellpod-home-1')],
			['make an access point', makePoint(fileSystem, 'Name')],
			["register a Home's definition", register('shellpod-home-1', homeRole(1))],
		],
		mayNot: [
			...notTasks.filter(([sense]) => !['make a role', 'make an access point'].includes(sense)),
			['make a role without the boundary', makeRole('shellpod-home-2')],
			['make a role with another boundary', makeRole('shellpod-home-2', `${boundary}2`)],
			['make a role of another name', makeRole('admin', boundary)],
			['write the policy of a role without the boundary', writePolicy('shellpod-home-unbound')],
			["write a function's policy", writePolicy(roleOf('slots').split('/').at(-1) ?? '')],
			['make an access point elsewhere', makePoint('fs-1', 'Name')],
			['tag an access point as it likes', makePoint(fileSystem, 'owner')],
			['run a Home', runTask(home)],
			['stop a task', stopTask()],
			['read a user', get('USER#1')],
		],
	},
};
