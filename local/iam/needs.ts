/** What calls of IAM need. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
import type { Need, NeedsOf } from '../stand-in.ts';
import type { RoleRecord } from './machine.ts';

/** Operations on a role that is there; each needs the action of its name. */
const onRole = ['GetRole', 'DeleteRole', 'DeleteRolePolicy', 'PutRolePolicy', 'TagRole'];
/** those whose permission can depend on the role's boundary */
const bounded = ['DeleteRolePolicy', 'PutRolePolicy'];

const tagKeysOf = (form: URLSearchParams): string[] => [...form].filter(([name]) => /^Tags\.member\.\d+\.Key$/.test(name)).map(([, key]) => key);

export const needsOfIam =
	(account: string, roleNamed: (name: string) => RoleRecord | undefined): NeedsOf =>
	({ body }): Need[] | undefined => {
		const form = new URLSearchParams(body.toString('utf8'));
		const operation = form.get('Action') ?? '';
		const name = form.get('RoleName') ?? '';
		const tagKeys = tagKeysOf(form);
		const tags = tagKeys.length > 0 ? { 'aws:TagKeys': tagKeys } : {};
		if (operation === 'CreateRole') {
			const resources = [`arn:aws:iam::${account}:role${form.get('Path') ?? '/'}${name}`];
			const boundary = form.get('PermissionsBoundary');
			const context = { ...tags, ...(boundary === null ? {} : { 'iam:PermissionsBoundary': [boundary] }) };
			return [{ action: 'iam:CreateRole', resources, context }, ...(tagKeys.length > 0 ? [{ action: 'iam:TagRole', resources, context: tags }] : [])];
		}
		if (operation === 'GetAccountSummary') return [{ action: 'iam:GetAccountSummary', resources: ['*'] }];
		if (!onRole.includes(operation)) return undefined;
		const role = roleNamed(name);
		const boundary = bounded.includes(operation) && role?.boundary !== undefined ? { 'iam:PermissionsBoundary': [role.boundary] } : {};
		return [{ action: `iam:${operation}`, resources: [role?.arn ?? `arn:aws:iam::${account}:role/${name}`], context: { ...tags, ...boundary } }];
	};
