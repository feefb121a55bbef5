/** What functions make at run time: no stack removes it, so each kind has a way to be found and a limit that is known (first-deploy 1.18). */
import type { Check } from './cloud.ts';
import { allows, policiesOf } from './policies.ts';

export interface Made {
	/** what it is, for people */
	what: string;
	/** how a teardown finds all of them */
	found: string;
	/** how a teardown removes one, in this order of kinds */
	removed: string;
	/** the account's or region's default limit, and where it stands */
	quota: string;
}

/** By the call that makes them, in the order in which they are removed. */
export const madeAtRunTime: Readonly<Record<string, Made>> = {
	'ecs:RunTask': {
		what: 'tasks',
		found: 'ListTasks of the cluster',
		removed: 'StopTask, then wait for STOPPED',
		quota: 'Fargate vCPUs, L-3032A538: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html',
	},
	'ecs:RegisterTaskDefinition': {
		what: 'task definitions of Homes',
		found: 'ListTaskDefinitions of the families <deployment>-home-*',
		removed: 'DeregisterTaskDefinition, DeleteTaskDefinitions',
		quota: '1,000,000 revisions of a family: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html',
	},
	'elasticfilesystem:CreateAccessPoint': {
		what: 'access points of Homes',
		found: 'DescribeAccessPoints of the file system, by the tag shellpod:deployment',
		removed: 'DeleteAccessPoint',
		quota: '10,000 of a file system: https://docs.aws.amazon.com/efs/latest/ug/limits.html',
	},
	'iam:PutRolePolicy': {
		what: "policies of Homes' roles",
		found: 'ListRolePolicies of each of these roles',
		removed: 'DeleteRolePolicy, before its role',
		quota: '10,240 characters of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
	},
	'iam:CreateRole': {
		what: 'roles of Homes',
		found: 'ListRoles under the path /<deployment>/homes/',
		removed: 'DeleteRole, when its policy is gone',
		quota: '1,000 roles of an account, L-FE177D64: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
	},
};

/** Actions after which something is there that was not: by their names, items of the table aside, which go with it. */
const makes = /^(?!dynamodb:)(?!logs:)[a-z0-9-]+:(?:Create|Register|Run|Put|Start|Allocate|Import|Copy|Restore|Publish|Schedule)\w+$/;

export const runTimeResources: Check = (cloud) =>
	policiesOf(cloud)
		.filter(({ kind, where }) => kind === 'identity' && !where.includes('/CustomCDKBucketDeployment'))
		.flatMap(({ where, statements }) =>
			statements
				.flatMap((statement) => statement.actions.filter((action) => allows(statement, action)))
				.filter((action) => makes.test(action) && !(action in madeAtRunTime))
				.map(
					(action) => `${where} allows ${action}, which leaves something behind that no teardown finds: add its line to infra/checks/run-time.ts.`,
				),
		);
