/**
 * Requests and answers in payload format 2.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { Outcome } from '../lambda/machine.ts';
import { headerRecord, jsonResponse, pathOf, queryOf, unescapePath, type WireRequest, type WireResponse } from '../wire.ts';

export interface EventFacts {
	account: string;
	apiId: string;
	/** host name of the API as on AWS */
	domainName: string;
	stage: string;
	routeKey: string;
	pathParameters: Record<string, string>;
	authorizer?: Record<string, unknown>;
	requestId: string;
	now: Date;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Nov/2026:08:16:00 +0000`, as in Apache's log */
export const commonLogTime = (time: Date): string => {
	const two = (value: number): string => String(value).padStart(2, '0');
	const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':');
	return `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}:${clock} +0000`;
};

/** assumed: these arrive as text, everything else in base64 (form bodies are known to) */
const isText = (contentType: string): boolean => /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/i.test(contentType);

export const eventOf = (request: WireRequest, facts: EventFacts): Record<string, unknown> => {
	const { cookie, ...headers } = headerRecord(request.headers);
	const path = unescapePath(pathOf(request.target));
	const rawPath = facts.stage === '$default' ? path : `/${facts.stage}${path}`;
	const query: Record<string, string> = {};
	for (const [name, value] of new URLSearchParams(queryOf(request.target))) query[name] = name in query ? `${query[name]},${value}` : value;
	const asText = isText(headers['content-type'] ?? '');
	return {
		version: '2.0',
		routeKey: facts.routeKey,
		rawPath,
		rawQueryString: queryOf(request.target),
		...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/).filter(Boolean) }),
		headers: { ...headers, host: facts.domainName, 'x-forwarded-for': request.sourceIp, 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' },
		...(Object.keys(query).length ? { queryStringParameters: query } : {}),
		requestContext: {
			accountId: facts.account,
			apiId: facts.apiId,
			...(facts.authorizer ? { authorizer: facts.authorizer } : {}),
			domainName: facts.domainName,
			domainPrefix: facts.domainName.split('.')[0],
			http: {
				method: request.method,
				path: rawPath,
				protocol: 'HTTP/1.1',
				sourceIp: request.sourceIp,
				userAgent: headers['user-agent'] ?? '',
			},
			requestId: facts.requestId,
			routeKey: facts.routeKey,
			stage: facts.stage,
			time: commonLogTime(facts.now),
			timeEpoch: facts.now.getTime(),
		},
		...(request.body.length ? { body: request.body.toString(asText ? 'utf8' : 'base64') } : {}),
		...(Object.keys(facts.pathParameters).length ? { pathParameters: facts.pathParameters } : {}),
		isBase64Encoded: request.body.length > 0 && !asText,
	};
};

const internalError = jsonResponse(500, { message: 'Internal Server Error' });
const unavailable = jsonResponse(503, { message: 'Service Unavailable' });

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the client gets for what the function did. */
export const answerOf = (outcome: Outcome, requestId: string): WireResponse => {
	if (outcome.kind === 'timeout' || outcome.kind === 'throttled') return unavailable;
	if (outcome.kind === 'failure') return internalError;
	const value: unknown = JSON.parse(outcome.payload);
	if (!isRecord(value) || !('statusCode' in value)) {
		const body = typeof value === 'string' ? value : JSON.stringify(value);
		return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
	}
	const { statusCode, headers, cookies, body, isBase64Encoded } = value;
	const status = Number(statusCode);
	if (!Number.isInteger(status) || status < 200 || status > 599) return internalError;
	if (body !== undefined && body !== null && typeof body !== 'string') return internalError;
	const pairs: [string, string][] = isRecord(headers) ? Object.entries(headers).map(([name, one]) => [name.toLowerCase(), String(one)]) : [];
	if (!pairs.some(([name]) => name === 'content-type')) pairs.push(['content-type', 'text/plain; charset=utf-8']);
	for (const cookie of Array.isArray(cookies) ? cookies : []) pairs.push(['set-cookie', String(cookie)]);
	pairs.push(['apigw-requestid', requestId]);
	return { status, headers: pairs, body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8') };
};
