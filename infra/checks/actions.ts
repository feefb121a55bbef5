/**
 * What each action that is allowed here can be limited to. A table by hand, of exactly the actions that the templates allow:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html, read 2026-08.
 */
import type { Check, Cloud } from './cloud.ts';
import { allows, policiesOf } from './policies.ts';

interface Limits {
	/** types of resources that a statement may name */
	resources: readonly ResourceType[];
	/** condition keys beside the global ones */
	keys?: readonly string[];
}

const arns = {
	task: /^arn:[^:]+:ecs:[^:]+:[^:]+:task\/[^/]+\/[^/]+$/,
	'task-definition': /^arn:[^:]+:ecs:[^:]+:[^:]+:task-definition\/[^/:]+:[^/:]+$/,
	role: /^arn:[^:]+:iam::[^:]+:role\/.+$/,
	table: /^arn:[^:]+:dynamodb:[^:]+:[^:]+:table\/[^/]+$/,
	index: /^arn:[^:]+:dynamodb:[^:]+:[^:]+:table\/[^/]+\/index\/[^/]+$/,
	'file-system': /^arn:[^:]+:elasticfilesystem:[^:]+:[^:]+:file-system\/[^/]+$/,
	'access-point': /^arn:[^:]+:elasticfilesystem:[^:]+:[^:]+:access-point\/[^/]+$/,
	api: /^arn:[^:]+:execute-api:[^:]+:[^:]+:[^/]+\/[^/]+\/[A-Z*]+\/.+$/,
	'log-stream': /^arn:[^:]+:logs:[^:]+:[^:]+:log-group:[^:]+:/,
	queue: /^arn:[^:]+:sqs:[^:]+:[^:]+:[^:*]+$/,
	repository: /^arn:[^:]+:ecr:[^:]+:[^:]+:repository\/.+$/,
} as const satisfies Record<string, RegExp>;
type ResourceType = keyof typeof arns;

const items: Limits = { resources: ['table'], keys: ['dynamodb:LeadingKeys'] };
const mounts: Limits = { resources: ['file-system'], keys: ['elasticfilesystem:AccessPointArn', 'elasticfilesystem:AccessedViaMountTarget'] };
const tasks: Limits = { resources: ['task'], keys: ['ecs:cluster'] };
const images: Limits = { resources: ['repository'] };
const lines: Limits = { resources: ['log-stream'] };

export const actions: Readonly<Record<string, Limits>> = {
	'dynamodb:GetItem': items,
	'dynamodb:PutItem': items,
	'dynamodb:UpdateItem': items,
	'dynamodb:DeleteItem': items,
	'dynamodb:Query': { ...items, resources: ['table', 'index'] },
	'ecr:BatchCheckLayerAvailability': images,
	'ecr:BatchGetImage': images,
	'ecr:GetDownloadUrlForLayer': images,
	'ecr:GetAuthorizationToken': { resources: [] },
	'ecs:DescribeTasks': tasks,
	'ecs:StopTask': tasks,
	// its one type of resource is the container instance, which Fargate has not
	'ecs:ListTasks': { resources: [], keys: ['ecs:cluster'] },
	'ecs:RunTask': { resources: ['task-definition'], keys: ['ecs:cluster', 'ecs:enable-execute-command', 'aws:RequestTag', 'aws:TagKeys'] },
	'ecs:DescribeTaskDefinition': { resources: [] },
	'ecs:ListTaskDefinitions': { resources: [] },
	'ecs:DeregisterTaskDefinition': { resources: [] },
	'ecs:DeleteTaskDefinitions': { resources: ['task-definition'] },
	'ecs:RegisterTaskDefinition': { resources: ['task-definition'], keys: ['aws:RequestTag', 'aws:TagKeys'] },
	'ecs:TagResource': { resources: ['task', 'task-definition'], keys: ['ecs:CreateAction', 'aws:RequestTag', 'aws:TagKeys'] },
	'elasticfilesystem:ClientMount': mounts,
	'elasticfilesystem:ClientWrite': mounts,
	'elasticfilesystem:CreateAccessPoint': { resources: ['file-system'], keys: ['aws:RequestTag', 'aws:TagKeys'] },
	'elasticfilesystem:DeleteAccessPoint': { resources: ['access-point'], keys: ['aws:ResourceTag'] },
	'elasticfilesystem:TagResource': {
		resources: ['access-point', 'file-system'],
		keys: ['elasticfilesystem:CreateAction', 'aws:RequestTag', 'aws:TagKeys'],
	},
	'execute-api:Invoke': { resources: ['api'] },
	'execute-api:ManageConnections': { resources: ['api'] },
	'iam:CreateRole': { resources: ['role'], keys: ['iam:PermissionsBoundary', 'aws:RequestTag', 'aws:TagKeys'] },
	'iam:DeleteRole': { resources: ['role'], keys: ['aws:ResourceTag'] },
	'iam:DeleteRolePolicy': { resources: ['role'], keys: ['iam:PermissionsBoundary', 'aws:ResourceTag'] },
	'iam:GetAccountSummary': { resources: [] },
	'iam:PutRolePolicy': { resources: ['role'], keys: ['iam:PermissionsBoundary'] },
	'iam:TagRole': { resources: ['role'], keys: ['aws:RequestTag', 'aws:TagKeys'] },
	'iam:PassRole': { resources: ['role'], keys: ['iam:PassedToService', 'iam:AssociatedResourceArn'] },
	'logs:CreateLogStream': lines,
	'logs:PutLogEvents': lines,
	'sqs:SendMessage': { resources: ['queue'] },
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: in every request, of those that are used here */
const everywhere = ['aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:SecureTransport', 'aws:SourceAccount', 'aws:SourceArn'];

/** ARNs of resources of the template, for their shape. */
const shapes: Readonly<Record<string, string>> = {
	'AWS::DynamoDB::Table': 'arn:p:dynamodb:r:a:table/x',
	'AWS::EFS::FileSystem': 'arn:p:elasticfilesystem:r:a:file-system/x',
	'AWS::IAM::Role': 'arn:p:iam::a:role/x',
	'AWS::SQS::Queue': 'arn:p:sqs:r:a:x',
	'AWS::Logs::LogGroup': 'arn:p:logs:r:a:log-group:x:*',
	'AWS::ECS::Cluster': 'arn:p:ecs:r:a:cluster/x',
};

const shapeOf = (cloud: Cloud, resource: string): string =>
	resource
		.replace(/^\$\{(\w+)\.Arn\}/, (whole, id: string) => shapes[cloud.resources.find((one) => one.id === id)?.type ?? ''] ?? whole)
		.replace(/\$\{[^}]*\}/g, 'x');

