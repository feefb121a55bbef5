/** The Principal element. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
import { PolicyProblem } from './problem.ts';

/** Who calls: a role by its ARN, or a service of AWS by its name. */
export type Caller = { role: string } | { service: string };

/**
 * How a principal names the caller. `account` grants nothing by itself: it leaves the matter to the account's own policies.
 * A caller that shows no identity is named by `everyone` alone.
 */
export type Named = 'everyone' | 'account' | 'itself';
export type Principal = (caller: Caller | undefined) => Named | undefined;

export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

const ofAws = (value: string): Principal => {
	if (value === '*') return () => 'everyone';
	const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1];
	if (account) return (caller) => (caller && 'role' in caller && accountOf(caller.role) === account ? 'account' : undefined);
	if (/^arn:aws:iam::\d{12}:role\/[^*?]+$/.test(value))
		return (caller) => (caller && 'role' in caller && caller.role === value ? 'itself' : undefined);
	throw new PolicyProblem(`the principal ${value}`);
};

const ofService = (value: string): Principal => {
	if (!/^[a-z-]+\.amazonaws\.com$/.test(value)) throw new PolicyProblem(`the principal ${value}`);
	return (caller) => (caller && 'service' in caller && caller.service === value ? 'itself' : undefined);
};

const strength: readonly Named[] = ['account', 'itself', 'everyone'];

/** @throws PolicyProblem that names what isn't known */
export const readPrincipal = (value: unknown): Principal => {
	if (value === '*') return () => 'everyone';
	if (typeof value !== 'object' || value === null) throw new PolicyProblem(`the principal ${JSON.stringify(value)}`);
	const all = Object.entries(value).flatMap(([kind, names]) => {
		if (kind !== 'AWS' && kind !== 'Service') throw new PolicyProblem(`the kind of principal ${kind}`);
		return [names].flat().map((name) => (kind === 'AWS' ? ofAws : ofService)(String(name)));
	});
	return (caller) => strength.findLast((named) => all.some((principal) => principal(caller) === named));
};
