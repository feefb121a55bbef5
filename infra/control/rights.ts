import { madeByTag } from '@shellpod/functions/env.ts';
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Homes } from '../data/homes.ts';
import type { ShellpodTable } from '../data/table.ts';
import { ecsArn } from './addresses.ts';
import type { Sessions } from './sessions.ts';
import type { SocketApi } from './websocket-api.ts';

const allow = (actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>): PolicyStatement =>
	new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

const accessPoints = `arn:${Aws.PARTITION}:elasticfilesystem:${Aws.REGION}:${Aws.ACCOUNT_ID}:access-point/*`;

type ItemAction = 'GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query';

const leading = (partitions: string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } });

/** Items of the table, by the partitions that they stand in; a `*` at the end stands for the rest of a name. No action of it reads without a key. */
export const items = (table: ShellpodTable, partitions: string[], actions: ItemAction[]): PolicyStatement =>
	allow(
		actions.map((action) => `dynamodb:${action}`),
		[table.table.tableArn],
		leading(partitions),
	);

/** Partitions of the index of what is due and of free slots. */
export const due = (table: ShellpodTable, partitions: string[]): PolicyStatement => allow(['dynamodb:Query'], [table.indexArn], leading(partitions));

export const connections = (socket: SocketApi, methods: ('GET' | 'POST' | 'DELETE')[]): PolicyStatement =>
	allow(
		['execute-api:ManageConnections'],
		methods.map((method) => socket.connectionsArn(method)),
	);

const onCluster = (sessions: Sessions) => ({ ArnEquals: { 'ecs:cluster': sessions.cluster.clusterArn } });

/** To look at this cluster's tasks. */
export const seeTasks = (sessions: Sessions): PolicyStatement[] => [
	allow(['ecs:DescribeTasks'], [ecsArn(`task/${sessions.cluster.clusterName}/*`)], onCluster(sessions)),
	// has no resource of its own: the cluster is a condition
	allow(['ecs:ListTasks'], ['*'], onCluster(sessions)),
];

/** To start and stop tasks of Homes in this cluster, and nothing else. */
export const runTasks = (sessions: Sessions): PolicyStatement[] => [
	...seeTasks(sessions),
	allow(['ecs:RunTask'], [sessions.homeDefinitions], onCluster(sessions)),
	allow(['ecs:StopTask'], [ecsArn(`task/${sessions.cluster.clusterName}/*`)], onCluster(sessions)),
	...makeDefinitions(sessions),
];

/** To make a Home's task definition of the base definition. ECS asks for PassRole here and again at RunTask. */
const makeDefinitions = (sessions: Sessions): PolicyStatement[] => [
	// both know no resources
	allow(['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'], ['*']),
	allow(['ecs:TagResource'], [sessions.homeDefinitions], { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } }),
	allow(['iam:PassRole'], [sessions.homeRoles, sessions.executionRole.roleArn], {
		StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
	}),
];

/** To make what a Home needs. One function alone has these rights, and it starts nothing. */
export const makeHomes = (sessions: Sessions, homes: Homes): PolicyStatement[] => [
	allow(['iam:CreateRole', 'iam:PutRolePolicy'], [sessions.homeRoles], {
		StringEquals: { 'iam:PermissionsBoundary': sessions.boundary.managedPolicyArn },
	}),
	allow(['iam:TagRole'], [sessions.homeRoles]),
	// counts, for the whole account
	allow(['iam:GetAccountSummary'], ['*']),
	allow(['elasticfilesystem:CreateAccessPoint'], [homes.fileSystem.fileSystemArn]),
	allow(['elasticfilesystem:TagResource'], [accessPoints], {
		StringEquals: { 'elasticfilesystem:CreateAction': 'CreateAccessPoint' },
		'ForAllValues:StringEquals': { 'aws:TagKeys': [madeByTag, 'Name'] },
	}),
	...makeDefinitions(sessions),
];

/** To delete what a Home is made of, and nothing that another made. One function alone has these rights; it makes and starts nothing. */
export const unmakeHomes = (sessions: Sessions): PolicyStatement[] => [
	allow(['iam:DeleteRole'], [sessions.homeRoles]),
	allow(['iam:DeleteRolePolicy'], [sessions.homeRoles], { StringEquals: { 'iam:PermissionsBoundary': sessions.boundary.managedPolicyArn } }),
	allow(['elasticfilesystem:DeleteAccessPoint'], [accessPoints], { StringEquals: { [`aws:ResourceTag/${madeByTag}`]: sessions.deployment } }),
	// both know no resources
	allow(['ecs:ListTaskDefinitions', 'ecs:DeregisterTaskDefinition'], ['*']),
	allow(['ecs:DeleteTaskDefinitions'], [sessions.homeDefinitions]),
];
