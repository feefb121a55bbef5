/** What is denied outright: each deny is what keeps a call of its own out. */
import { afterAll, describe, expect, it } from 'vitest';
import { deployTemplate } from './deployed.ts';
import { grantsOf, judged } from './run/grants.ts';
import { notJudged } from './run/not-exercised.ts';

const { server, one, fileSystemPolicy, policyTypes } = await deployTemplate();
afterAll(server.close);

/** may do all that IAM can give: only what the file system denies is left */
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

const fine = {
	caller: 'arn:aws:iam::000000000000:role/admin',
	action: 'elasticfilesystem:ClientMount',
	resource: one('AWS::EFS::FileSystem').arn,
	context: {
		'aws:SecureTransport': ['true'],
		'elasticfilesystem:AccessedViaMountTarget': ['true'],
		'elasticfilesystem:AccessPointArn': ['arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-1'],
	},
};
const keyed = (changed: Record<string, string[]>) => ({ ...fine, context: { ...fine.context, ...changed } });

/** by the Sid of the statement: what only it keeps out */
const forbidden: Record<string, typeof fine> = {
	NoPlainNfs: keyed({ 'aws:SecureTransport': ['false'] }),
	NoForeignAccount: { ...fine, caller: 'arn:aws:iam::999999999999:role/admin' },
	NoMountWithoutAccessPoint: keyed({ 'elasticfilesystem:AccessPointArn': [] }),
	NoMountPastMountTargets: keyed({ 'elasticfilesystem:AccessedViaMountTarget': ['false'] }),
	NoRoot: fine,
};

/** root is denied to everybody, in whatever way it comes */
const deniedTwice = (sid: string | undefined, action: string): boolean => sid !== 'NoRoot' && action === 'elasticfilesystem:ClientRootAccess';

describe("the file system's policy", () => {
	const judge = (call: typeof fine, statements: unknown) =>
		judged(call, { identity: [everything], resource: { Version: '2012-10-17', Statement: statements } });
	const { Statement: all } = fileSystemPolicy as { Statement: unknown };
	const denies = grantsOf(fileSystemPolicy);

	it('[3.1] denies and never allows, and lets a mount pass that is as it should be', () => {
		expect(denies.filter(({ effect }) => effect !== 'Deny')).toEqual([]);
		expect(judge(fine, all)).toBeUndefined();
		expect(new Set(denies.map(({ sid }) => sid))).toEqual(new Set(Object.keys(forbidden)));
	});

	it.each(denies.map(({ sid = '', action, rest }) => [sid, action, rest] as const))('%s keeps %s out', (sid, action, rest) => {
		const call = { ...(forbidden[sid] ?? fine), action };
		expect(judge(call, all)).toBe(
			`User: ${call.caller} is not authorized to perform: ${action} on resource: ${call.resource} with an explicit deny in a resource-based policy`,
		);
		const without = judge(call, rest);
		if (deniedTwice(sid, action)) expect(without).toContain(action);
		else expect(without).toBeUndefined();
	});
});

it('every policy of the template is judged by a stand-in, or listed with the reason why not', () => {
	const judgedTypes = ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::EFS::FileSystem'];
	expect([...policyTypes].sort()).toEqual([...judgedTypes, ...Object.keys(notJudged)].sort());
});
