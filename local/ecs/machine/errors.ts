/** What ECS answers to a request that it refuses; the code is the SDK's class of exception. */
export class EcsError extends Error {
	readonly code: string;
	readonly status: number;
	readonly more: Record<string, unknown>;
	constructor(code: string, message: string, more: Record<string, unknown> = {}, status = 400) {
		super(message);
		this.code = code;
		this.status = status;
		this.more = more;
	}
}

export const invalid = (message: string): EcsError => new EcsError('InvalidParameterException', message);
export const clientFault = (message: string): EcsError => new EcsError('ClientException', message);
/** documented: HTTP 400, not 429; docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html */
export const rateExceeded = (): EcsError => new EcsError('ThrottlingException', 'Rate exceeded');
