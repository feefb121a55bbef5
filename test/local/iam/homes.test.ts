/** Who may mount what: the policies as they are synthesized and as the slot maker writes them; what is expected is written by hand. */
import { EFSClient } from '@aws-sdk/client-efs';
import { IAMClient } from '@aws-sdk/client-iam';
import { createHomeRoles } from '@shellpod/functions/adapters/home-roles.ts';
import { createHomes } from '@shellpod/functions/adapters/homes.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { type MountAction, mountRefusal } from '../../../local/efs/mount-rights.ts';
import type { Policies } from '../../../local/iam/evaluator/decide.ts';
import { readPolicy } from '../../../local/iam/evaluator/policy.ts';
import { deployTemplate } from './deployed.ts';

const { server, iam, efs, one, boundary, environmentOf, fileSystemPolicy } = await deployTemplate();
afterAll(server.close);

const fileSystem = one('AWS::EFS::FileSystem');
const path = '/shellpod/homes/';
const homes = createHomes({ client: new EFSClient(server.client('efs')), fileSystem: fileSystem.ref, deployment: 'shellpod' });
const agentRoute = environmentOf('slots').SHELLPOD_AGENT_ROUTE ?? '';
const homeRoles = createHomeRoles({
	client: new IAMClient(server.client('iam')),
	deployment: 'shellpod',
	fileSystem: fileSystem.ref,
	neighbour: boundary.replace('::', ':us-east-1:'),
	path,
	boundary,
	agentRoute,
});
const makeHome = async (uid: number) => {
	const point = await homes.makeAccessPoint(uid);
	return {
		id: point,
		point: `arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/${point}`,
		role: await homeRoles.makeRole(`shellpod-home-${uid}`, point),
	};
};
const [own, other] = [await makeHome(100_000), await makeHome(100_001)];

const everything: Policies = { identity: [readPolicy({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }, 'identity')] };
const clients: Record<string, { role: string | undefined; rights: Policies | undefined }> = {
	own: { role: own.role, rights: iam.rights(own.role) },
	other: { role: other.role, rights: iam.rights(other.role) },
	// may do all that IAM can give: only what the file system denies is left
	admin: { role: 'arn:aws:iam::000000000000:role/admin', rights: everything },
	foreign: { role: 'arn:aws:iam::999999999999:role/admin', rights: everything },
	gone: { role: 'arn:aws:iam::000000000000:role/gone', rights: undefined },
	anonymous: { role: undefined, rights: undefined },
};
const points: Record<string, string | undefined> = { own: own.point, other: other.point, none: undefined };
const letters: Record<string, MountAction> = { M: 'ClientMount', W: 'ClientWrite', R: 'ClientRootAccess' };
const policy = readPolicy(fileSystemPolicy, 'resource');

/** letters of what the client may do */
const may = (client: string, point: string, tls: boolean, by: typeof policy | 'default' = policy): string =>
	Object.entries(letters)
		.filter(([, action]) => {
			const { role, rights } = clients[client] ?? { role: undefined, rights: undefined };
			const request = {
				client: { role, session: 'task', tls },
				rights,
				policy: by === 'default' ? undefined : by,
				fileSystem: fileSystem.arn,
				accessPoint: points[point],
			};
			return mountRefusal(action, request) === undefined;
		})
		.map(([letter]) => letter)
		.join('');

