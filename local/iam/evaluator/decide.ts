/**
 * Decides about one call within one account: an explicit deny anywhere wins, what nothing allows is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import type { Context } from './keys.ts';
import type { Policy, Statement } from './policy.ts';
import type { Caller, Named } from './principal.ts';

export interface Call {
	/** undefined: nobody in particular, as a client that mounts without IAM */
	caller: Caller | undefined;
	/** `service:Operation` */
	action: string;
	/** an ARN, or `*` for what has no resource */
	resource: string;
	context: Context;
}

export interface Policies {
	identity: readonly Policy[];
	/** undefined: no boundary */
	boundary?: Policy;
	/** the resource's own; undefined: it has none */
	resource?: Policy;
}

export type PolicyPlace = 'identity-based policy' | 'permissions boundary' | 'resource-based policy';

export type Decision = { allowed: true } | { allowed: false; explicit: boolean; place: PolicyPlace };

const applies = (statement: Statement, { action, resource, context }: Call): boolean =>
	statement.action(action) && statement.resource(resource) && statement.condition(context);

export const decide = (call: Call, { identity, boundary, resource }: Policies): Decision => {
	const found = (policy: Policy, effect: Statement['effect']): Statement[] => policy.filter((one) => one.effect === effect && applies(one, call));
	const named = (statements: Statement[]): Named[] => statements.flatMap((one) => one.principal?.(call.caller) ?? []);
	const places: [PolicyPlace, boolean][] = [
		['identity-based policy', identity.some((policy) => found(policy, 'Deny').length > 0)],
		['permissions boundary', found(boundary ?? [], 'Deny').length > 0],
		['resource-based policy', named(found(resource ?? [], 'Deny')).length > 0],
	];
	const denied = places.find(([, denies]) => denies);
	if (denied) return { allowed: false, explicit: true, place: denied[0] };

	const grants = named(found(resource ?? [], 'Allow'));
	// assumed: a grant to everyone is one to the role's session, which boundaries don't limit
	if (grants.includes('everyone')) return { allowed: true };
	if (call.caller && 'service' in call.caller && grants.includes('itself')) return { allowed: true };
	// documented: "resource-based policies that grant permissions to an IAM role ARN" are limited by the boundary
	if (!grants.includes('itself') && !identity.some((policy) => found(policy, 'Allow').length > 0))
		return { allowed: false, explicit: false, place: call.caller ? 'identity-based policy' : 'resource-based policy' };
	if (boundary && found(boundary, 'Allow').length === 0) return { allowed: false, explicit: false, place: 'permissions boundary' };
	return { allowed: true };
};
