/** Stand-in for IAM: roles and policies, of the template and made at run time, kept on disk; what they allow is asked by judge.ts. */
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { generatedName } from '../assembly/names.ts';
import { keepState } from '../disk.ts';
import { readProperties } from '../properties.ts';
import type { ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { decide, type Policies } from './evaluator/decide.ts';
import type { Context } from './evaluator/keys.ts';
import { type PolicyKind, readPolicy } from './evaluator/policy.ts';
import { PolicyProblem } from './evaluator/problem.ts';
import { createIamMachine, emptyIam, type RoleRecord } from './machine.ts';
import { needsOfIam } from './needs.ts';
import { answerQuery } from './query.ts';
import { refusal } from './refusal.ts';
import { createTrail, type Note } from './trail.ts';

export interface Iam extends StandIn {
	/** What a role may do: the same object until something changes. Undefined: there is no such role. */
	rights(roleArn: string): Policies | undefined;
	/** Whether a service may take the role. */
	trusts(roleArn: string, service: string, context: Context): boolean;
	/** Writes down what was judged. */
	readonly note: Note;
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
	const folder = world.folder('iam');
	const kept = keepState(join(folder, 'state.json'), emptyIam());
	const note = createTrail(folder, () => world.now());
	const { account } = world;
	const { state } = kept;
	const machine = createIamMachine(state, { account, newId });
	const nameOf = (input: ResourceInput, given: string | undefined): string => given ?? generatedName(input).slice(0, 64);
	const roleNamed = (name: string): RoleRecord => machine.getRole(name);
	/** read once, until something changes */
	const read = new Map<string, Policies>();
	const changed = (): void => {
		read.clear();
		kept.save();
	};
	/** A document of the template, refused by name as soon as it comes. */
	const checked = <T>(input: ResourceInput, document: T, kind: PolicyKind): T => {
		try {
			readPolicy(document, kind);
		} catch (error) {
			if (!(error instanceof PolicyProblem)) throw error;
			throw new Error(`${input.type} ${input.logicalId}: the local IAM doesn't know ${error.message}`);
		}
		return document;
	};

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
				trust: checked(input, properties.AssumeRolePolicyDocument, 'trust'),
				...(properties.Description === undefined ? {} : { description: properties.Description }),
				...(properties.PermissionsBoundary === undefined ? {} : { boundary: properties.PermissionsBoundary }),
				// what the template doesn't say any more is gone; policies that are resources of their own follow
				inline: Object.fromEntries((properties.Policies ?? []).map((one) => [one.PolicyName, checked(input, one.PolicyDocument, 'identity')])),
				managed: properties.ManagedPolicyArns ?? [],
				tags: properties.Tags ?? [],
			};
			state.roles = [...state.roles.filter((one) => one.name !== name), role];
			return { ref: name, attributes: { Arn: role.arn, RoleId: role.id } };
		},
		'AWS::IAM::Policy': (input) => {
			const properties = readProperties(PolicyProperties, input);
			const document = checked(input, properties.PolicyDocument, 'identity');
			for (const role of properties.Roles) roleNamed(role).inline[properties.PolicyName] = document;
			return { ref: properties.PolicyName, attributes: { Id: properties.PolicyName } };
		},
		'AWS::IAM::ManagedPolicy': (input) => {
			const properties = readProperties(ManagedPolicyProperties, input);
			const arn = `arn:aws:iam::${account}:policy${properties.Path ?? '/'}${nameOf(input, properties.ManagedPolicyName)}`;
			state.policies[arn] = checked(input, properties.PolicyDocument, 'identity');
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
			changed();
			return output;
		},
		endpoints: {
			IAM: async (request) => {
				const response = answerQuery(machine, request.body.toString('utf8'), randomUUID(), world.now());
				changed();
				return response;
			},
		},
		needs: { IAM: needsOfIam(account, (name) => state.roles.find((role) => role.name.toLowerCase() === name.toLowerCase())) },
		rights: (arn) => {
			const known = read.get(arn);
			if (known) return known;
			const role = state.roles.find((one) => one.arn === arn);
			if (!role) return undefined;
			// AWS's own managed policies aren't here: they add nothing
			const managed = role.managed.flatMap((policy) => (policy in state.policies ? [state.policies[policy]] : []));
			const rights = {
				identity: [...Object.values(role.inline), ...managed].map((document) => readPolicy(document, 'identity')),
				// a boundary that is gone allows nothing
				...(role.boundary === undefined
					? {}
					: { boundary: role.boundary in state.policies ? readPolicy(state.policies[role.boundary], 'identity') : [] }),
			};
			read.set(arn, rights);
			return rights;
		},
		note,
		trusts: (arn, service, context) => {
			const role = state.roles.find((one) => one.arn === arn);
			if (!role) return false;
			const call = { action: 'sts:AssumeRole', resource: arn, context };
			const decision = decide({ ...call, caller: { service } }, { identity: [], resource: readPolicy(role.trust, 'trust') });
			const refused = refusal(service, call.action, arn, decision);
			note({ ...call, caller: service, ...(refused !== undefined && { refused }) });
			return decision.allowed;
		},
	};
};
