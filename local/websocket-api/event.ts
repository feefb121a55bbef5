/** The events of a WebSocket API. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
import { commonLogTime } from '../http-api/event.ts';
import { queryOf, type WireRequest } from '../wire.ts';

interface ApiFacts {
	id: string;
	stage: string;
	domainName: string;
	region: string;
	account: string;
}

export interface SocketFacts {
	connectionId: string;
	connection: {
		connectedAt: number;
		identity: { sourceIp: string; userAgent?: string };
		/** the authorizer's answer, all text */
		context: Record<string, string> | undefined;
	};
	routeKey: string;
	requestId: string;
	/** ms since 1970 */
	now: number;
}

export const connectArn = (api: ApiFacts): string => `arn:aws:execute-api:${api.region}:${api.account}:${api.id}/${api.stage}/$connect`;

const contextOf = (
	api: ApiFacts,
	{ connectionId, connection, routeKey, requestId, now }: SocketFacts,
	eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT',
) => ({
	routeKey,
	...(connection.context ? { authorizer: connection.context } : {}),
	eventType,
	extendedRequestId: requestId,
	requestTime: commonLogTime(new Date(now)),
	messageDirection: 'IN',
	stage: api.stage,
	connectedAt: connection.connectedAt,
	requestTimeEpoch: now,
	identity: connection.identity,
	requestId,
	domainName: api.domainName,
	connectionId,
	apiId: api.id,
});

/** Headers with the case that the client used, and the query. */
const handshakeOf = (request: WireRequest) => {
	const multiValueHeaders: Record<string, string[]> = {};
	for (const [name, value] of request.headers) multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
	const query = new URLSearchParams(queryOf(request.target));
	const names = [...new Set(query.keys())];
	return {
		headers: Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.at(-1) ?? ''])),
		multiValueHeaders,
		...(names.length && {
			queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).at(-1) ?? ''])),
			multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
		}),
	};
};

export const authorizerEvent = (api: ApiFacts, facts: SocketFacts, request: WireRequest) => ({
	type: 'REQUEST',
	methodArn: connectArn(api),
	queryStringParameters: {},
	multiValueQueryStringParameters: {},
	...handshakeOf(request),
	stageVariables: {},
	requestContext: contextOf(api, facts, 'CONNECT'),
});

export const connectEvent = (api: ApiFacts, facts: SocketFacts, request: WireRequest) => ({
	...handshakeOf(request),
	requestContext: contextOf(api, facts, 'CONNECT'),
	isBase64Encoded: false,
});

export const messageEvent = (api: ApiFacts, facts: SocketFacts, text: string) => ({
	requestContext: { ...contextOf(api, facts, 'MESSAGE'), messageId: facts.requestId },
	body: text,
	isBase64Encoded: false,
});

export const disconnectEvent = (api: ApiFacts, facts: SocketFacts, end: { code: number; reason: string }) => {
	const headers = { Host: api.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
	return {
		headers,
		multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
		requestContext: { ...contextOf(api, facts, 'DISCONNECT'), disconnectStatusCode: end.code, disconnectReason: end.reason },
		isBase64Encoded: false,
	};
};
