/** CloudFormation's intrinsic functions, as far as our templates use them; any other is refused by name. */

/** What names mean at the place where a value stands. Each throws on a name that isn't there. */
export interface Scope {
	ref(logicalId: string): unknown;
	attribute(logicalId: string, name: string): unknown;
	condition(name: string): boolean;
	importValue(name: string): unknown;
	mapping(map: string, first: string, second: string): unknown;
	zones(): string[];
}

/** `AWS::NoValue`: the property, or the list's member, is left out. */
export const noValue = Symbol('AWS::NoValue');

const asText = (value: unknown, where: string): string => {
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	throw new Error(`${where} needs text, not ${JSON.stringify(value)}`);
};

const asList = (value: unknown, where: string): unknown[] => {
	if (Array.isArray(value)) return value;
	throw new Error(`${where} needs a list, not ${JSON.stringify(value)}`);
};

const asObject = (value: unknown, where: string): Record<string, unknown> => {
	if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	throw new Error(`${where} needs an object, not ${JSON.stringify(value)}`);
};

const attributeOf = (argument: unknown): [string, string] => {
	const [logicalId, ...rest] =
		typeof argument === 'string' ? argument.split('.') : asList(argument, 'Fn::GetAtt').map((one) => asText(one, 'Fn::GetAtt'));
	return [logicalId ?? '', rest.join('.')];
};

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const conditionOf = (value: unknown, scope: Scope): boolean => {
	const result = resolve(value, scope);
	if (typeof result === 'boolean') return result;
	throw new Error(`a condition is true or false, not ${JSON.stringify(result)}`);
};

const intrinsics: Record<string, Intrinsic> = {
	Ref: (argument, scope) => scope.ref(asText(argument, 'Ref')),
	'Fn::GetAtt': (argument, scope) => scope.attribute(...attributeOf(argument)),
	'Fn::Join': (argument, scope) => {
		const [separator, list] = asList(argument, 'Fn::Join');
		return asList(resolve(list, scope), 'Fn::Join')
			.map((one) => asText(one, 'Fn::Join'))
			.join(asText(separator, 'Fn::Join'));
	},
	'Fn::Sub': (argument, scope) => {
		const [text, variables] = typeof argument === 'string' ? [argument, {}] : asList(argument, 'Fn::Sub');
		const own = asObject(resolve(variables ?? {}, scope), 'Fn::Sub');
		return asText(text, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
			if (literal) return `\${${name}}`;
			if (name in own) return asText(own[name], `Fn::Sub ${name}`);
			return asText(name.includes('.') ? scope.attribute(...attributeOf(name)) : scope.ref(name), `Fn::Sub ${name}`);
		});
	},
	'Fn::Select': (argument, scope) => {
		const [index, list] = asList(resolve(argument, scope), 'Fn::Select');
		const chosen = asList(list, 'Fn::Select')[Number(index)];
		if (chosen === undefined) throw new Error(`Fn::Select finds nothing at ${index}`);
		return chosen;
	},
	'Fn::Split': (argument, scope) => {
		const [separator, text] = asList(resolve(argument, scope), 'Fn::Split');
		return asText(text, 'Fn::Split').split(asText(separator, 'Fn::Split'));
	},
	'Fn::ImportValue': (argument, scope) => scope.importValue(asText(resolve(argument, scope), 'Fn::ImportValue')),
	'Fn::GetAZs': (_, scope) => scope.zones(),
	'Fn::Base64': (argument, scope) => Buffer.from(asText(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
	'Fn::FindInMap': (argument, scope) => {
		const [map, first, second] = asList(resolve(argument, scope), 'Fn::FindInMap').map((one) => asText(one, 'Fn::FindInMap'));
		return scope.mapping(map ?? '', first ?? '', second ?? '');
	},
	'Fn::If': (argument, scope) => {
		const [condition, yes, no] = asList(argument, 'Fn::If');
		return resolve(scope.condition(asText(condition, 'Fn::If')) ? yes : no, scope);
	},
	'Fn::Equals': (argument, scope) => {
		const [left, right] = asList(resolve(argument, scope), 'Fn::Equals');
		return asText(left, 'Fn::Equals') === asText(right, 'Fn::Equals');
	},
	'Fn::Not': (argument, scope) => !conditionOf(asList(argument, 'Fn::Not')[0], scope),
	'Fn::And': (argument, scope) => asList(argument, 'Fn::And').every((one) => conditionOf(one, scope)),
	'Fn::Or': (argument, scope) => asList(argument, 'Fn::Or').some((one) => conditionOf(one, scope)),
	Condition: (argument, scope) => scope.condition(asText(argument, 'Condition')),
};

/** `Condition` is an intrinsic only as the one key of an object whose value is a name: policies have it too, with an object. */
const intrinsicOf = (value: Record<string, unknown>): [string, unknown] | undefined => {
	const [entry, second] = Object.entries(value);
	if (!entry || second) return undefined;
	const [name, argument] = entry;
	if (name === 'Condition' && typeof argument !== 'string') return undefined;
	if (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::')) return [name, argument];
	return undefined;
};

export const resolve = (value: unknown, scope: Scope): unknown => {
	if (Array.isArray(value)) return value.map((one) => resolve(one, scope)).filter((one) => one !== noValue);
	if (typeof value !== 'object' || value === null) return value;
	const found = intrinsicOf(value as Record<string, unknown>);
	if (found) {
		const intrinsic = intrinsics[found[0]];
		if (!intrinsic) throw new Error(`the intrinsic ${found[0]} is not known to local mode`);
		return intrinsic(found[1], scope);
	}
	return Object.fromEntries(
		Object.entries(value)
			.map(([key, one]) => [key, resolve(one, scope)] as const)
			.filter(([, one]) => one !== noValue),
	);
};

/** Logical ids that a value refers to, parameters and pseudo parameters among them. */
export const referencesOf = (value: unknown): string[] => {
	if (Array.isArray(value)) return value.flatMap(referencesOf);
	if (typeof value !== 'object' || value === null) return [];
	const found = intrinsicOf(value as Record<string, unknown>);
	if (!found) return Object.values(value).flatMap(referencesOf);
	const [name, argument] = found;
	if (name === 'Ref') return typeof argument === 'string' ? [argument] : [];
	if (name === 'Fn::GetAtt') return [attributeOf(argument)[0]];
	if (name !== 'Fn::Sub') return referencesOf(argument);
	const [text, variables] = typeof argument === 'string' ? [argument, {}] : asList(argument, 'Fn::Sub');
	const names = [...asText(text, 'Fn::Sub').matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, one]) => (one ?? '').split('.')[0] ?? '');
	return [...names, ...referencesOf(variables)];
};
