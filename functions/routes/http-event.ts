/** Between API Gateway's HTTP events (payload format 2.0) and the requests and answers of the web. */
import { userId } from '@shellpod/protocol/ids.ts';
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Gateway } from './app.ts';
import type { Person } from './route.ts';

/** On routes without an authorizer there is no `authorizer`. */
export type HttpEvent = APIGatewayProxyEventV2 | APIGatewayProxyEventV2WithJWTAuthorizer;

/** The gateway has checked signature, issuer, audience and time. Only access tokens speak for a person here. */
const personOf = (event: HttpEvent): Person | undefined => {
	const claims = 'authorizer' in event.requestContext ? event.requestContext.authorizer?.jwt?.claims : undefined;
	const { sub, username, token_use: use, auth_time: time } = claims ?? {};
	// The gateway hands numbers on as text.
	const signIn = Number(time);
	if (typeof sub !== 'string' || use !== 'access' || !Number.isSafeInteger(signIn) || signIn <= 0) return undefined;
	return { id: userId(sub), name: typeof username === 'string' ? username : sub, signIn };
};

export const gatewayOf = (event: HttpEvent): Gateway => ({
	person: personOf(event),
	requestId: event.requestContext.requestId,
	// Told without reading it: what is too large is never parsed.
	bodyBytes: Buffer.byteLength(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
});

/** `origin`: whatever the Host header says, this is where the page is. */
export const requestOf = (event: HttpEvent, origin: string): Request => {
	const { method } = event.requestContext.http;
	const headers = new Headers();
	for (const [name, value] of Object.entries(event.headers)) if (value !== undefined) headers.set(name, value);
	if (event.cookies) headers.set('cookie', event.cookies.join('; '));
	const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
	const body = event.isBase64Encoded && event.body !== undefined ? Buffer.from(event.body, 'base64') : event.body;
	return new Request(`${origin}${event.rawPath}${query}`, {
		method,
		headers,
		...(body !== undefined && method !== 'GET' && method !== 'HEAD' && { body }),
	});
};

export const resultOf = async (response: Response): Promise<APIGatewayProxyStructuredResultV2> => {
	const cookies = response.headers.getSetCookie();
	const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'set-cookie'));
	return { statusCode: response.status, headers, ...(cookies.length > 0 && { cookies }), body: await response.text() };
};
