/** Reads policies. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
import { type Condition, readCondition } from './condition.ts';
import { type Principal, readPrincipal } from './principal.ts';
import { PolicyProblem } from './problem.ts';
import { arnWildcard, type Matches, wildcard } from './wildcard.ts';

export interface Statement {
	effect: 'Allow' | 'Deny';
	/** undefined in what is attached to an identity */
	principal: Principal | undefined;
	action: Matches;
	resource: Matches;
	condition: Condition;
}

export type Policy = readonly Statement[];

/** Attached to a role or the boundary of one; attached to a resource; a role's own, that says who may take it. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

const known = {
	identity: ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
	resource: ['Sid', 'Effect', 'Principal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
	trust: ['Sid', 'Effect', 'Principal', 'Action', 'Condition'],
} as const satisfies Record<PolicyKind, readonly string[]>;

const texts = (name: string, value: unknown): string[] =>
	[value].flat().map((one) => {
		if (typeof one !== 'string') throw new PolicyProblem(`${name} ${JSON.stringify(one)}`);
		if (one.includes('${')) throw new PolicyProblem(`the policy variable in ${one}`);
		return one;
	});

/** Documented: actions are not case-sensitive and carry their service's name. */
const actionMatcher = (pattern: string): Matches => {
	if (pattern !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(pattern)) throw new PolicyProblem(`the action ${pattern}`);
	const matches = wildcard(pattern.toLowerCase());
	return (action) => matches(action.toLowerCase());
};

/** Documented: a call without a resource of its own is about `*`, and is allowed by no other one. */
const resourceMatcher = (pattern: string): Matches => {
	if (pattern === '*') return () => true;
	const matches = arnWildcard(pattern);
	if (!matches) throw new PolicyProblem(`the resource ${pattern}`);
	return matches;
};

/** `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of each pair. */
const either = (statement: Record<string, unknown>, name: 'Action' | 'Resource', matcher: (pattern: string) => Matches): Matches | undefined => {
	const [given, not] = [statement[name], statement[`Not${name}`]];
	if (given !== undefined && not !== undefined) throw new PolicyProblem(`${name} beside Not${name}`);
	if (given === undefined && not === undefined) return undefined;
	const all = texts(name, given ?? not).map(matcher);
	return (text) => all.some((matches) => matches(text)) === (given !== undefined);
};

const readStatement = (value: unknown, kind: PolicyKind): Statement => {
	if (typeof value !== 'object' || value === null) throw new PolicyProblem('a Statement that is no object');
	const statement = value as Record<string, unknown>;
	const foreign = Object.keys(statement).find((name) => !(known[kind] as readonly string[]).includes(name));
	if (foreign) throw new PolicyProblem(`the element ${foreign} in a policy of the kind "${kind}"`);
	const { Effect: effect, Principal: principal, Condition: condition } = statement;
	if (effect !== 'Allow' && effect !== 'Deny') throw new PolicyProblem(`the Effect ${JSON.stringify(effect)}`);
	const action = either(statement, 'Action', actionMatcher);
	const resource = either(statement, 'Resource', resourceMatcher);
	if (!action) throw new PolicyProblem('a Statement without Action');
	if (!resource && kind === 'identity') throw new PolicyProblem('a Statement without Resource');
	if (principal === undefined && kind !== 'identity') throw new PolicyProblem('a Statement without Principal');
	return {
		effect,
		principal: kind === 'identity' ? undefined : readPrincipal(principal),
		action,
		// what is attached to a resource is about that resource
		resource: resource ?? (() => true),
		condition: condition === undefined ? () => true : readCondition(condition),
	};
};

/** @throws PolicyProblem that names the element, operator, key or value that isn't known */
export const readPolicy = (document: unknown, kind: PolicyKind): Policy => {
	if (typeof document !== 'object' || document === null) throw new PolicyProblem('a policy that is no object');
	const { Version: version, Id: _id, Statement: statements, ...rest } = document as Record<string, unknown>;
	const [foreign] = Object.keys(rest);
	if (foreign) throw new PolicyProblem(`the element ${foreign}`);
	// the older one differs by its lack of policy variables, which aren't known anyway
	if (version !== undefined && version !== '2012-10-17' && version !== '2008-10-17')
		throw new PolicyProblem(`the Version ${JSON.stringify(version)}`);
	if (statements === undefined) throw new PolicyProblem('a policy without Statement');
	return [statements].flat().map((statement) => readStatement(statement, kind));
};
