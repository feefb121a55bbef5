/** The Condition element. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
import { type ConditionKey, type Context, findConditionKey, valuesOf } from './keys.ts';
import { PolicyProblem } from './problem.ts';
import { arnWildcard, type Matches, wildcard } from './wildcard.ts';

export type Condition = (context: Context) => boolean;

const equals =
	(value: string): Matches =>
	(text) =>
		text === value;

const arn = (value: string): Matches => {
	const matches = arnWildcard(value);
	if (!matches) throw new PolicyProblem(`the ARN ${value}`);
	return matches;
};

const truth = (value: string): string => {
	if (!/^(true|false)$/i.test(value)) throw new PolicyProblem(`${value} where true or false belongs`);
	return value.toLowerCase();
};

/** Documented: ArnEquals and ArnLike are the same. */
const comparisons: Record<string, { of: (value: string) => Matches; negated: boolean }> = {
	StringEquals: { of: equals, negated: false },
	StringNotEquals: { of: equals, negated: true },
	StringLike: { of: wildcard, negated: false },
	StringNotLike: { of: wildcard, negated: true },
	ArnEquals: { of: arn, negated: false },
	ArnLike: { of: arn, negated: false },
	ArnNotEquals: { of: arn, negated: true },
	ArnNotLike: { of: arn, negated: true },
	Bool: { of: (value) => (text) => text.toLowerCase() === truth(value), negated: false },
};

const listOf = (value: unknown): string[] =>
	[value].flat().map((one) => {
		if (typeof one !== 'string' && typeof one !== 'boolean') throw new PolicyProblem(`the condition value ${JSON.stringify(one)}`);
		if (String(one).includes('${')) throw new PolicyProblem(`the policy variable in ${one}`);
		return String(one);
	});

/** @throws PolicyProblem */
const read = (operator: string, key: ConditionKey, values: string[]): Condition => {
	if (operator === 'Null') {
		const wanted = values.map(truth);
		return (context) => wanted.includes(String(!context[key]?.length));
	}
	const [, set = '', name = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
	const comparison = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
	if (!comparison || (set && ifExists)) throw new PolicyProblem(`the condition operator ${operator}`);
	if ((set !== '') !== (valuesOf(key) === 'many')) throw new PolicyProblem(`${operator} with ${key}, which has ${valuesOf(key)} value(s)`);
	if (name === 'Bool') values.forEach(truth);
	const matchers = values.map(comparison.of);
	const holds = (text: string): boolean => matchers.some((matches) => matches(text)) !== comparison.negated;
	// documented: true when there is nothing to compare
	if (set === 'ForAllValues:') return (context) => (context[key] ?? []).every(holds);
	if (set === 'ForAnyValue:') return (context) => (context[key] ?? []).some(holds);
	return (context) => {
		const [text] = context[key] ?? [];
		// documented: an absent key matches nothing, so that only what is negated holds
		return text === undefined ? ifExists !== undefined || comparison.negated : holds(text);
	};
};

/**
 * All operators and keys must hold; of a key's values one is enough.
 * @throws PolicyProblem that names what isn't known
 */
export const readCondition = (block: unknown): Condition => {
	if (typeof block !== 'object' || block === null || Array.isArray(block)) throw new PolicyProblem('a Condition that is no object');
	const all = Object.entries(block).flatMap(([operator, keys]) =>
		Object.entries((keys ?? {}) as Record<string, unknown>).map(([name, value]) => {
			const key = findConditionKey(name);
			if (!key) throw new PolicyProblem(`the condition key ${name}`);
			return read(operator, key, listOf(value));
		}),
	);
	return (context) => all.every((holds) => holds(context));
};
