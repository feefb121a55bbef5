/** CloudFront Functions, each in a context of its own with nothing in it but the language. */
import { constants, createContext, Script } from 'node:vm';
import { headerRecord, pathOf, queryOf, type WireRequest, type WireResponse } from '../wire.ts';

/** ms: ends an endless loop, and only that, however busy the machine is; a real function gets about one */
const timeoutMs = 5_000;

export type EdgeResult = { kind: 'request'; request: WireRequest } | { kind: 'response'; response: WireResponse };
export type EdgeFunction = (request: WireRequest) => Promise<EdgeResult>;

interface Value {
	value: string;
	multiValue?: { value: string }[];
}

interface EdgeRequest {
	method: string;
	uri: string;
	querystring: Record<string, Value>;
	headers: Record<string, Value>;
	cookies: Record<string, Value>;
}

interface EdgeResponse {
	statusCode: number;
	headers?: Record<string, Value>;
	body?: string | { encoding?: 'text' | 'base64'; data: string };
}

const values = (entries: Iterable<[string, string]>): Record<string, Value> =>
	Object.fromEntries(Array.from(entries, ([name, value]) => [name, { value }]));

const cookiesOf = (header: string): [string, string][] =>
	header
		.split(/;\s*/)
		.filter((one) => one.includes('='))
		.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);

const eventOf = (request: WireRequest) => {
	const { cookie = '', ...headers } = headerRecord(request.headers);
	const edge: EdgeRequest = {
		method: request.method,
		uri: pathOf(request.target),
		querystring: values(new URLSearchParams(queryOf(request.target))),
		headers: values(Object.entries(headers)),
		cookies: values(cookiesOf(cookie)),
	};
	return { version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip: request.sourceIp }, request: edge };
};

const requestOf = (edge: EdgeRequest, before: WireRequest): WireRequest => {
	const query = Object.entries(edge.querystring).map(([name, { value }]) => (value === '' ? name : `${name}=${encodeURIComponent(value)}`));
	const cookie = Object.entries(edge.cookies).map(([name, { value }]) => `${name}=${value}`);
	const headers = Object.entries(edge.headers).map(([name, { value }]) => [name, value] as const);
	return {
		...before,
		target: query.length ? `${edge.uri}?${query.join('&')}` : edge.uri,
		headers: cookie.length ? [...headers, ['cookie', cookie.join('; ')]] : headers,
	};
};

const responseOf = ({ statusCode, headers = {}, body = '' }: EdgeResponse): WireResponse => ({
	status: statusCode,
	headers: Object.entries(headers).map(([name, { value }]) => [name, value]),
	body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8'),
});

/** @throws when the code has no function `handler`, at its first call when it fails */
export const createEdgeFunction = (name: string, code: string): EdgeFunction => {
	const context = createContext(constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } });
	new Script(code, { filename: name }).runInContext(context, { timeout: timeoutMs });
	// In and out as JSON: nothing of this process is handed in.
	const call = new Script('Promise.resolve(handler(JSON.parse(input))).then(JSON.stringify)', { filename: name });
	return async (request) => {
		context.input = JSON.stringify(eventOf(request));
		const output: unknown = await call.runInContext(context, { timeout: timeoutMs });
		const result = JSON.parse(String(output)) as EdgeRequest | EdgeResponse;
		return 'statusCode' in result ? { kind: 'response', response: responseOf(result) } : { kind: 'request', request: requestOf(result, request) };
	};
};
