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
	const cases: [client: string, point: string, tls: string, may: string][] = [
		['own', 'own', 'TLS', 'MW'],
		['own', 'own', 'plain', ''],
		['own', 'other', 'TLS', ''],
		['own', 'other', 'plain', ''],
		['own', 'none', 'TLS', ''],
		['own', 'none', 'plain', ''],
		['other', 'own', 'TLS', ''],
		['other', 'own', 'plain', ''],
		['other', 'other', 'TLS', 'MW'],
		['other', 'other', 'plain', ''],
		['other', 'none', 'TLS', ''],
		['other', 'none', 'plain', ''],
		['admin', 'own', 'TLS', 'MW'],
		['admin', 'own', 'plain', ''],
		['admin', 'other', 'TLS', 'MW'],
		['admin', 'other', 'plain', ''],
		['admin', 'none', 'TLS', ''],
		['admin', 'none', 'plain', ''],
		['foreign', 'own', 'TLS', ''],
		['foreign', 'own', 'plain', ''],
		['foreign', 'other', 'TLS', ''],
		['foreign', 'other', 'plain', ''],
		['foreign', 'none', 'TLS', ''],
		['foreign', 'none', 'plain', ''],
		['gone', 'own', 'TLS', ''],
		['gone', 'own', 'plain', ''],
		['gone', 'other', 'TLS', ''],
		['gone', 'other', 'plain', ''],
		['gone', 'none', 'TLS', ''],
		['gone', 'none', 'plain', ''],
		['anonymous', 'own', 'TLS', ''],
		['anonymous', 'own', 'plain', ''],
		['anonymous', 'other', 'TLS', ''],
		['anonymous', 'other', 'plain', ''],
		['anonymous', 'none', 'TLS', ''],
		['anonymous', 'none', 'plain', ''],
	];
	it.each(cases)('%s role, %s access point, %s: "%s"', (client, point, tls, wanted) => {
		expect(may(client, point, tls === 'TLS')).toBe(wanted);
	});
});

describe('without one of the parts', () => {
	interface Written {
		Sid: string;
		Effect: string;
	}
	const statements = (fileSystemPolicy as { Statement: Written[] }).Statement;
	const without = (sid: string) => readPolicy({ Version: '2012-10-17', Statement: statements.filter((one) => one.Sid !== sid) }, 'resource');

	it("[3.1] the file system's policy denies and never allows", () => {
		expect(statements.map(({ Effect }) => Effect)).toEqual(['Deny', 'Deny', 'Deny', 'Deny', 'Deny']);
	});

	it.each([
		['NoPlainNfs', 'admin', 'own', false, 'MW'],
		['NoForeignAccount', 'foreign', 'own', true, 'MW'],
		['NoMountWithoutAccessPoint', 'admin', 'none', true, 'MW'],
		['NoRoot', 'admin', 'own', true, 'MWR'],
	] as const)('%s is what keeps %s out of %s (TLS %s)', (sid, client, point, tls, wanted) => {
		expect(may(client, point, tls, without(sid))).toBe(wanted);
	});

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
