/**
 * Which route of an HTTP API a request takes.
 * documented: full match of path and method, then a greedy variable, then $default; a method of its own before ANY.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */

export interface RoutePattern<T> {
	key: string;
	/** undefined: the catch-all $default */
	method: string | undefined;
	segments: readonly string[];
	value: T;
}

export interface RouteMatch<T> {
	key: string;
	value: T;
	pathParameters: Record<string, string>;
}

export const parseRoute = <T>(key: string, value: T): RoutePattern<T> => {
	if (key === '$default') return { key, method: undefined, segments: [], value };
	const [method = '', path = '', ...rest] = key.split(' ');
	if (!/^[A-Z]+$/.test(method) || !path.startsWith('/') || rest.length) throw new Error(`the route key ${key} is not METHOD /path`);
	return { key, method, segments: path.slice(1).split('/'), value };
};

const isGreedy = (segment: string | undefined): boolean => segment?.endsWith('+}') ?? false;
const isVariable = (segment: string): boolean => segment.startsWith('{');

const parametersOf = (pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined => {
	const greedy = isGreedy(pattern.at(-1));
	if (greedy ? path.length < pattern.length : path.length !== pattern.length) return undefined;
	const parameters: Record<string, string> = {};
	for (const [index, segment] of pattern.entries()) {
		const rest = greedy && index === pattern.length - 1 ? path.slice(index).join('/') : path[index];
		if (!rest && isVariable(segment)) return undefined;
		if (isVariable(segment)) parameters[segment.replace(/^\{|\+?\}$/g, '')] = rest ?? '';
		else if (segment !== rest) return undefined;
	}
	return parameters;
};

/** Smaller is more specific: literal text, a variable, a greedy variable, segment by segment; then the method. */
const rank = (pattern: RoutePattern<unknown>): string => {
	if (pattern.method === undefined) return '9';
	const path = pattern.segments.map((segment) => (isGreedy(segment) ? '3' : isVariable(segment) ? '2' : '1')).join('');
	return `${path}${pattern.method === 'ANY' ? '1' : '0'}`;
};

/** Routes in the order in which they are tried. */
export const sortRoutes = <T>(patterns: readonly RoutePattern<T>[]): RoutePattern<T>[] =>
	patterns.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));

export const matchRoute = <T>(sorted: readonly RoutePattern<T>[], method: string, path: string): RouteMatch<T> | undefined => {
	const segments = path.slice(1).split('/');
	for (const { key, method: wanted, segments: pattern, value } of sorted) {
		if (wanted === undefined) return { key, value, pathParameters: {} };
		if (wanted !== 'ANY' && wanted !== method) continue;
		const pathParameters = parametersOf(pattern, segments);
		if (pathParameters) return { key, value, pathParameters };
	}
	return undefined;
};
