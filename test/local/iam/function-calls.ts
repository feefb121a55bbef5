/** What each function's role may not do, right beside what it may: calls of unmodified SDK clients, and the template that judges them. */
import {
	DeleteTaskDefinitionsCommand,
	DescribeTaskDefinitionCommand,
	DescribeTasksCommand,
	ListTasksCommand,
	RegisterTaskDefinitionCommand,
	RunTaskCommand,
	StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { CreateAccessPointCommand, DeleteAccessPointCommand } from '@aws-sdk/client-efs';
import { CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
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

const describeTask = (of = cluster, task = '1') => sdk.needs('ECS', sdk.ecs.send(new DescribeTasksCommand({ cluster: of, tasks: [task] })));
const listTasks = (of = cluster) => sdk.needs('ECS', sdk.ecs.send(new ListTasksCommand({ cluster: of, family: 'shellpod-home-1' })));
const stopTask = (of = cluster, task = '1') => sdk.needs('ECS', sdk.ecs.send(new StopTaskCommand({ cluster: of, task })));
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

const deletePolicy = (RoleName: string) => sdk.needs('IAM', sdk.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'p' })));

// roles of the sort that PutRolePolicy may and may not change
const trust = JSON.stringify({ Statement: { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' } });
const operator = new IAMClient(server.client('iam'));
const kept = { Path: '/shellpod/homes/', AssumeRolePolicyDocument: trust };
await operator.send(new CreateRoleCommand({ ...kept, RoleName: 'shellpod-home-1', PermissionsBoundary: boundary }));
await operator.send(new CreateRoleCommand({ ...kept, RoleName: 'shellpod-home-unbound' }));

/** what a call needs, as the stand-ins' tables say it */
export type Asked = Promise<Need[] | undefined>;
const readBase = () => sdk.needs('ECS', sdk.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: base })));
/** what no operation that local mode has can ask for, as IAM would be asked */
const raw = async (action: string, resource: string, context: NonNullable<Need['context']>): Asked => [{ action, resources: [resource], context }];
const definition = 'arn:aws:ecs:us-east-1:000000000000:task-definition/shellpod-home-1:1';
const passElsewhere = () => raw('iam:PassRole', homeRole(1), { 'iam:PassedToService': ['ec2.amazonaws.com'] });
const accessPoint = 'arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-1';
const deleteRole = (RoleName: string) => sdk.needs('IAM', sdk.iam.send(new DeleteRoleCommand({ RoleName })));
const deletePoint = (of: string) => raw('elasticfilesystem:DeleteAccessPoint', accessPoint, { 'aws:ResourceTag/shellpod:deployment': [of] });
const deleteDefinition = (family: string) => sdk.needs('ECS', sdk.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [`${family}:1`] })));
const ourTask = `${cluster.replace(':cluster/', ':task/')}/1`;

const notTasks: [string, Asked][] = [
	['look at a task under the name of another cluster', describeTask(`${cluster}2`, ourTask)],
	['stop a task under the name of another cluster', stopTask(`${cluster}2`, ourTask)],
	['run a Home elsewhere', runTask(home, { cluster: `${cluster}2` })],
	["tag a Home's definition that is there", raw('ecs:TagResource', definition, {})],
	["pass a Home's role to another service", passElsewhere()],
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
	['delete a role', deleteRole('shellpod-home-1')],
	["delete a Home's access point", deletePoint('shellpod')],
	['make a definition inactive', raw('ecs:DeregisterTaskDefinition', '*', {})],
	["delete a Home's definition", deleteDefinition('shellpod-home-1')],
	['tag an access point that is there', raw('elasticfilesystem:TagResource', accessPoint, { 'aws:TagKeys': ['Name'] })],
];
/** what no function may */
export const never: [string, Asked][] = [
	['scan', scan()],
	['read another table', elsewhere()],
	['write in a transaction what is nobody’s', transact('USER#1', 'NOBODY#1')],
	["delete a function's role", deleteRole(roleOf('slots').split('/').at(-1) ?? '')],
	['delete an access point without a tag', sdk.needs('EFS', sdk.efs.send(new DeleteAccessPointCommand({ AccessPointId: 'fsap-1' })))],
	["delete another deployment's access point", deletePoint('other')],
	['delete the base definition', deleteDefinition('shellpod-base')],
];

