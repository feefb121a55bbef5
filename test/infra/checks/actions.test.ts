import { actions } from '@shellpod/infra/checks/actions.ts';
import { policiesOf } from '@shellpod/infra/checks/policies.ts';
import { describe, expect, test } from 'vitest';
import { plants, real } from './planted.ts';

const table = { 'Fn::ImportValue': 'shellpod-data:ExportsOutputFnGetAttTable710B521BArn570AFAD4' };

describe("[6.12] AWS's reference of actions", () => {
	plants('knownActions', [
		[
			'an action that does not exist',
			({ allow }) => allow('Api', 'ecs:RunTasks', '*'),
			/says ecs:RunTasks, which infra\/checks\/actions\.ts doesn't know/,
		],
		['a wildcard', ({ allow }) => allow('Api', 'ecs:*', '*'), /write the action out/],
		[
			'a resource of another kind',
			({ allow }) => allow('Api', 'ecs:RunTask', { 'Fn::GetAtt': ['SessionsClusterACC60B8D', 'Arn'] }),
			/never asked for: it knows task-definition/,
		],
		[
			'a resource where there is none',
			({ allow }) => allow('Api', 'ecs:DescribeTaskDefinition', 'arn:aws:ecs:r:a:task-definition/x:1'),
			/no resource but \*/,
		],
		[
			'a table where an item belongs',
			({ allow }) => allow('Api', 'dynamodb:GetItem', { 'Fn::Join': ['', [table, '/index/due']] }),
			/GetItem on arn:p:dynamodb:r:a:table\/x\/index\/due/,
		],
		[
			'a key that the call never carries',
			({ statement }) => (statement('Api', 'ecs:RunTask').Condition.StringEquals = { 'iam:PassedToService': 'x' }),
			/asks ecs:RunTask for iam:PassedToService/,
		],
		[
			'a key of another action',
			({ statement }) => (statement('Slots', 'iam:TagRole').Condition = { StringEquals: { 'iam:PermissionsBoundary': 'x' } }),
			/asks iam:TagRole for iam:PermissionsBoundary/,
		],
	]);
	plants('passedTwice', [
		[
			'RunTask without passing',
			({ statement }) => (statement('Sweep', 'iam:PassRole').Action = 'iam:TagRole'),
			/ControlSweepRole.* allows ecs:RunTask without iam:PassRole/,
		],
		[
			'registering without passing',
			({ statement }) => (statement('Slots', 'iam:PassRole').Action = 'iam:TagRole'),
			/ControlSlotsRole.* allows ecs:RegisterTaskDefinition without/,
		],
		['passing one of the two', ({ statement }) => statement('Sweep', 'iam:PassRole').Resource.pop(), /of Homes' roles and of the execution role/],
	]);

	test('the table has no line that nothing uses', () => {
		const used = policiesOf(real).flatMap(({ statements }) => statements.flatMap((statement) => [...statement.actions]));
		expect(Object.keys(actions).filter((action) => !used.includes(action))).toEqual([]);
	});
});
