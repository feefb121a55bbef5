/** The closed set of errors that people and programs meet, each with its HTTP status; `fatal` control messages use the same codes. */
export const errorCodes = {
	invalid_request: { status: 400, title: 'The request is not valid' },
	unauthenticated: { status: 401, title: 'Sign in first' },
	forbidden: { status: 403, title: 'Not allowed' },
	not_found: { status: 404, title: 'Not found' },
	name_taken: { status: 409, title: 'Another of your sessions has this name' },
	not_running: { status: 409, title: 'The session is not running' },
	conflict: { status: 409, title: 'Somebody else changed it at the same time' },
	too_large: { status: 413, title: 'The request is too large' },
	unsupported_version: { status: 426, title: 'This page and the session speak different versions' },
	too_many: { status: 429, title: 'Too many' },
	too_many_open: { status: 429, title: 'Too many terminals are open' },
	flooding: { status: 429, title: 'It sent too much and was cut off' },
	internal: { status: 500, title: 'Something broke on our side' },
	no_slot: { status: 503, title: 'No home is free yet' },
	over_budget: { status: 409, title: 'Your budget is used up' },
	starts_off: { status: 503, title: 'No session can be started just now' },
	unavailable: { status: 503, title: 'Not available just now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Codes after which the same request may be sent again by itself. */
export const isRetryable = (code: ErrorCode): boolean =>
	code === 'unavailable' || code === 'no_slot' || code === 'too_many' || code === 'conflict' || code === 'internal';

/** An error with one of our codes. `detail` is for people: what happened and how to mend it; it never carries secrets. */
export class ShellPodError extends Error {
	readonly code: ErrorCode;
	/** seconds after which another try makes sense */
	readonly retryAfter: number | undefined;

	constructor(code: ErrorCode, detail: string, options: { retryAfter?: number; cause?: unknown } = {}) {
		super(detail, { cause: options.cause });
		this.name = 'ShellPodError';
		this.code = code;
		this.retryAfter = options.retryAfter;
	}
}
