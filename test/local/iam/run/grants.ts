/** What policies allow, taken apart: an action on a resource for a value of a condition's list, and the policy without just that. */
import { decide, type Policies } from '../../../../local/iam/evaluator/decide.ts';
import { readPolicy } from '../../../../local/iam/evaluator/policy.ts';
import { contextOf } from '../../../../local/iam/judge.ts';
import { refusal } from '../../../../local/iam/refusal.ts';
import type { TrailLine } from '../../../support/trail.ts';

type Condition = Record<string, Record<string, string | string[]>>;

export interface Statement {
	Sid?: string;
	Effect: 'Allow' | 'Deny';
	Principal?: unknown;
	Action: string | string[];
	Resource?: string | string[];
	Condition?: Condition;
}

/** The statements of a document. */
export const statementsOf = (document: unknown): Statement[] => [(document as { Statement: Statement | Statement[] }).Statement].flat();

/** One thing that a statement grants or denies. */
export interface Grant {
	sid: string | undefined;
	effect: Statement['Effect'];
	action: string;
	/** a pattern; absent in what is attached to a resource */
	resource: string | undefined;
	condition: Condition | undefined;
	/** one of several values that the condition lists */
	value: string | undefined;
	/** the document's statements, this excepted */
	rest: Statement[];
}

interface Listed {
	operator: string;
	key: string;
	values: string[];
}

/** lists of a condition with more than one value: each value is a grant of its own */
const listsOf = ({ Condition = {} }: Statement): Listed[] =>
	Object.entries(Condition).flatMap(([operator, keys]) =>
		Object.entries(keys).flatMap(([key, value]) => (Array.isArray(value) && value.length > 1 ? [{ operator, key, values: value }] : [])),
	);

const some = <T>(list: T[]): list is [T, ...T[]] => list.length > 0;

/** The statement without the action on the resource, but with what is left of it by other values. */
const without = (statement: Statement, action: string, resource: string | undefined, left: Condition | undefined): Statement[] => {
	const actions = [statement.Action].flat().filter((one) => one !== action);
	const resources = [statement.Resource ?? []].flat().filter((one) => one !== resource);
	return [
		...(some(actions) ? [{ ...statement, Action: actions }] : []),
		...(some(resources) ? [{ ...statement, Action: action, Resource: resources }] : []),
		...(left ? [{ ...statement, Action: action, ...(resource !== undefined && { Resource: resource }), Condition: left }] : []),
	];
};

export const grantsOf = (document: unknown): Grant[] => {
	const statements = statementsOf(document);
	return statements.flatMap((statement, index) => {
		const { Sid: sid, Effect: effect, Condition: condition } = statement;
		const grant = (action: string, resource: string | undefined, value?: string, left?: Condition): Grant => {
			const rest = statements.toSpliced(index, 1, ...without(statement, action, resource, left));
			return { sid, effect, action, resource, condition, value, rest };
		};
		return [statement.Action].flat().flatMap((action) =>
			(statement.Resource === undefined ? [undefined] : [statement.Resource].flat()).flatMap((resource) => {
				const lists = listsOf(statement);
				if (!some(lists)) return [grant(action, resource)];
				return lists.flatMap(({ operator, key, values }) =>
					values.map((value) => {
						const kept = { ...condition?.[operator], [key]: values.filter((one) => one !== value) };
						return grant(action, resource, value, { ...condition, [operator]: kept });
					}),
				);
			}),
		);
	});
};

/** Policies that a call is judged by, as documents. */
export interface Documents {
	identity: readonly unknown[];
	boundary?: unknown;
	resource?: unknown;
	/** the resource is the role that a service takes */
	trust?: unknown;
}

/** reads each document once */
const read = (() => {
	const known = new WeakMap<object, ReturnType<typeof readPolicy>>();
	return (document: unknown, kind: Parameters<typeof readPolicy>[1]) => {
		const found = known.get(document as object) ?? readPolicy(document, kind);
		known.set(document as object, found);
		return found;
	};
})();

const policiesOf = ({ identity, boundary, resource, trust }: Documents): Policies => ({
	identity: identity.map((document) => read(document, 'identity')),
	...(boundary === undefined ? {} : { boundary: read(boundary, 'identity') }),
	...(resource === undefined ? {} : { resource: read(resource, 'resource') }),
	...(trust === undefined ? {} : { resource: read(trust, 'trust') }),
});

/** Why a call of the record is refused under these policies; undefined: it is allowed. */
export const judged = (
	{ caller, action, resource, context }: Pick<TrailLine, 'caller' | 'action' | 'resource' | 'context'>,
	documents: Documents,
) => {
	const isRole = caller.startsWith('arn:');
	const call = {
		caller: isRole ? { role: caller } : { service: caller },
		action,
		resource,
		context: isRole ? { ...contextOf(caller), ...context } : context,
	};
	return refusal(caller, action, resource, decide(call, policiesOf(documents)));
};
