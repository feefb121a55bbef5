/** Expected values are written by hand from AWS's documentation, page and sense beside each; none is computed. */
import { describe, expect, it } from 'vitest';
import { type Call, decide, type Policies } from '../../../local/iam/evaluator/decide.ts';
import type { Context } from '../../../local/iam/evaluator/keys.ts';
import { readPolicy } from '../../../local/iam/evaluator/policy.ts';

const guide = 'docs.aws.amazon.com/IAM/latest/UserGuide';
const operators = `${guide}/reference_policies_elements_condition_operators.html`;
const sets = `${guide}/reference_policies_condition_examples-multi-valued-context-keys.html`;
const logic = `${guide}/reference_policies_evaluation-logic_policy-eval-denyallow.html`;
const boundaries = `${guide}/access_policies_boundaries.html`;
const elements = `${guide}/reference_policies_elements`;

type Json = Record<string, unknown>;
const role = 'arn:aws:iam::111111111111:role/path/one';
const table = 'arn:aws:dynamodb:us-east-1:111111111111:table/T';
const cluster = 'arn:aws:ecs:us-east-1:111111111111:cluster/C';
const allow = (more: Json = {}): Json => ({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: table, ...more });
const deny = (more: Json = {}): Json => ({ ...allow(more), Effect: 'Deny' });

interface Attached {
	identity?: Json[];
	boundary?: Json[];
	resource?: Json[];
}
const policiesOf = ({ identity = [], boundary, resource }: Attached): Policies => ({
	identity: identity.length > 0 ? [readPolicy({ Version: '2012-10-17', Statement: identity }, 'identity')] : [],
	...(boundary && { boundary: readPolicy({ Version: '2012-10-17', Statement: boundary }, 'identity') }),
	...(resource && { resource: readPolicy({ Version: '2012-10-17', Statement: resource }, 'resource') }),
});
const get: Call = { caller: { role }, action: 'dynamodb:GetItem', resource: table, context: {} };
const allowed = (attached: Attached, call: Partial<Call> = {}): boolean => decide({ ...get, ...call }, policiesOf(attached)).allowed;

describe('which policy decides', () => {
	const everyone = { Principal: { AWS: '*' } };
	const cases: [source: string, sense: string, attached: Attached, wanted: boolean][] = [
		[logic, 'what nothing allows is denied', {}, false],
		[logic, 'an identity policy allows', { identity: [allow()] }, true],
		[logic, 'an explicit deny wins over an allow, whatever their order', { identity: [deny(), allow()] }, false],
		[logic, 'an explicit deny wins over an allow, whatever their order', { identity: [allow(), deny()] }, false],
		[logic, 'a deny of something else is none', { identity: [allow(), deny({ Action: 'dynamodb:PutItem' })] }, true],
		[logic, 'a deny in the resource policy wins', { identity: [allow()], resource: [deny(everyone)] }, false],
		[logic, 'the union of identity and resource policy', { resource: [allow({ Principal: { AWS: role } })] }, true],
		[logic, 'a resource policy that names another role', { resource: [allow({ Principal: { AWS: `${role}2` } })] }, false],
		[logic, 'a resource policy that denies only leaves the identity policy as it is', { identity: [allow()], resource: [] }, true],
		[boundaries, 'a boundary allows nothing by itself', { boundary: [allow()] }, false],
		[boundaries, 'allowed by both', { identity: [allow()], boundary: [allow()] }, true],
		[boundaries, 'allowed by the identity policy alone', { identity: [allow()], boundary: [allow({ Action: 'dynamodb:PutItem' })] }, false],
		[boundaries, 'a boundary with a deny', { identity: [allow()], boundary: [allow(), deny()] }, false],
		[
			boundaries,
			"a role's grant in a resource policy is limited by the boundary",
			{ boundary: [], resource: [allow({ Principal: { AWS: role } })] },
			false,
		],
		[
			`${elements}_principal.html`,
			'the account as principal leaves it to the identity policies',
			{ resource: [allow({ Principal: { AWS: 'arn:aws:iam::111111111111:root' } })] },
			false,
		],
		[
			`${elements}_principal.html`,
			'the account as principal of a deny means all in it',
			{ identity: [allow()], resource: [deny({ Principal: { AWS: '111111111111' } })] },
			false,
		],
		[
			`${elements}_principal.html`,
			'another account as principal of a deny',
			{ identity: [allow()], resource: [deny({ Principal: { AWS: '222222222222' } })] },
			true,
		],
		[
			`${elements}_principal.html`,
			'a service as principal is no role',
			{ resource: [allow({ Principal: { Service: 'ecs-tasks.amazonaws.com' } })] },
			false,
		],
	];
	it.each(cases)('%s: %s', (_source, _sense, attached, wanted) => {
		expect(allowed(attached)).toBe(wanted);
	});

	it('says where it was decided', () => {
		const where = (attached: Attached) => decide(get, policiesOf(attached));
		expect(where({})).toEqual({ allowed: false, explicit: false, place: 'identity-based policy' });
		expect(where({ identity: [deny()] })).toEqual({ allowed: false, explicit: true, place: 'identity-based policy' });
		expect(where({ identity: [allow()], boundary: [] })).toEqual({ allowed: false, explicit: false, place: 'permissions boundary' });
		expect(where({ identity: [allow()], resource: [deny(everyone)] })).toEqual({ allowed: false, explicit: true, place: 'resource-based policy' });
	});
});

