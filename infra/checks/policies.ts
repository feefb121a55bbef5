/** Policies of a template, statement by statement. */
import { type Cloud, entries, get, type Json, list, nameOf, type Resource } from './cloud.ts';

export interface Statement {
	readonly effect: 'Allow' | 'Deny';
	/** as text; `*` for everybody */
	readonly principals: readonly string[];
	readonly actions: readonly string[];
	/** stated by what it is not: `NotAction`, `NotResource` or `NotPrincipal` */
	readonly inverted: boolean;
	readonly resources: readonly string[];
	readonly conditions: readonly { readonly operator: string; readonly key: string; readonly values: readonly string[] }[];
}

export interface Policy {
	/** `Stack/LogicalId` */
	readonly where: string;
	readonly resource: Resource;
	/** `identity`: of a role, or the boundary of one; `trust`: who may take a role; `resource`: of anything else */
	readonly kind: 'identity' | 'trust' | 'resource';
	/** logical ids of the roles that have it */
	readonly roles: readonly string[];
	readonly statements: readonly Statement[];
}

type Text = Cloud['text'];

const principalsOf = (json: Json | undefined, text: Text): string[] =>
	typeof json === 'string' ? [json] : entries(json).flatMap(([, names]) => list(names).map(text));

/** @param text of values; a policy that is written at run time has none but strings */
export const statementsOf = (document: Json | undefined, text: Text = (json) => String(json)): Statement[] =>
	list(get(document, 'Statement')).map((statement) => ({
		effect: get(statement, 'Effect') === 'Deny' ? 'Deny' : 'Allow',
		principals: principalsOf(get(statement, 'Principal'), text),
		actions: list(get(statement, 'Action')).map(text),
		inverted: ['NotAction', 'NotResource', 'NotPrincipal'].some((name) => get(statement, name) !== undefined),
		resources: list(get(statement, 'Resource')).map(text),
		conditions: entries(get(statement, 'Condition')).flatMap(([operator, keys]) =>
			entries(keys).map(([key, values]) => ({ operator, key, values: list(values).map(text) })),
		),
	}));

/** Documents of a resource of which we know no more than that it holds some. */
const documentsIn = (json: Json): Json[] => {
	if (typeof json !== 'object' || json === null) return [];
	if (get(json, 'Statement') !== undefined) return [json];
	return Object.values(json).flatMap(documentsIn);
};

export const policiesOf = (cloud: Cloud): Policy[] =>
	cloud.resources.flatMap((resource): Policy[] => {
		const { id, type, properties } = resource;
		const policy = (kind: Policy['kind'], document: Json | undefined, roles: readonly string[] = []): Policy => ({
			where: nameOf(resource),
			resource,
			kind,
			roles,
			statements: statementsOf(document, cloud.text),
		});
		if (type === 'AWS::IAM::Role')
			return [
				policy('trust', get(properties, 'AssumeRolePolicyDocument')),
				...list(get(properties, 'Policies')).map((inline) => policy('identity', get(inline, 'PolicyDocument'), [id])),
			];
		if (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy') {
			const roles = list(get(properties, 'Roles')).map((role) => cloud.named(role)?.id ?? cloud.text(role));
			return [policy('identity', get(properties, 'PolicyDocument'), roles)];
		}
		return documentsIn(properties).map((document) => policy('resource', document));
	});

const covers = (pattern: string, action: string): boolean =>
	new RegExp(
		`^${pattern
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.')}$`,
		'i',
	).test(action);

/** Whether the statement is about the action: by its name, by a wildcard, or by naming others that it is not about. */
export const isAbout = ({ actions, inverted }: Statement, action: string): boolean =>
	(inverted && actions.length === 0) || actions.some((pattern) => covers(pattern, action));

export const allows = (statement: Statement, action: string): boolean => statement.effect === 'Allow' && isAbout(statement, action);

/** The values of a condition; undefined when the statement does not ask for it. */
export const asks = ({ conditions }: Statement, operator: string, key: string): readonly string[] | undefined =>
	conditions.find((one) => one.operator === operator && one.key.toLowerCase() === key.toLowerCase())?.values;

/** Home roles' boundaries: what a role must be made under. */
export const boundariesOf = (policies: readonly Policy[]): Policy[] => {
	const named = policies.flatMap(({ statements }) => statements.flatMap((one) => asks(one, 'StringEquals', 'iam:PermissionsBoundary') ?? []));
	return policies.filter(({ resource }) => resource.type === 'AWS::IAM::ManagedPolicy' && named.includes(`\${${resource.id}}`));
};
