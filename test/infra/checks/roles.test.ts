/** Designs in which a role becomes more than it was made as. */
import { describe } from 'vitest';
import { type Garden, plants } from './planted.ts';

const homes = { 'Fn::Sub': 'arn:aws:iam::123456789012:role/shellpod/homes/shellpod-home-*' };

describe('[3.6] rights over roles', () => {
	plants(
		'takeoverRights',
		[
			'iam:UpdateAssumeRolePolicy',
			'iam:DeleteRolePermissionsBoundary',
			'iam:PutRolePermissionsBoundary',
			'iam:AttachRolePolicy',
			'iam:CreatePolicyVersion',
			'iam:SetDefaultPolicyVersion',
			'iam:*',
			'IAM:update*',
			'*',
		].map((action) => [action, ({ allow }: Garden) => allow('Slots', action, homes), /a role outgrows what it was made for/]),
	);
	plants('takeoverRights', [
		[
			'all but something',
			({ statement }) => {
				const one = statement('Slots', 'iam:TagRole');
				delete one.Action;
				one.NotAction = 'iam:DeleteRole';
			},
			/iam:UpdateAssumeRolePolicy/,
		],
	]);
	plants('madeRoles', [
		[
			'CreateRole without a boundary',
			({ statement }) => delete statement('Slots', 'iam:CreateRole').Condition,
			/allows iam:CreateRole, iam:PutRolePolicy without/,
		],
		[
			'CreateRole under any boundary',
			({ statement }) => (statement('Slots', 'iam:CreateRole').Condition = { StringLike: { 'iam:PermissionsBoundary': '*' } }),
			/without a boundary of this template/,
		],
		[
			'CreateRole under somebody’s boundary',
			({ statement }) =>
				(statement('Slots', 'iam:CreateRole').Condition = {
					StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' },
				}),
			/without a boundary of this template/,
		],
		['a function that writes policies', ({ allow }) => allow('Api', 'iam:PutRolePolicy', homes), /ControlApiRole.*allows iam:PutRolePolicy without/],
	]);
});

describe('[1.13] [3.6] passing roles', () => {
	const pass = ({ statement }: Garden) => statement('Sweep', 'iam:PassRole');
	plants('passedRoles', [
		['to any service', (garden) => delete pass(garden).Condition, /passes roles to any service/],
		['to functions', (garden) => (pass(garden).Condition.StringEquals['iam:PassedToService'] = 'lambda.amazonaws.com'), /to any service/],
		['of every role', (garden) => (pass(garden).Resource = '*'), /passes \*: allow Homes' roles/],
		[
			'of a function’s role',
			(garden) => pass(garden).Resource.push({ 'Fn::GetAtt': ['ControlSlotsRole4C7FBE87', 'Arn'] }),
			/passes .*ControlSlotsRole/,
		],
		['of all under a wider path', (garden) => pass(garden).Resource.push({ 'Fn::Sub': 'arn:aws:iam::123456789012:role/shellpod/*' }), /shellpod\/\*/],
		['when Homes may be any role', ({ statement }) => (statement('Slots', 'iam:CreateRole').Resource = 'arn:aws:iam::1:role/*'), /passes/],
	]);
});

describe('what can’t be judged, or is open to all', () => {
	plants('foreignPolicies', [
		[
			'AWS’s own policy',
			({ of }) => (of('AWS::IAM::Role', (_, id) => id.startsWith('ControlApi')).ManagedPolicyArns = ['arn:aws:iam::aws:policy/AmazonECS_FullAccess']),
			/which can't be read here/,
		],
	]);
	const bucket = ({ of }: Garden) => of('AWS::S3::BucketPolicy').PolicyDocument.Statement;
	plants('openResources', [
		[
			'a bucket for everybody of the account',
			(garden) =>
				bucket(garden).push({
					Effect: 'Allow',
					Principal: '*',
					Action: 's3:GetObject',
					Resource: '*',
					Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } },
				}),
			/PageBucketPolicy.*allows s3:GetObject to every principal, tenants' tasks among them/,
		],
		[
			'a queue for everybody',
			({ add }) =>
				add('AWS::SQS::QueuePolicy', {
					Queues: [],
					PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: 'sqs:SendMessage', Resource: '*' }] },
				}),
			/every principal/,
		],
		[
			'all but somebody',
			(garden) => bucket(garden).push({ Effect: 'Allow', NotPrincipal: { AWS: 'arn:aws:iam::1:root' }, Action: 's3:*', Resource: '*' }),
			/every principal/,
		],
		[
			'a role that everybody takes',
			({ of }) => (of('AWS::IAM::Role').AssumeRolePolicyDocument.Statement[0].Principal = { AWS: '*' }),
			/sts:AssumeRole to every principal/,
		],
		['a function that everybody invokes', ({ of }) => (of('AWS::Lambda::Permission').Principal = '*'), /lets every principal invoke/],
	]);
});