/** what else each may not, by the function's name in the control plane */
export const roles: Record<string, [string, Asked][]> = {
	api: [
		...notTasks,
		['read a ticket', get('TICKET#1')],
		['burn a ticket', del('TICKET#1')],
		['turn the switch', put('SWITCH')],
		['cut an end off', put('CUT#1')],
		["read the relay's key", get('RELAY')],
		['query what is due', due('DUE#1')],
		['list what was counted', query('METER#1')],
		['take a uid', count('COUNTER')],
		['write a connection', put('SESSION#1')],
		['list reports', query('REPORT#1')],
		['look at a connection', connection('GET')],
	],
	'agent-tickets': [
		...notTasks,
		['take a slot', put('SLOT#1')],
		['stop a task', stopTask()],
		['run a Home', runTask(home)],
		['read the base definition', readBase()],
		['read a ticket', get('TICKET#1')],
	],
	'agent-report': [
		...notTasks,
		['take a slot', put('SLOT#1')],
		['write a session', put('USER#1')],
		['write a ticket', put('TICKET#1')],
		['delete a report', del('REPORT#1')],
		['read a ticket', get('TICKET#1')],
		['look at a task', describeTask()],
	],
	authorizer: [
		...notTasks,
		['let an end that was cut off come back', del('CUT#1')],
		['write a ticket', put('TICKET#1')],
		['delete a session', del('USER#1')],
		['read a user', get('USER#1')],
	],
	connect: [...notTasks, ['write a user', put('USER#1')], ['read a connection', get('SESSION#1')]],
	disconnect: [...notTasks, ['write a connection', put('SESSION#1')], ['delete a session', del('USER#1')], ['post', connection('POST')]],
	hello: [
		...notTasks,
		['look at a connection', connection('GET')],
		['post elsewhere', connection('POST', 'other')],
		['list sessions', query('USER#1')],
		['read a slot', get('SLOT#1')],
		['take a uid', count('COUNTER')],
	],
	activity: [
		...notTasks,
		['look at a connection', connection('GET')],
		['post elsewhere', connection('POST', 'other')],
		['list sessions', query('USER#1')],
		['delete a session', del('USER#1')],
		['let an end that was cut off come back', del('CUT#1')],
		["read the relay's key", get('RELAY')],
		['read a connection', query('SESSION#1')],
		['write who may come', put('ACCESS#1')],
		['take a uid', count('COUNTER')],
	],
	relay: [
		...notTasks,
		["write the relay's key", put('RELAY')],
		['let an end that was cut off come back', del('CUT#1')],
		['read a connection', query('SESSION#1')],
		['look at a connection', connection('GET')],
		['post elsewhere', connection('POST', 'other')],
		['read a key with a longer name', get('RELAYS')],
		['take a uid', count('COUNTER')],
	],
	'task-events': [...notTasks, ['take a slot', put('SLOT#1')], ['read a ticket', get('TICKET#1')], ['query what is due', due('DUE#1')]],
	sweep: [
		...notTasks,
		['find free slots', due('FREE')],
		['take a slot', put('SLOT#1')],
		['burn a ticket', del('TICKET#1')],
		['read a ticket', get('TICKET#1')],
		['end the pause between two looks for orphans', del('LEASE#orphans')],
		["take the slot maker's lease", put('LEASE#slots')],
		["end the slot maker's lease", del('LEASE#slots')],
	],
	slots: [
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
		['read a ticket', get('TICKET#1')],
		['list sessions', query('USER#1')],
		['write a user', put('USER#1')],
		['count something else', count('USER#1')],
		["take the sweep's lease", put('LEASE#sweep')],
		["end the sweep's lease", del('LEASE#sweep')],
		['write a ticket', put('TICKET#1')],
		['query what is due', due('DUE#1')],
	],
	purge: [
		...notTasks.filter(([sense]) => !/^(delete|make a definition inactive)/.test(sense)),
		['delete the policy of a role without the boundary', deletePolicy('shellpod-home-unbound')],
		['run a Home', runTask(home)],
		['stop a task', stopTask()],
		['look at a task', describeTask()],
		['take a slot', put('SLOT#1')],
		['list sessions', query('USER#1')],
		['burn a ticket', del('TICKET#1')],
		["delete the relay's key", del('RELAY')],
		['find free slots', due('FREE')],
		['query what is due', due('DUE#1')],
		["end the sweep's lease", del('LEASE#sweep')],
	],
};
