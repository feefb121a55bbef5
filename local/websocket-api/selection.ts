/** Which route a message asks for. https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html */

/** Names the route of a message; undefined when the expression can't be evaluated on it. */
export type Selection = (text: string) => string | undefined;

const variable = /\$\{request\.body\.([\w.]+)\}|^\$request\.body\.([\w.]+)$/g;

const textOf = (value: unknown): string =>
	value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const valueAt = (value: unknown, path: readonly string[]): unknown => {
	let found = value;
	for (const name of path)
		found = typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? (found as Record<string, unknown>)[name] : undefined;
	return found;
};

const parsed = (text: string): unknown => {
	// what can't be an object has no fields: most messages are no JSON, and a thrown error costs
	if (!/^\s*\{/.test(text)) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** Fixed text (`action`, `\$default`), `$request.body.action`, or several `${request.body.a}/${request.body.b}`. @throws Error on anything else */
export const createSelection = (expression: string): Selection => {
	const parts: (string | string[])[] = [];
	let end = 0;
	for (const match of expression.matchAll(variable)) {
		parts.push(expression.slice(end, match.index), (match[1] ?? match[2] ?? '').split('.'));
		end = match.index + match[0].length;
	}
	parts.push(expression.slice(end).replace(/^\\(?=\$default$)/, ''));
	const known = parts.every((part) => typeof part !== 'string' || part === '$default' || !part.includes('$'));
	if (expression === '' || !known) throw new Error(`the route selection expression ${expression} is not known to local mode`);
	if (parts.every((part) => typeof part === 'string')) return () => parts.join('');
	return (text) => {
		const value = parsed(text);
		return value === undefined ? undefined : parts.map((part) => (typeof part === 'string' ? part : textOf(valueAt(value, part)))).join('');
	};
};
