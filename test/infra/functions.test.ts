import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from '@shellpod/functions/env.ts';
import { describe, expect, test } from 'vitest';
import { root } from '../../infra/settings.ts';
import { type Resource, synthesize } from './templates.ts';

const synthesized = synthesize();
const functions = synthesized.of('AWS::Lambda::Function').filter(({ id }) => id.startsWith('Control'));
const nameOf = ({ Properties }: Resource): string => Properties.Description.replace('ShellPod ', '');
const byName = (name: string): Resource => {
	const found = functions.find((one) => nameOf(one) === name);
	if (!found) throw new Error(`no function ${name}`);
	return found;
};

interface Statement {
	Effect: string;
	Action: string | string[];
	Resource: unknown;
	Condition?: Record<string, Record<string, unknown>>;
}

const roleOf = (one: Resource): string => one.Properties.Role['Fn::GetAtt'][0];
/** every statement that a function's role has */
const statementsOf = (name: string): Statement[] => {
	const role = roleOf(byName(name));
	return synthesized
		.of('AWS::IAM::Policy')
		.filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
		.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
};
const actionsOf = (statement: Statement): string[] => [statement.Action].flat();
const mayOf = (name: string): string[] => statementsOf(name).flatMap(actionsOf);
const names = functions.map(nameOf).sort();

/** What each handler says that its environment lacks, when it lacks everything: that is what it needs. */
const missing: Record<string, string[]> = JSON.parse(
	execFileSync(
		process.execPath,
		[
			'--input-type=module',
			'--eval',
			`const needs = {};
			for (const name of ${JSON.stringify(names)})
				needs[name] = await import(\`${root}/functions/\${name}.lambda.ts\`).then(() => ['nothing'], (error) => String(error).match(/SHELLPOD_\\w+/g) ?? [String(error)]);
			console.log(JSON.stringify(needs));`,
		],
		{ encoding: 'utf8', env: {} },
	),
);

describe('the functions', () => {
	test("are these, each with its handler's file", () => {
		expect(names).toEqual([
			'activity',
			'agent-report',
			'agent-tickets',
			'api',
			'authorizer',
			'connect',
			'disconnect',
			'hello',
			'purge',
			'relay',
			'slots',
			'sweep',
			'task-events',
		]);
		for (const name of names) expect(existsSync(join(root, `functions/${name}.lambda.ts`)), name).toBe(true);
	});

	test.each(names)('%s is told what its handler needs and nothing else', (name) => {
		const variables = Object.keys(byName(name).Properties.Environment.Variables);
		for (const variable of variables) expect(Object.values<string>(env)).toContain(variable);
		expect(variables.sort()).toEqual([...new Set(missing[name])].sort());
	});

	test.each(names)('[1.8] %s runs Node 24 on arm64', (name) => {
		expect(byName(name).Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
	});

	test('every function has a log of its own that ends', () => {
		const groups = synthesized.of('AWS::Logs::LogGroup');
		const all = synthesized.of('AWS::Lambda::Function').map(({ Properties }) => Properties.LoggingConfig?.LogGroup?.Ref);
		expect(new Set(all).size).toBe(all.length);
		for (const id of all) expect(groups.find((group) => group.id === id)?.Properties.RetentionInDays).toBeGreaterThan(0);
	});

	test('[2.1] the relay logs nothing below a warning', () => {
		expect(byName('relay').Properties.LoggingConfig).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'WARN' });
	});

	test('[1.15] concurrency is reserved only where the operator says so', () => {
		for (const { Properties } of synthesized.of('AWS::Lambda::Function')) expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
		const reserving = synthesize({ reserveConcurrency: true }).of('AWS::Lambda::Function');
		expect(reserving.find((one) => one.Properties.Description === 'ShellPod relay')?.Properties.ReservedConcurrentExecutions).toBe(400);
	});

	test("ECS's changes of this cluster's tasks, their retirements and every minute call the functions that look", () => {
		const rules = synthesized.of('AWS::Events::Rule').map(({ Properties: { EventPattern, ScheduleExpression, Targets } }) => ({
			when: ScheduleExpression ?? EventPattern,
			call: Targets.map(({ Arn }: { Arn: { 'Fn::GetAtt': string[] } }) => functions.find(({ id }) => id === Arn['Fn::GetAtt'][0])).map(nameOf),
		}));
		expect(rules).toEqual([
			{
				when: {
					source: ['aws.ecs'],
					'detail-type': ['ECS Task State Change'],
					detail: { clusterArn: [{ 'Fn::GetAtt': [synthesized.one('AWS::ECS::Cluster').id, 'Arn'] }] },
				},
				call: ['task-events'],
			},
			{
				when: {
					source: ['aws.health'],
					'detail-type': ['AWS Health Event'],
					detail: { service: ['ECS'], eventTypeCode: ['AWS_ECS_TASK_PATCHING_RETIREMENT'] },
				},
				call: ['task-events'],
			},
			{ when: 'rate(1 minute)', call: ['sweep'] },
			{ when: 'rate(1 minute)', call: ['slots'] },
			{ when: 'rate(1 minute)', call: ['purge'] },
		]);
	});
});

