/** A route as a value: what is mounted and what openapi.json says are made of the same one. */
import { type ErrorCode, ShellPodError } from '@shellpod/protocol/errors.ts';
import { isSessionId, type SessionId, type UserId } from '@shellpod/protocol/ids.ts';
import type * as z from 'zod/mini';
import { deviceOf as deviceOfAgent } from '../core/devices.ts';
import { InvalidRequest } from './problems.ts';

export interface Person {
	id: UserId;
	name: string;
	/** `auth_time` of the sign-in that the token is of, s since 1970 */
	signIn: number;
}

/** One request, with what the gateway has checked of it. */
export interface Call {
	request: Request;
	url: URL;
	/** values of `{name}` in the path */
	params: Readonly<Record<string, string>>;
	/** who the access token is of; absent on open routes */
	person: Person | undefined;
	/** names this request in the logs */
	requestId: string;
}

export interface Route {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** as OpenAPI writes it: `/api/sessions/{id}` */
	path: string;
	/** operationId */
	operation: string;
	summary: string;
	/** without an access token */
	open?: true;
	body?: z.ZodMiniType;
	/** what its address may carry, each with what it is */
	query?: Readonly<Record<string, string>>;
	/** status of success, and what comes with it: JSON by this schema, or nothing */
	status: 200 | 201 | 202 | 204 | 302;
	result?: z.ZodMiniType;
	/** codes of its own; what every route may answer is added */
	errors?: readonly ErrorCode[];
	answer(call: Call): Response | Promise<Response>;
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Response =>
	new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });

export const personOf = (call: Call): Person => {
	if (!call.person) throw new ShellPodError('unauthenticated', 'Sign in first.');
	return call.person;
};

/** What the caller asks with, for the session's history. */
export const deviceOf = (call: Call): string | undefined => deviceOfAgent(call.request.headers.get('user-agent'));

/** The session that the path names. What can't be an id is as unknown as any other. */
export const sessionOf = (call: Call): SessionId => {
	const id = call.params.id ?? '';
	if (!isSessionId(id)) throw new ShellPodError('not_found', 'There is no such session.');
	return id;
};

/** The request's body, checked. Throws ShellPodError `invalid_request`; what is too large never comes here. */
export const bodyOf = async <S extends z.ZodMiniType>(call: Call, schema: S): Promise<z.infer<S>> => {
	const text = await call.request.text();
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new InvalidRequest('The body is not JSON.');
	}
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
	throw new InvalidRequest(errors[0]?.message ?? 'The body is not what it should be.', errors);
};