/** The CDK's own function has wildcards, and runs only while deploying. */
const isOfCdk = (where: string): boolean => where.includes('/CustomCDKBucketDeployment');

export const knownActions: Check = (cloud) =>
	policiesOf(cloud)
		.filter(({ kind, where }) => kind === 'identity' && !isOfCdk(where))
		.flatMap(({ where, statements }) =>
			statements.flatMap((statement) =>
				statement.actions.flatMap((action) => {
					const limits = actions[action];
					if (!limits)
						return [
							`${where} says ${action}, which infra/checks/actions.ts doesn't know: write the action out, and add its line from AWS's reference.`,
						];
					const wrong = statement.resources
						.map((resource) => shapeOf(cloud, resource))
						.filter((resource) => resource !== '*' && !limits.resources.some((type) => arns[type].test(resource)));
					const keys = statement.conditions
						.map(({ key }) => key.replace(/\/.*$/, ''))
						.filter((key) => ![...everywhere, ...(limits.keys ?? [])].some((one) => one.toLowerCase() === key.toLowerCase()));
					return [
						...wrong.map(
							(resource) =>
								`${where} allows ${action} on ${resource}, which it is never asked for: it knows ${limits.resources.join(', ') || 'no resource but *'}.`,
						),
						...keys.map(
							(key) =>
								`${where} asks ${action} for ${key}, which such a request never carries: it knows ${limits.keys?.join(', ') ?? 'none of its own'}.`,
						),
					];
				}),
			),
		);

/** ECS asks for PassRole when a definition is registered and again when it is run, for the task's role and the execution role. */
export const passedTwice: Check = (cloud) => {
	const policies = policiesOf(cloud).filter(({ kind }) => kind === 'identity');
	return ['ecs:RunTask', 'ecs:RegisterTaskDefinition'].flatMap((action) =>
		policies
			.filter(({ statements }) => statements.some((statement) => allows(statement, action)))
			.filter(({ roles }) => {
				const passed = policies
					.filter((other) => other.roles.some((role) => roles.includes(role)))
					.flatMap(({ statements }) => statements.filter((statement) => allows(statement, 'iam:PassRole')))
					.flatMap(({ resources }) => [...resources]);
				return passed.length < 2;
			})
			.map(
				({ where }) => `${where} allows ${action} without iam:PassRole of Homes' roles and of the execution role: ECS refuses the call; allow both.`,
			),
	);
};
