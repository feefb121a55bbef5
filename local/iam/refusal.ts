/** Why a call is refused, in AWS's words. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
import type { Decision } from './evaluator/decide.ts';

/** Undefined: it is allowed. */
export const refusal = (caller: string, action: string, resource: string, decision: Decision): string | undefined => {
	if (decision.allowed) return undefined;
	const { explicit, place } = decision;
	const article = place === 'identity-based policy' ? 'an' : 'a';
	const why = explicit ? `with an explicit deny in ${article} ${place}` : `because no ${place} allows the ${action} action`;
	return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
};
