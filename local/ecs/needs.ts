/**
 * What calls of ECS need, the roles included that are passed on.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
import type { Need, NeedsOf } from '../stand-in.ts';
import type { Definition } from './machine/state.ts';

interface NeedsDeps {
	region: string;
	account: string;
	/** by ARN, by family and revision, or by family */
	definition(name: string): Definition | undefined;
}

interface Input {
	cluster?: string;
	taskDefinition?: string;
	taskDefinitions?: string[];
	family?: string;
	task?: string;
	tasks?: string[];
	clusters?: string[];
	taskRoleArn?: string;
	executionRoleArn?: string;
	overrides?: { taskRoleArn?: string; executionRoleArn?: string };
	tags?: { key?: unknown }[];
}

export const needsOfEcs = ({ region, account, definition }: NeedsDeps): NeedsOf => {
	const arn = (kind: string, rest: string): string => `arn:aws:ecs:${region}:${account}:${kind}/${rest}`;
	const clusterName = (name = 'default'): string => name.split('/').at(-1) ?? name;
	const taskArn = (cluster: string | undefined, name: string): string =>
		name.startsWith('arn:') ? name : arn('task', `${clusterName(cluster)}/${name}`);
	const definitionArn = (name: string): string => definition(name)?.arn ?? (name.startsWith('arn:') ? name : arn('task-definition', name));

	/** documented: asked for whenever a role is handed to a task, at registration and at the start */
	const passes = (...roles: (string | undefined)[]): Need[] =>
		roles.flatMap((role) =>
			role === undefined ? [] : [{ action: 'iam:PassRole', resources: [role], context: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com'] } }],
		);
	const tags = ({ tags: given = [] }: Input): { 'aws:TagKeys'?: string[] } =>
		given.length > 0 ? { 'aws:TagKeys': given.map(({ key }) => String(key)) } : {};
	const tagging = (input: Input, operation: string, resource: string): Need[] =>
		input.tags?.length ? [{ action: 'ecs:TagResource', resources: [resource], context: { ...tags(input), 'ecs:CreateAction': [operation] } }] : [];

	const needs: Record<string, (input: Input) => Need[]> = {
		ListClusters: () => [{ action: 'ecs:ListClusters', resources: ['*'] }],
		DescribeClusters: ({ clusters = ['default'] }) => [
			{ action: 'ecs:DescribeClusters', resources: clusters.map((name) => arn('cluster', clusterName(name))) },
		],
		RegisterTaskDefinition: (input) => [
			{ action: 'ecs:RegisterTaskDefinition', resources: ['*'], context: tags(input) },
			...passes(input.taskRoleArn, input.executionRoleArn),
			// its revision isn't known yet
			...tagging(input, 'RegisterTaskDefinition', arn('task-definition', `${input.family}:*`)),
		],
		DescribeTaskDefinition: () => [{ action: 'ecs:DescribeTaskDefinition', resources: ['*'] }],
		DeregisterTaskDefinition: () => [{ action: 'ecs:DeregisterTaskDefinition', resources: ['*'] }],
		DeleteTaskDefinitions: ({ taskDefinitions = [] }) => [{ action: 'ecs:DeleteTaskDefinitions', resources: taskDefinitions.map(definitionArn) }],
		ListTaskDefinitions: () => [{ action: 'ecs:ListTaskDefinitions', resources: ['*'] }],
		RunTask: (input) => {
			const { taskDefinition = '', cluster, overrides } = input;
			const spec = definition(taskDefinition)?.spec;
			return [
				{
					action: 'ecs:RunTask',
					resources: [definitionArn(taskDefinition)],
					context: { ...tags(input), 'ecs:cluster': [arn('cluster', clusterName(cluster))] },
				},
				...passes(overrides?.taskRoleArn ?? spec?.taskRoleArn, overrides?.executionRoleArn ?? spec?.executionRoleArn),
				...tagging(input, 'RunTask', arn('task', `${clusterName(cluster)}/*`)),
			];
		},
		StopTask: ({ cluster, task = '' }) => [
			{ action: 'ecs:StopTask', resources: [taskArn(cluster, task)], context: { 'ecs:cluster': [arn('cluster', clusterName(cluster))] } },
		],
		DescribeTasks: ({ cluster, tasks = [] }) => [
			{
				action: 'ecs:DescribeTasks',
				resources: tasks.map((name) => taskArn(cluster, name)),
				context: { 'ecs:cluster': [arn('cluster', clusterName(cluster))] },
			},
		],
		ListTasks: ({ cluster }) => [{ action: 'ecs:ListTasks', resources: ['*'], context: { 'ecs:cluster': [arn('cluster', clusterName(cluster))] } }],
	};

	return ({ headers, body }) => {
		const operation = (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
		const of = Object.hasOwn(needs, operation) ? needs[operation] : undefined;
		return of?.(JSON.parse(body.toString('utf8') || '{}') as Input);
	};
};