describe('role x access point x TLS x action (M mount, W write, R root)', () => {
	/** what decides a row, and where AWS says so */
	const sources = {
		own: "its role's policy allows this access point: https://docs.aws.amazon.com/efs/latest/ug/access-points-iam-policy.html",
		allowed: 'an identity policy may allow everything: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html',
		tls: 'aws:SecureTransport is false without TLS: https://docs.aws.amazon.com/efs/latest/ug/security_iam_resource-based-policy-examples.html',
		point:
			'the key AccessPointArn is absent: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, Null',
		account:
			'aws:PrincipalAccount is another: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount',
		absent:
			'an absent key is not equal: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html, negated',
		implicit:
			'what nothing allows is denied: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html',
	} as const;
	const cases: [client: string, point: string, tls: 'TLS' | 'plain', may: string, why: keyof typeof sources][] = [
		['own', 'own', 'TLS', 'MW', 'own'],
		['own', 'own', 'plain', '', 'tls'],
		['own', 'other', 'TLS', '', 'implicit'],
		['own', 'other', 'plain', '', 'tls'],
		['own', 'none', 'TLS', '', 'point'],
		['own', 'none', 'plain', '', 'tls'],
		['other', 'own', 'TLS', '', 'implicit'],
		['other', 'own', 'plain', '', 'tls'],
		['other', 'other', 'TLS', 'MW', 'own'],
		['other', 'other', 'plain', '', 'tls'],
		['other', 'none', 'TLS', '', 'point'],
		['other', 'none', 'plain', '', 'tls'],
		['admin', 'own', 'TLS', 'MW', 'allowed'],
		['admin', 'own', 'plain', '', 'tls'],
		['admin', 'other', 'TLS', 'MW', 'allowed'],
		['admin', 'other', 'plain', '', 'tls'],
		['admin', 'none', 'TLS', '', 'point'],
		['admin', 'none', 'plain', '', 'tls'],
		['foreign', 'own', 'TLS', '', 'account'],
		['foreign', 'own', 'plain', '', 'tls'],
		['foreign', 'other', 'TLS', '', 'account'],
		['foreign', 'other', 'plain', '', 'tls'],
		['foreign', 'none', 'TLS', '', 'point'],
		['foreign', 'none', 'plain', '', 'tls'],
		['gone', 'own', 'TLS', '', 'implicit'],
		['gone', 'own', 'plain', '', 'tls'],
		['gone', 'other', 'TLS', '', 'implicit'],
		['gone', 'other', 'plain', '', 'tls'],
		['gone', 'none', 'TLS', '', 'point'],
		['gone', 'none', 'plain', '', 'tls'],
		['anonymous', 'own', 'TLS', '', 'absent'],
		['anonymous', 'own', 'plain', '', 'tls'],
		['anonymous', 'other', 'TLS', '', 'absent'],
		['anonymous', 'other', 'plain', '', 'tls'],
		['anonymous', 'none', 'TLS', '', 'point'],
		['anonymous', 'none', 'plain', '', 'tls'],
	];
	it.each(cases)('%s role, %s access point, %s: "%s" (%s)', (client, point, tls, wanted) => {
		expect(may(client, point, tls === 'TLS')).toBe(wanted);
	});

	it('is the whole table: every client at every access point and at none, with TLS and without, for all three actions', () => {
		const every = ['own', 'other', 'admin', 'foreign', 'gone', 'anonymous'].flatMap((client) =>
			['own', 'other', 'none'].flatMap((point) => ['TLS', 'plain'].map((tls) => [client, point, tls].join())),
		);
		expect(cases.map(([client, point, tls]) => [client, point, tls].join())).toEqual(every);
		expect(Object.keys(clients)).toEqual(expect.arrayContaining(['own', 'other', 'admin', 'foreign', 'gone', 'anonymous']));
		expect(Object.values(letters)).toEqual(['ClientMount', 'ClientWrite', 'ClientRootAccess']);
	});

	it('nobody is root anywhere', () => {
		expect(cases.filter(([, , , allowed]) => allowed.includes('R'))).toEqual([]);
	});

	it('each row has its source', () => {
		expect(Object.values(sources).filter((words) => !/: https:\/\/docs\.aws\.amazon\.com\//.test(words))).toEqual([]);
		expect([...new Set(cases.map(([, , , , why]) => why))].sort()).toEqual(Object.keys(sources).sort());
	});
});

describe('without one of the parts', () => {
	it('no policy lets everybody in, and so does one that allows', () => {
		expect(may('anonymous', 'none', false, 'default')).toBe('MWR');
		const open = readPolicy({ Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'elasticfilesystem:Client*' }] }, 'resource');
		expect(may('anonymous', 'none', false, open)).toBe('MWR');
	});

	it('the boundary holds whatever the policy of the role says', () => {
		const rights = iam.rights(own.role);
		clients.widened = { role: own.role, rights: { ...everything, ...(rights?.boundary && { boundary: rights.boundary }) } };
		expect(may('widened', 'own', true, readPolicy({ Statement: [] }, 'resource'))).toBe('MW');
		expect(may('widened', 'none', true, readPolicy({ Statement: [] }, 'resource'))).toBe('');
		expect(may('widened', 'own', false, readPolicy({ Statement: [] }, 'resource'))).toBe('');
	});
});

describe('a mount', () => {
	it("[aws-E2] gives the Home to its own role, and AWS's words to any other", () => {
		const as = (role: string | undefined, tls = true) => efs.mount(fileSystem.ref, own.id, { role, session: 'task', tls });
		// the folder's owner is made by root only
		if (process.getuid?.() === 0) expect(as(own.role)).toMatchObject({ readOnly: false });
		for (const mount of [() => as(other.role), () => as(undefined), () => as(own.role, false)]) expect(mount).toThrow('access denied by server');
	});

	it('is read-only for who may mount and not write', () => {
		const reading = {
			identity: [readPolicy({ Statement: { Effect: 'Allow', Action: 'elasticfilesystem:ClientMount', Resource: '*' } }, 'identity')],
		};
		clients.reader = { role: own.role, rights: reading };
		expect(may('reader', 'own', true)).toBe('M');
	});
});
