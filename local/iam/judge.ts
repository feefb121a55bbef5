/** Says whether who signed a call may make it: the one place where the roles' policies meet the calls that arrive. */
import { assumedRoleArn } from '../arn.ts';
import type { Need, Principal } from '../stand-in.ts';
import { type Decision, decide, type Policies } from './evaluator/decide.ts';
import type { Context } from './evaluator/keys.ts';
import { accountOf } from './evaluator/principal.ts';
import type { Iam } from './iam.ts';

/** Whose calls are not judged: the person at this machine, by `npm start -- --aws-env`. */
export const operatorArn = (account: string): string => `arn:aws:iam::${account}:user/operator`;

/** Why a call is refused, in AWS's words; undefined: it may be made. */
export type Judge = (principal: Principal, needs: readonly Need[] | undefined) => string | undefined;

/** of a role; more would be another one's connections, long gone */
const maxKept = 10_000;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export const refusal = (caller: string, action: string, resource: string, { explicit, place }: Exclude<Decision, { allowed: true }>): string => {
	const article = place === 'identity-based policy' ? 'an' : 'a';
	const why = explicit ? `with an explicit deny in ${article} ${place}` : `because no ${place} allows the ${action} action`;
	return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
};

/** What every call of a role carries. Calls here go without TLS and stand for calls with it. */
export const contextOf = (roleArn: string): Context => ({
	'aws:PrincipalArn': [roleArn],
	'aws:PrincipalAccount': [accountOf(roleArn)],
	'aws:SecureTransport': ['true'],
});

export const createJudge = ({ iam, account }: { iam: Pick<Iam, 'rights'>; account: string }): Judge => {
	/** decisions that depend on role, action and resource alone, as long as the role's rights are the same */
	const kept = new WeakMap<Policies, Map<string, Decision>>();
	const nothing: Policies = { identity: [] };

	const decideOne = (roleArn: string, rights: Policies, need: Need, resource: string): Decision =>
		decide({ caller: { role: roleArn }, action: need.action, resource, context: { ...contextOf(roleArn), ...need.context } }, rights);

	const decideKept = (roleArn: string, rights: Policies, need: Need, resource: string): Decision => {
		if (need.context) return decideOne(roleArn, rights, need, resource);
		let decisions = kept.get(rights);
		if (!decisions || decisions.size >= maxKept) {
			decisions = new Map();
			kept.set(rights, decisions);
		}
		const name = `${need.action} ${resource}`;
		const decision = decisions.get(name) ?? decideOne(roleArn, rights, need, resource);
		decisions.set(name, decision);
		return decision;
	};

	return ({ roleArn, sessionName }, needs) => {
		if (roleArn === operatorArn(account)) return undefined;
		const caller = assumedRoleArn(roleArn, sessionName);
		if (!needs) return `User: ${caller} is not authorized: local mode doesn't know what this call needs`;
		const rights = iam.rights(roleArn) ?? nothing;
		for (const need of needs)
			for (const resource of need.resources) {
				const decision = decideKept(roleArn, rights, need, resource);
				if (!decision.allowed) return refusal(caller, need.action, resource, decision);
			}
		return undefined;
	};
};
