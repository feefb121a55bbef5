/** Event patterns. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */

export type Pattern = { [field: string]: Pattern | unknown[] };

type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const testOf = (wanted: unknown, where: string): Test => {
	if (!isObject(wanted)) return (value) => value === wanted;
	const [[operator, operand] = ['', undefined], ...more] = Object.entries(wanted);
	if (more.length) throw new Error(`event pattern, ${where}: one operator at a time`);
	switch (operator) {
		case 'prefix':
			return (value) => typeof value === 'string' && value.startsWith(String(operand));
		case 'suffix':
			return (value) => typeof value === 'string' && value.endsWith(String(operand));
		case 'exists':
			return (value) => (value !== undefined) === operand;
		case 'anything-but': {
			const refused = [operand].flat();
			if (refused.some(isObject)) throw new Error(`event pattern, ${where}: local mode knows anything-but with values only`);
			return (value) => value !== undefined && !refused.includes(value);
		}
		default:
			throw new Error(`event pattern, ${where}: ${operator} is not known to local mode`);
	}
};

/** Compiles a pattern; throws by name on an operator that isn't known here. */
export const compilePattern = (pattern: Pattern, where = 'event'): Test => {
	const fields = Object.entries(pattern).map(([name, wanted]) => {
		if (!Array.isArray(wanted)) return [name, compilePattern(wanted, `${where}.${name}`)] as const;
		const tests = wanted.map((one) => testOf(one, `${where}.${name}`));
		// documented: a list in the event matches when one of its members does
		const any = (value: unknown): boolean => (Array.isArray(value) ? value : [value]).some((one) => tests.some((test) => test(one)));
		return [name, any] as const;
	});
	return (event) => fields.every(([name, test]) => test(isObject(event) ? event[name] : undefined));
};
