/** IAM's wildcards: `*` any text, the empty one too; `?` exactly one character. */

export type Matches = (text: string) => boolean;

export const wildcard = (pattern: string): Matches => {
	if (!/[*?]/.test(pattern)) return (text) => text === pattern;
	const escaped = pattern
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	const expression = new RegExp(`^${escaped}$`, 's');
	return (text) => expression.test(text);
};

/** The six parts of an ARN, the last with its colons; undefined for what isn't one. */
const partsOf = (arn: string): string[] | undefined => {
	const parts = arn.split(':');
	return parts.length < 6 || parts[0] !== 'arn' ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** Part by part: a wildcard doesn't reach over a colon, but in the last part, which may have colons of its own. Undefined: not a whole ARN. */
export const arnWildcard = (pattern: string): Matches | undefined => {
	const parts = partsOf(pattern)?.map(wildcard);
	return (
		parts &&
		((text) => {
			const given = partsOf(text);
			return given !== undefined && parts.every((matches, index) => matches(given[index] ?? ''));
		})
	);
};