describe('elements', () => {
	const lambda = 'arn:aws:lambda:us-east-1:111111111111:function:a:b';
	const cases: [source: string, sense: string, statement: Json, call: Partial<Call>, wanted: boolean][] = [
		['action', 'are not case-sensitive', { Action: 'DYNAMODB:getitem' }, {}, true],
		['action', 'several', { Action: ['dynamodb:PutItem', 'dynamodb:GetItem'] }, {}, true],
		['action', 'a wildcard within a service', { Action: 'dynamodb:Get*' }, {}, true],
		['action', 'a wildcard for one character', { Action: 'dynamodb:GetIte?' }, {}, true],
		['action', 'one character is exactly one', { Action: 'dynamodb:GetItem?' }, {}, false],
		['action', 'everything', { Action: '*' }, {}, true],
		['action', 'another service', { Action: 's3:*' }, {}, false],
		['notaction', 'all but', { Action: undefined, NotAction: 'dynamodb:PutItem' }, {}, true],
		['notaction', 'all but', { Action: undefined, NotAction: 'dynamodb:Get*' }, {}, false],
		['resource', 'an ARN is case-sensitive', { Resource: table.replace('table/T', 'table/t') }, {}, false],
		['resource', 'a longer name is another', { Resource: table }, { resource: `${table}2` }, false],
		['resource', 'a table is not its index', { Resource: table }, { resource: `${table}/index/I` }, false],
		['resource', 'a wildcard reaches over slashes', { Resource: `${table}*` }, { resource: `${table}/index/I` }, true],
		['resource', 'a wildcard in the account', { Resource: 'arn:aws:dynamodb:us-east-1:*:table/T' }, {}, true],
		[
			'resource',
			'a wildcard stays within its part',
			{ Resource: 'arn:aws:*:us-east-1:111111111111:b' },
			{ resource: `${lambda.replace('a:b', 'a')}:us-east-1:111111111111:b` },
			false,
		],
		['resource', 'the last part has colons of its own', { Resource: 'arn:aws:lambda:us-east-1:111111111111:*' }, { resource: lambda }, true],
		['resource', 'everything', { Resource: '*' }, {}, true],
		['resource', 'a call without a resource needs the wildcard', { Resource: '*' }, { resource: '*' }, true],
		['resource', 'a call without a resource needs the wildcard', { Resource: 'arn:aws:dynamodb:*:*:*' }, { resource: '*' }, false],
		['resource', 'an expression of another language is text', { Resource: `${table}|.*` }, {}, false],
		['notresource', 'all but', { Resource: undefined, NotResource: `${table}2` }, {}, true],
		['notresource', 'all but', { Resource: undefined, NotResource: table }, {}, false],
	];
	it.each(cases)(`${elements}_%s.html: %s %o %o`, (_element, _sense, statement, call, wanted) => {
		const given = Object.fromEntries(Object.entries(allow(statement)).filter(([, value]) => value !== undefined));
		expect(allowed({ identity: [given] }, call)).toBe(wanted);
	});
});