describe('what nobody can get done', () => {
	const hops = [
		['task-events', 2, 300],
		['sweep', 0, 60],
		['slots', 0, 60],
		['purge', 0, 60],
	] as const;

	test.each(hops)(
		'of %s is given up after %i tries more and %i s, by EventBridge and by Lambda, into a queue with an alarm',
		(name, attempts, seconds) => {
			const queue = synthesized.of('AWS::SQS::Queue').find(({ Properties }) => Properties.QueueName === `shellpod-${name}-failed`)?.id;
			const arn = { 'Fn::GetAtt': [queue, 'Arn'] };
			const { id } = byName(name);
			const patience = { MaximumEventAgeInSeconds: seconds, MaximumRetryAttempts: attempts };
			const [target] = synthesized
				.of('AWS::Events::Rule')
				.flatMap(({ Properties: { Targets } }) => Targets.filter((one: { Arn: object }) => JSON.stringify(one.Arn).includes(id)));
			expect(target).toMatchObject({ RetryPolicy: patience, DeadLetterConfig: { Arn: arn } });
			const config = synthesized.of('AWS::Lambda::EventInvokeConfig').find(({ Properties }) => Properties.FunctionName.Ref === id);
			expect(config?.Properties).toMatchObject({ ...patience, Qualifier: '$LATEST', DestinationConfig: { OnFailure: { Destination: arn } } });
			const alarm = synthesized.of('AWS::CloudWatch::Alarm').find(({ Properties }) => Properties.AlarmName === `shellpod-${name}-failed`);
			expect(alarm?.Properties.Dimensions).toEqual([{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }]);
			expect(statementsOf(name).filter((one) => actionsOf(one).some((action) => action.startsWith('sqs:')))).toEqual([
				{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn },
			]);
		},
	);

	test('each alarm has an article in the runbook', () => {
		const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
		const alarms = synthesized.of('AWS::CloudWatch::Alarm').map(({ Properties }) => String(Properties.AlarmName).replace(/^shellpod-/, ''));
		expect(alarms).toHaveLength(hops.length + 2);
		for (const alarm of alarms) expect(runbook).toContain(`## \`<deployment>-${alarm}\``);
	});
});

