/** Says whether who signed a call may make it: the one place where the roles' policies meet the calls that arrive. */
import { assumedRoleArn } from '../arn.ts';
import type { Need, Principal } from '../stand-in.ts';
import { decide, type Policies } from './evaluator/decide.ts';
import type { Context } from './evaluator/keys.ts';
import { accountOf } from './evaluator/principal.ts';
import type { Iam } from './iam.ts';
import { refusal } from './refusal.ts';

/** Whose calls are not judged: the person at this machine, by `npm start -- --aws-env`. */
export const operatorArn = (account: string): string => `arn:aws:iam::${account}:user/operator`;

/** Why a call is refused, in AWS's words; undefined: it may be made. */
export type Judge = (principal: Principal, needs: readonly Need[] | undefined) => string | undefined;

/** of a role; more would be another one's connections, long gone */
const maxKept = 10_000;

/** What every call of a role carries. Calls here go without TLS and stand for calls with it. */
export const contextOf = (roleArn: string): Context => ({
	'aws:PrincipalArn': [roleArn],
	'aws:PrincipalAccount': [accountOf(roleArn)],
	'aws:SecureTransport': ['true'],
});

export const createJudge = ({ iam, account }: { iam: Pick<Iam, 'rights' | 'note'>; account: string }): Judge => {
	/** what depends on role, action and resource alone and was allowed, as long as the role's rights are the same */
	const kept = new WeakMap<Policies, Set<string>>();
	const nothing: Policies = { identity: [] };

	const keptOf = (rights: Policies): Set<string> => {
		const found = kept.get(rights);
		if (found && found.size < maxKept) return found;
		const fresh = new Set<string>();
		kept.set(rights, fresh);
		return fresh;
	};

	/** Why it is refused. */
	const judgeOne = (
		{ roleArn, sessionName }: Principal,
		rights: Policies,
		{ action, context, policy }: Need,
		resource: string,
	): string | undefined => {
		const call = { caller: { role: roleArn }, action, resource, context: { ...contextOf(roleArn), ...context } };
		const decision = decide(call, policy ? { ...rights, resource: policy } : rights);
		const refused = refusal(assumedRoleArn(roleArn, sessionName), action, resource, decision);
		iam.note({ caller: roleArn, action, resource, ...(context && { context }), ...(refused !== undefined && { refused }) });
		return refused;
	};

	const judgeKept = (principal: Principal, rights: Policies, need: Need, resource: string): string | undefined => {
		const allowed = keptOf(rights);
		const name = `${need.action} ${resource}`;
		const keeps = !need.context && !need.policy;
		if (keeps && allowed.has(name)) return undefined;
		const refused = judgeOne(principal, rights, need, resource);
		if (keeps && refused === undefined) allowed.add(name);
		return refused;
	};

	return (principal, needs) => {
		const { roleArn, sessionName } = principal;
		if (roleArn === operatorArn(account)) return undefined;
		if (!needs) {
			const refused = `User: ${assumedRoleArn(roleArn, sessionName)} is not authorized: local mode doesn't know what this call needs`;
			iam.note({ caller: roleArn, refused });
			return refused;
		}
		const rights = iam.rights(roleArn) ?? nothing;
		for (const need of needs)
			for (const resource of need.resources) {
				const refused = judgeKept(principal, rights, need, resource);
				if (refused !== undefined) return refused;
			}
		return undefined;
	};
};
