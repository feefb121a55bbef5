/** Every error as RFC 9457 problem details. */
import { type ErrorCode, errorCodes, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Problem } from '@shellpod/protocol/http.ts';

export type FieldErrors = NonNullable<Problem['errors']>;

/** A request that is not what the schema says. */
export class InvalidRequest extends ShellPodError {
	readonly errors: FieldErrors;

	constructor(detail: string, errors: FieldErrors = []) {
		super('invalid_request', detail);
		this.errors = errors;
	}
}

/** What `error` is for the one who asked: ours as it is; of anything else only that it happened. */
export const problemOf = (error: unknown, requestId: string): Problem => {
	const code: ErrorCode = error instanceof ShellPodError ? error.code : 'internal';
	const { status, title } = errorCodes[code];
	return {
		type: 'about:blank',
		title,
		status,
		detail: error instanceof ShellPodError ? error.message : 'It is in our log under the id of this request. Trying again may help.',
		code,
		...(error instanceof InvalidRequest && error.errors.length > 0 && { errors: error.errors }),
		requestId,
	};
};

/** Seconds after which another try makes sense, where that is known. */
export const retryHeaders = (error: unknown): Record<string, string> =>
	error instanceof ShellPodError && error.retryAfter !== undefined ? { 'retry-after': String(error.retryAfter) } : {};

export const problemResponse = (error: unknown, requestId: string): Response => {
	const problem = problemOf(error, requestId);
	return new Response(JSON.stringify(problem), {
		status: problem.status,
		headers: { 'content-type': 'application/problem+json', ...retryHeaders(error) },
	});
};