describe('rights', () => {
	test.each(names)('%s: no action is a wildcard, and roles have no policies from elsewhere', (name) => {
		for (const statement of statementsOf(name)) {
			expect(statement.Effect).toBe('Allow');
			for (const action of actionsOf(statement)) expect(action).toMatch(/^[a-z-]+:[A-Za-z]+$/);
		}
		const role = synthesized.of('AWS::IAM::Role').find(({ id }) => id === roleOf(byName(name)));
		expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
	});

	test.each(names)('%s: items only by the partitions that it is about', (name) => {
		for (const statement of statementsOf(name).filter((one) => actionsOf(one).some((action) => action.startsWith('dynamodb:')))) {
			const leading = statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
			expect([leading].flat().length).toBeGreaterThan(0);
			for (const partition of [leading].flat()) expect(partition).toMatch(/^[A-Z]+(#(\*|[a-z]+))?$/);
			// a read without a key has no leading key, and the condition would hold
			for (const action of actionsOf(statement)) expect(action).not.toMatch(/Scan|PartiQL|Batch|Transact/);
		}
	});

	test.each(names)("[3.6] %s: what stands on all resources can't be said more closely", (name) => {
		const open = statementsOf(name).filter(({ Resource }) => Resource === '*');
		for (const statement of open) {
			for (const action of actionsOf(statement))
				expect([
					'ecs:ListTasks',
					'ecs:DescribeTaskDefinition',
					'ecs:RegisterTaskDefinition',
					'ecs:ListTaskDefinitions',
					'ecs:DeregisterTaskDefinition',
					'iam:GetAccountSummary',
				]).toContain(action);
		}
	});

	test('the relay reads its key, posts, counts, and cuts off who floods, nothing else', () => {
		const ours = statementsOf('relay').filter((one) => !actionsOf(one).some((action) => action.startsWith('logs:')));
		const only = (Action: string, partition: string) =>
			expect.objectContaining({ Action, Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partition] } } });
		expect(ours).toEqual([
			only('dynamodb:GetItem', 'RELAY'),
			only('dynamodb:UpdateItem', 'METER#*'),
			only('dynamodb:PutItem', 'CUT#*'),
			expect.objectContaining({ Action: 'execute-api:ManageConnections' }),
		]);
		expect(JSON.stringify(ours[3]?.Resource).match(/\/(?:GET|POST|DELETE|\*)\/@connections\/\*/g)).toEqual([
			'/DELETE/@connections/*',
			'/POST/@connections/*',
		]);
	});

	test('[3.6] one function alone makes roles and access points, under the boundary, and it starts nothing', () => {
		const touching = names.filter((name) => mayOf(name).some((action) => /^iam:(?!PassRole)|^elasticfilesystem:/.test(action)));
		expect(touching).toEqual(['purge', 'slots']);
		expect(mayOf('slots').filter((action) => /Delete(?!Item)/.test(action))).toEqual([]);
		expect(mayOf('slots').filter((action) => /RunTask|StopTask/.test(action))).toEqual([]);
		const boundary = { Ref: synthesized.one('AWS::IAM::ManagedPolicy').id };
		for (const statement of statementsOf('slots').filter((one) => actionsOf(one).some((action) => /^iam:(Create|Put)/.test(action)))) {
			expect(statement.Condition).toEqual({ StringEquals: { 'iam:PermissionsBoundary': boundary } });
			expect(JSON.stringify(statement.Resource)).toContain(':role/shellpod/homes/shellpod-home-*');
		}
		for (const name of names) {
			expect(
				mayOf(name).filter((action) =>
					/UpdateAssumeRolePolicy|DeleteRolePermissionsBoundary|AttachRolePolicy|PutRolePermissionsBoundary/.test(action),
				),
			).toEqual([]);
		}
	});

	test('[19] one function alone deletes roles, access points and definitions, those of Homes only, and it makes and starts nothing', () => {
		const deleters = names.filter((name) => mayOf(name).some((action) => /^(iam|ecs|elasticfilesystem):(Delete|Deregister)/.test(action)));
		expect(deleters).toEqual(['purge']);
		expect(mayOf('purge').filter((action) => /^(iam|elasticfilesystem):Create|RunTask|StopTask|:Register|PassRole/.test(action))).toEqual([]);
		const of = (action: string) => statementsOf('purge').find((one) => actionsOf(one).includes(action));
		for (const action of ['iam:DeleteRole', 'iam:DeleteRolePolicy'])
			expect(JSON.stringify(of(action)?.Resource)).toContain(':role/shellpod/homes/shellpod-home-*');
		expect(JSON.stringify(of('ecs:DeleteTaskDefinitions')?.Resource)).toContain(':task-definition/shellpod-home-*:*');
		expect(of('elasticfilesystem:DeleteAccessPoint')?.Condition).toEqual({ StringEquals: { 'aws:ResourceTag/shellpod:deployment': 'shellpod' } });
	});

	test('[1.13] roles are passed to ECS tasks only: those of Homes and the one that pulls the image', () => {
		const executionRole = synthesized.one('AWS::ECS::TaskDefinition').Properties.ExecutionRoleArn;
		const passing = names.filter((name) => mayOf(name).includes('iam:PassRole'));
		expect(passing).toEqual(['api', 'slots', 'sweep', 'task-events']);
		for (const name of passing) {
			const statements = statementsOf(name).filter((one) => actionsOf(one).includes('iam:PassRole'));
			expect(statements).toHaveLength(1);
			expect(statements[0]?.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
			const [execution, homes, ...more] = [statements[0]?.Resource].flat();
			expect(JSON.stringify(homes)).toContain(':role/shellpod/homes/shellpod-home-*');
			expect([execution, more]).toEqual([executionRole, []]);
		}
	});

	test('[3.6] tasks are started of Homes` definitions in this cluster only', () => {
		const cluster = { 'Fn::GetAtt': [synthesized.one('AWS::ECS::Cluster').id, 'Arn'] };
		for (const name of names) {
			for (const statement of statementsOf(name).filter((one) =>
				actionsOf(one).some((action) => /^ecs:(Run|Stop|Describe|List)Tasks?$/.test(action)),
			)) {
				expect(statement.Condition).toEqual({ ArnEquals: { 'ecs:cluster': cluster } });
				if (actionsOf(statement).includes('ecs:RunTask')) expect(JSON.stringify(statement.Resource)).toContain(':task-definition/shellpod-home-*:*');
			}
		}
	});
});
