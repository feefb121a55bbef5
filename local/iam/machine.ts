/** IAM as far as Homes' roles need it: roles, their policies and boundaries. Pure; what a role may do is judged in judge.ts. */
import { type PolicyKind, readPolicy } from './evaluator/policy.ts';
import { PolicyProblem } from './evaluator/problem.ts';

export interface Tag {
	Key: string;
	Value: string;
}

export interface RoleRecord {
	name: string;
	path: string;
	arn: string;
	id: string;
	/** ISO 8601 */
	created: string;
	trust: unknown;
	description?: string;
	/** ARN of a managed policy: the most that the role can do */
	boundary?: string;
	/** inline policies by name */
	inline: Record<string, unknown>;
	/** ARNs of managed policies */
	managed: string[];
	tags: Tag[];
}

export interface IamState {
	format: 1;
	roles: RoleRecord[];
	/** documents of managed policies by ARN */
	policies: Record<string, unknown>;
}

export const emptyIam = (): IamState => ({ format: 1, roles: [], policies: {} });

export class IamError extends Error {
	readonly code: string;
	readonly status: number;
	constructor(code: string, status: number, message: string) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

export interface NewRole {
	name: string;
	path: string;
	/** JSON text */
	trust: string;
	description?: string | undefined;
	boundary?: string | undefined;
	tags: Tag[];
}

export interface IamMachineOptions {
	account: string;
	/** what follows AROA */
	newId(): string;
}

/** documented quotas: docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const quotas = { roles: 1000, trust: 2048, inline: 10_240, tags: 50 };

const readDocument = (text: string, kind: PolicyKind): unknown => {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch {
		throw new IamError('MalformedPolicyDocument', 400, 'This policy contains invalid Json');
	}
	if (typeof document !== 'object' || document === null || !('Statement' in document))
		throw new IamError('MalformedPolicyDocument', 400, 'Syntax errors in policy.');
	try {
		readPolicy(document, kind);
	} catch (error) {
		if (!(error instanceof PolicyProblem)) throw error;
		throw new IamError('MalformedPolicyDocument', 400, `The local IAM doesn't know ${error.message}.`);
	}
	return document;
};

const validate = (value: string, pattern: RegExp, name: string): void => {
	if (!pattern.test(value))
		throw new IamError('ValidationError', 400, `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${pattern.source}`);
};

const mergeTags = (old: readonly Tag[], added: readonly Tag[]): Tag[] => {
	const tags = [...old.filter((tag) => !added.some((one) => one.Key === tag.Key)), ...added];
	if (tags.length > quotas.tags) throw new IamError('LimitExceeded', 409, `A role can have ${quotas.tags} tags.`);
	return tags;
};

export interface IamMachine {
	createRole(role: NewRole, now: Date): RoleRecord;
	/** @throws NoSuchEntity */
	getRole(name: string): RoleRecord;
	putRolePolicy(role: string, policy: string, document: string): void;
	deleteRolePolicy(role: string, policy: string): void;
	tagRole(role: string, tags: Tag[]): void;
	deleteRole(name: string): void;
	/** of what there is, and how much of it may be */
	summary(): Record<string, number>;
}

export const createIamMachine = (state: IamState, options: IamMachineOptions): IamMachine => {
	const find = (name: string): RoleRecord | undefined => state.roles.find((role) => role.name.toLowerCase() === name.toLowerCase());
	const getRole = (name: string): RoleRecord => {
		const role = find(name);
		if (!role) throw new IamError('NoSuchEntity', 404, `The role with name ${name} cannot be found.`);
		return role;
	};
	return {
		getRole,
		createRole: (wanted, now) => {
			validate(wanted.name, /^[\w+=,.@-]{1,64}$/, 'roleName');
			validate(wanted.path, /^\/(?:[!-.0-~]+\/)*$/, 'path');
			const trust = readDocument(wanted.trust, 'trust');
			if (wanted.trust.replace(/\s/g, '').length > quotas.trust)
				throw new IamError('LimitExceeded', 409, `Cannot exceed quota for ACLSizePerRole: ${quotas.trust}`);
			if (find(wanted.name)) throw new IamError('EntityAlreadyExists', 409, `Role with name ${wanted.name} already exists.`);
			if (state.roles.length >= quotas.roles) throw new IamError('LimitExceeded', 409, `Cannot exceed quota for RolesPerAccount: ${quotas.roles}`);
			if (wanted.boundary !== undefined && !(wanted.boundary in state.policies))
				throw new IamError('NoSuchEntity', 404, `Scope ARN: ${wanted.boundary} does not exist or is not attachable.`);
			const role: RoleRecord = {
				name: wanted.name,
				path: wanted.path,
				arn: `arn:aws:iam::${options.account}:role${wanted.path}${wanted.name}`,
				id: `AROA${options.newId()}`,
				created: now.toISOString(),
				trust,
				...(wanted.description === undefined ? {} : { description: wanted.description }),
				...(wanted.boundary === undefined ? {} : { boundary: wanted.boundary }),
				inline: {},
				managed: [],
				tags: mergeTags([], wanted.tags),
			};
			state.roles.push(role);
			return role;
		},
		putRolePolicy: (name, policy, document) => {
			const role = getRole(name);
			validate(policy, /^[\w+=,.@-]{1,128}$/, 'policyName');
			const inline = { ...role.inline, [policy]: readDocument(document, 'identity') };
			if (JSON.stringify(Object.values(inline)).length > quotas.inline)
				throw new IamError('LimitExceeded', 409, `Maximum policy size of ${quotas.inline} bytes exceeded for role ${name}`);
			role.inline = inline;
		},
		deleteRolePolicy: (name, policy) => {
			const role = getRole(name);
			if (!(policy in role.inline)) throw new IamError('NoSuchEntity', 404, `The role policy with name ${policy} cannot be found.`);
			delete role.inline[policy];
		},
		tagRole: (name, tags) => {
			const role = getRole(name);
			role.tags = mergeTags(role.tags, tags);
		},
		deleteRole: (name) => {
			const role = getRole(name);
			if (Object.keys(role.inline).length > 0) throw new IamError('DeleteConflict', 409, 'Cannot delete entity, must delete policies first.');
			if (role.managed.length > 0) throw new IamError('DeleteConflict', 409, 'Cannot delete entity, must detach all policies first.');
			state.roles.splice(state.roles.indexOf(role), 1);
		},
		summary: () => ({ Roles: state.roles.length, RolesQuota: quotas.roles, Policies: Object.keys(state.policies).length }),
	};
};
