/** Stand-in for IAM: roles and policies, of the template and made at run time, kept on disk. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { generatedName } from '../assembly/names.ts';
import { keepState } from '../disk.ts';
import { readProperties } from '../properties.ts';
import type { ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { createIamMachine, emptyIam, type RoleRecord } from './machine.ts';
import { answerQuery } from './query.ts';

/** What a role may do, for who judges a call: a policy document each. */
export interface RoleRights {
	policies: unknown[];
	/** undefined: no boundary */
	boundary?: unknown;
}

export interface Iam extends StandIn {
	/** undefined: there is no such role */
	rights(roleArn: string): RoleRights | undefined;
}

const Tags = z.optional(z.array(z.strictObject({ Key: z.string(), Value: z.string() })));
const Document = z.record(z.string(), z.unknown());
const RoleProperties = z.strictObject({
	RoleName: z.optional(z.string()),
	Path: z.optional(z.string()),
	AssumeRolePolicyDocument: Document,
	Policies: z.optional(z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: Document }))),
	ManagedPolicyArns: z.optional(z.array(z.string())),
	PermissionsBoundary: z.optional(z.string()),
	Description: z.optional(z.string()),
	Tags,
});
const PolicyProperties = z.strictObject({ PolicyName: z.string(), PolicyDocument: Document, Roles: z.array(z.string()) });
const ManagedPolicyProperties = z.strictObject({
	ManagedPolicyName: z.optional(z.string()),
	Path: z.optional(z.string()),
	Description: z.optional(z.string()),
	PolicyDocument: Document,
	Roles: z.optional(z.array(z.string())),
});

/** letters of an id, as AWS draws them */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const newId = (): string => Array.from(randomBytes(17), (byte) => alphabet[byte % 32]).join('');

export const createIam = (world: World): Iam => {
	const kept = keepState(join(world.folder('iam'), 'state.json'), emptyIam());
	const { account } = world;
	const { state } = kept;
	const machine = createIamMachine(state, { account, newId });
	const nameOf = (input: ResourceInput, given: string | undefined): string => given ?? generatedName(input).slice(0, 64);
	const roleNamed = (name: string): RoleRecord => machine.getRole(name);

	const creators: Record<string, (input: ResourceInput) => ResourceOutput> = {
		'AWS::IAM::Role': (input) => {
			const properties = readProperties(RoleProperties, input);
			const name = nameOf(input, properties.RoleName);
			const path = properties.Path ?? '/';
			const old = state.roles.find((role) => role.name === name);
			const role: RoleRecord = {
				name,
				path,
				arn: `arn:aws:iam::${account}:role${path}${name}`,
				id: old?.id ?? `AROA${newId()}`,
				created: old?.created ?? world.now().toISOString(),
				trust: properties.AssumeRolePolicyDocument,
				...(properties.Description === undefined ? {} : { description: properties.Description }),
				...(properties.PermissionsBoundary === undefined ? {} : { boundary: properties.PermissionsBoundary }),
				// what the template doesn't say any more is gone; policies that are resources of their own follow
				inline: Object.fromEntries((properties.Policies ?? []).map((one) => [one.PolicyName, one.PolicyDocument])),
				managed: properties.ManagedPolicyArns ?? [],
				tags: properties.Tags ?? [],
			};
			state.roles = [...state.roles.filter((one) => one.name !== name), role];
			return { ref: name, attributes: { Arn: role.arn, RoleId: role.id } };
		},
		'AWS::IAM::Policy': (input) => {
			const properties = readProperties(PolicyProperties, input);
			for (const role of properties.Roles) roleNamed(role).inline[properties.PolicyName] = properties.PolicyDocument;
			return { ref: properties.PolicyName, attributes: { Id: properties.PolicyName } };
		},
		'AWS::IAM::ManagedPolicy': (input) => {
			const properties = readProperties(ManagedPolicyProperties, input);
			const arn = `arn:aws:iam::${account}:policy${properties.Path ?? '/'}${nameOf(input, properties.ManagedPolicyName)}`;
			state.policies[arn] = properties.PolicyDocument;
			for (const name of properties.Roles ?? []) {
				const role = roleNamed(name);
				role.managed = [...new Set([...role.managed, arn])];
			}
			return { ref: arn, attributes: { PolicyArn: arn } };
		},
	};

	return {
		types: Object.keys(creators),
		create: (input) => {
			const output = creators[input.type]?.(input);
			if (!output) throw new Error(`${input.type} isn't one of IAM`);
			kept.save();
			return output;
		},
		endpoints: {
			IAM: async (request) => {
				const response = answerQuery(machine, request.body.toString('utf8'), randomUUID(), world.now());
				kept.save();
				return response;
			},
		},
		rights: (arn) => {
			const role = state.roles.find((one) => one.arn === arn);
			if (!role) return undefined;
			const managed = role.managed.flatMap((policy) => (policy in state.policies ? [state.policies[policy]] : []));
			return {
				policies: [...Object.values(role.inline), ...managed],
				...(role.boundary === undefined ? {} : { boundary: state.policies[role.boundary] }),
			};
		},
	};
};