describe('conditions', () => {
	const point = 'arn:aws:elasticfilesystem:us-east-1:111111111111:access-point/fsap-1';
	const cases: [source: string, sense: string, condition: Json, context: Context, wanted: boolean][] = [
		[operators, 'equal', { StringEquals: { 'iam:PassedToService': 'a' } }, { 'iam:PassedToService': ['a'] }, true],
		[operators, 'case-sensitive', { StringEquals: { 'iam:PassedToService': 'A' } }, { 'iam:PassedToService': ['a'] }, false],
		[operators, 'StringEquals knows no wildcards', { StringEquals: { 'iam:PassedToService': '*' } }, { 'iam:PassedToService': ['a'] }, false],
		[operators, 'names of keys are not case-sensitive', { StringEquals: { 'IAM:passedtoservice': 'a' } }, { 'iam:PassedToService': ['a'] }, true],
		[operators, 'an absent key does not match', { StringEquals: { 'iam:PassedToService': 'a' } }, {}, false],
		[operators, 'one of several values', { StringEquals: { 'iam:PassedToService': ['b', 'a'] } }, { 'iam:PassedToService': ['a'] }, true],
		[
			operators,
			'several keys: all',
			{ StringEquals: { 'iam:PassedToService': 'a', 'aws:PrincipalAccount': '1' } },
			{ 'iam:PassedToService': ['a'] },
			false,
		],
		[
			operators,
			'several operators: all',
			{ StringEquals: { 'iam:PassedToService': 'a' }, Null: { 'ecs:cluster': 'false' } },
			{ 'iam:PassedToService': ['a'] },
			false,
		],
		[operators, "the asked resource's tag", { StringEquals: { 'AWS:resourceTag/Of': 'a' } }, { 'aws:ResourceTag/Of': ['a'] }, true],
		[operators, "a tag's name has its case", { StringEquals: { 'aws:ResourceTag/of': 'a' } }, { 'aws:ResourceTag/Of': ['a'] }, false],
		[operators, 'not equal', { StringNotEquals: { 'aws:PrincipalAccount': '1' } }, { 'aws:PrincipalAccount': ['2'] }, true],
		[operators, 'not equal', { StringNotEquals: { 'aws:PrincipalAccount': '1' } }, { 'aws:PrincipalAccount': ['1'] }, false],
		[operators, 'not equal: none of several', { StringNotEquals: { 'aws:PrincipalAccount': ['1', '2'] } }, { 'aws:PrincipalAccount': ['2'] }, false],
		[operators, 'an absent key is not equal', { StringNotEquals: { 'aws:PrincipalAccount': '1' } }, {}, true],
		[operators, 'like', { StringLike: { 'ecs:CreateAction': 'Register*' } }, { 'ecs:CreateAction': ['RegisterTaskDefinition'] }, true],
		[operators, 'like: one character', { StringLike: { 'ecs:CreateAction': 'RunTas?' } }, { 'ecs:CreateAction': ['RunTask'] }, true],
		[operators, 'like: the whole text', { StringLike: { 'ecs:CreateAction': 'Run' } }, { 'ecs:CreateAction': ['RunTask'] }, false],
		[operators, 'not like, absent', { StringNotLike: { 'ecs:CreateAction': 'Run*' } }, {}, true],
		[operators, 'not like', { StringNotLike: { 'ecs:CreateAction': 'Run*' } }, { 'ecs:CreateAction': ['RunTask'] }, false],
		[operators, 'ArnEquals is ArnLike: exactly', { ArnEquals: { 'ecs:cluster': cluster } }, { 'ecs:cluster': [cluster] }, true],
		[operators, 'ArnEquals is ArnLike: wildcards', { ArnEquals: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/?' } }, { 'ecs:cluster': [cluster] }, true],
		[
			operators,
			'each of the six parts by itself',
			{ ArnLike: { 'ecs:cluster': 'arn:aws:ecs:us-east-1*:cluster:/C' } },
			{ 'ecs:cluster': [cluster] },
			false,
		],
		[operators, 'an absent ARN', { ArnEquals: { 'ecs:cluster': cluster } }, {}, false],
		[
			operators,
			'ArnLike: account and region, then anything',
			{ ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:us-east-1:111111111111:*' } },
			{ 'aws:SourceArn': [cluster] },
			true,
		],
		[operators, 'ArnNotEquals', { ArnNotEquals: { 'ecs:cluster': cluster } }, { 'ecs:cluster': [`${cluster}2`] }, true],
		[operators, 'ArnNotLike, absent', { ArnNotLike: { 'ecs:cluster': cluster } }, {}, true],
		[operators, 'true', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': ['true'] }, true],
		[operators, 'true as JSON has it', { Bool: { 'aws:SecureTransport': true } }, { 'aws:SecureTransport': ['true'] }, true],
		[operators, 'false', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': ['true'] }, false],
		[operators, 'an absent key is neither true', { Bool: { 'aws:SecureTransport': 'true' } }, {}, false],
		[operators, 'an absent key is not false either', { Bool: { 'aws:SecureTransport': 'false' } }, {}, false],
		[operators, 'IfExists: absent', { BoolIfExists: { 'aws:SecureTransport': 'true' } }, {}, true],
		[operators, 'IfExists: there', { BoolIfExists: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': ['false'] }, false],
		[operators, 'IfExists: there', { StringEqualsIfExists: { 'ecs:CreateAction': 'a' } }, { 'ecs:CreateAction': ['a'] }, true],
		[operators, 'Null true: must be absent', { Null: { 'elasticfilesystem:AccessPointArn': 'true' } }, {}, true],
		[
			operators,
			'Null true: must be absent',
			{ Null: { 'elasticfilesystem:AccessPointArn': 'true' } },
			{ 'elasticfilesystem:AccessPointArn': [point] },
			false,
		],
		[
			operators,
			'Null false: must be there',
			{ Null: { 'elasticfilesystem:AccessPointArn': 'false' } },
			{ 'elasticfilesystem:AccessPointArn': [point] },
			true,
		],
		[operators, 'Null false: must be there', { Null: { 'elasticfilesystem:AccessPointArn': 'false' } }, {}, false],
		[
			sets,
			'every value of the call',
			{ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['A#*', 'B#*'] } },
			{ 'dynamodb:LeadingKeys': ['A#1', 'B#2'] },
			true,
		],
		[
			sets,
			'every value of the call',
			{ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'A#*' } },
			{ 'dynamodb:LeadingKeys': ['A#1', 'B#2'] },
			false,
		],
		[sets, 'no value at all: true', { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'A#*' } }, {}, true],
		[
			sets,
			'no value at all: true, unless Null asks',
			{ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'A#*' }, Null: { 'dynamodb:LeadingKeys': 'false' } },
			{},
			false,
		],
		[sets, 'fewer than the policy names', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['a'] }, true],
		[sets, 'more than the policy names', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['a', 'c'] }, false],
		[sets, 'any value of the call', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['c', 'b'] }, true],
		[sets, 'any value of the call', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['c'] }, false],
		[sets, 'any value of none: false', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, {}, false],
	];
	it.each(cases)('%s: %s %o', (_source, _sense, condition, context, wanted) => {
		expect(allowed({ identity: [allow({ Condition: condition })] }, { context })).toBe(wanted);
		// the same condition decides whether a deny is one
		expect(allowed({ identity: [allow(), deny({ Condition: condition })] }, { context })).toBe(!wanted);
	});
});

