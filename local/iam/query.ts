/** IAM's wire: form fields in, XML out. */
import type { AwsResponse } from '../stand-in.ts';
import { IamError, type IamMachine, type NewRole, type RoleRecord, type Tag } from './machine.ts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const element = (name: string, text: string): string => `<${name}>${text.replace(/[&<>"]/g, (char) => escapes[char] ?? char)}</${name}>`;

/** Documents come back URL-encoded, as IAM gives them. */
const roleXml = (role: RoleRecord): string =>
	[
		'<Role>',
		element('Path', role.path),
		element('RoleName', role.name),
		element('RoleId', role.id),
		element('Arn', role.arn),
		element('CreateDate', role.created),
		element('AssumeRolePolicyDocument', encodeURIComponent(JSON.stringify(role.trust))),
		role.description === undefined ? '' : element('Description', role.description),
		element('MaxSessionDuration', '3600'),
		role.boundary === undefined
			? ''
			: `<PermissionsBoundary>${element('PermissionsBoundaryType', 'Policy')}${element('PermissionsBoundaryArn', role.boundary)}</PermissionsBoundary>`,
		role.tags.length === 0
			? ''
			: `<Tags>${role.tags.map((tag) => `<member>${element('Key', tag.Key)}${element('Value', tag.Value)}</member>`).join('')}</Tags>`,
		'</Role>',
	].join('');

const xml = (status: number, body: string): AwsResponse => ({ status, headers: { 'content-type': 'text/xml' }, body });

/** The fields that each operation knows; `Tags` stands for its whole list. */
const fields: Record<string, readonly string[]> = {
	CreateRole: ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Description', 'PermissionsBoundary', 'Tags'],
	GetRole: ['RoleName'],
	PutRolePolicy: ['RoleName', 'PolicyName', 'PolicyDocument'],
	DeleteRolePolicy: ['RoleName', 'PolicyName'],
	TagRole: ['RoleName', 'Tags'],
	DeleteRole: ['RoleName'],
	GetAccountSummary: [],
};

const readTags = (form: URLSearchParams): Tag[] => {
	const tags: Tag[] = [];
	for (let at = 1; form.has(`Tags.member.${at}.Key`); at++)
		tags.push({ Key: form.get(`Tags.member.${at}.Key`) ?? '', Value: form.get(`Tags.member.${at}.Value`) ?? '' });
	return tags;
};

/** The answer's inner XML; undefined when the operation has no result. */
const run = (machine: IamMachine, operation: string, form: URLSearchParams, now: Date): string | undefined => {
	const need = (name: string): string => {
		const value = form.get(name);
		if (!value)
			throw new IamError(
				'ValidationError',
				400,
				`1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must not be null`,
			);
		return value;
	};
	const optional = (name: string): string | undefined => form.get(name) ?? undefined;
	switch (operation) {
		case 'CreateRole': {
			const role: NewRole = {
				name: need('RoleName'),
				path: optional('Path') ?? '/',
				trust: need('AssumeRolePolicyDocument'),
				description: optional('Description'),
				boundary: optional('PermissionsBoundary'),
				tags: readTags(form),
			};
			return roleXml(machine.createRole(role, now));
		}
		case 'GetRole':
			return roleXml(machine.getRole(need('RoleName')));
		case 'PutRolePolicy':
			machine.putRolePolicy(need('RoleName'), need('PolicyName'), need('PolicyDocument'));
			return undefined;
		case 'DeleteRolePolicy':
			machine.deleteRolePolicy(need('RoleName'), need('PolicyName'));
			return undefined;
		case 'TagRole':
			machine.tagRole(need('RoleName'), readTags(form));
			return undefined;
		case 'GetAccountSummary': {
			const entry = ([key, value]: [string, number]): string => `<entry>${element('key', key)}${element('value', String(value))}</entry>`;
			return `<SummaryMap>${Object.entries(machine.summary()).map(entry).join('')}</SummaryMap>`;
		}
		case 'DeleteRole':
			machine.deleteRole(need('RoleName'));
			return undefined;
		default:
			throw new IamError('InvalidAction', 400, `The local IAM doesn't cover ${operation}.`);
	}
};

export const answerQuery = (machine: IamMachine, body: string, requestId: string, now: Date): AwsResponse => {
	const form = new URLSearchParams(body);
	const operation = form.get('Action') ?? '';
	const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
	try {
		const known = fields[operation];
		const unknown = known && [...form.keys()].find((key) => key !== 'Action' && key !== 'Version' && !known.includes(key.split('.')[0] ?? ''));
		if (unknown) throw new IamError('ValidationError', 400, `The local IAM doesn't cover ${unknown} of ${operation}.`);
		const result = run(machine, operation, form, now);
		const inner = result === undefined ? '' : `<${operation}Result>${result}</${operation}Result>`;
		return xml(200, `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${inner}${metadata}</${operation}Response>`);
	} catch (error) {
		if (!(error instanceof IamError)) throw error;
		const said = `<Error>${element('Type', 'Sender')}${element('Code', error.code)}${element('Message', error.message)}</Error>`;
		return xml(
			error.status,
			`<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${said}${element('RequestId', requestId)}</ErrorResponse>`,
		);
	}
};