describe('what is not known is refused by its name', () => {
	const when = (condition: unknown): Json => allow({ Condition: condition });
	const cases: [named: string, kind: 'identity' | 'resource' | 'trust', statement: Json][] = [
		['NumericEquals', 'identity', when({ NumericEquals: { 'ecs:cluster': '1' } })],
		['StringEqualsIgnoreCase', 'identity', when({ StringEqualsIgnoreCase: { 'ecs:cluster': 'a' } })],
		['toString', 'identity', when({ toString: { 'ecs:cluster': 'a' } })],
		['ForAllValues:StringEqualsIfExists', 'identity', when({ 'ForAllValues:StringEqualsIfExists': { 'aws:TagKeys': 'a' } })],
		['aws:SourceIp', 'identity', when({ StringEquals: { 'aws:SourceIp': 'a' } })],
		['aws:PrincipalTag/x', 'identity', when({ StringEquals: { 'aws:PrincipalTag/x': 'a' } })],
		['ForAllValues:StringEquals with ecs:cluster', 'identity', when({ 'ForAllValues:StringEquals': { 'ecs:cluster': 'a' } })],
		['StringEquals with aws:TagKeys', 'identity', when({ StringEquals: { 'aws:TagKeys': 'a' } })],
		['maybe', 'identity', when({ Bool: { 'aws:SecureTransport': 'maybe' } })],
		['the ARN C', 'identity', when({ ArnEquals: { 'ecs:cluster': 'C' } })],
		['policy variable in $', 'identity', when({ StringEquals: { 'ecs:cluster': `\${aws:username}` } })],
		['policy variable', 'identity', allow({ Resource: `${table}/\${aws:userid}` })],
		['the resource arn:aws:dynamodb', 'identity', allow({ Resource: 'arn:aws:dynamodb' })],
		['the action GetItem', 'identity', allow({ Action: 'GetItem' })],
		['Action beside NotAction', 'identity', allow({ NotAction: 'a:b' })],
		['the element Principal', 'identity', allow({ Principal: '*' })],
		['the element NotPrincipal', 'resource', allow({ NotPrincipal: '*' })],
		['Federated', 'resource', allow({ Principal: { Federated: 'a' } })],
		['assumed-role', 'resource', allow({ Principal: { AWS: 'arn:aws:sts::111111111111:assumed-role/one/s' } })],
		['without Principal', 'resource', allow()],
		['without Resource', 'identity', { Effect: 'Allow', Action: 'a:b' }],
		['without Action', 'identity', { Effect: 'Allow', Resource: '*' }],
		['the Effect "Maybe"', 'identity', allow({ Effect: 'Maybe' })],
		['the element Resource', 'trust', allow({ Principal: '*' })],
		['the element Extra', 'identity', allow({ Extra: 1 })],
	];
	it.each(cases)('%s (%s)', (named, kind, statement) => {
		expect(() => readPolicy({ Version: '2012-10-17', Statement: [statement] }, kind)).toThrow(named);
	});

	it('in the policy itself', () => {
		expect(() => readPolicy({ Version: '2030-01-01', Statement: [] }, 'identity')).toThrow('2030-01-01');
		expect(() => readPolicy({ Statement: [], More: 1 }, 'identity')).toThrow('More');
		expect(() => readPolicy({ Version: '2012-10-17' }, 'identity')).toThrow('without Statement');
		expect(() => readPolicy('{}', 'identity')).toThrow('no object');
	});
});
