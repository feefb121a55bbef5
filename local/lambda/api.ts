/**
 * What an operator needs of Lambda's API: which functions there are, and to run one now.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, API_ListFunctions.html
 */
import type { AwsHandler, AwsRequest, AwsResponse, NeedsOf } from '../stand-in.ts';
import type { Asynchronous } from './asynchronous.ts';
import { maxPayloadBytes } from './environment.ts';
import type { Functions } from './functions.ts';

/** As ListFunctions describes it. */
export interface FunctionConfiguration {
	FunctionName: string;
	FunctionArn: string;
	Description: string;
	Role: string;
	Handler: string;
	Runtime: string;
	/** s */
	Timeout: number;
	/** MB */
	MemorySize: number;
	/** what the template gives it */
	Environment: { Variables: Record<string, string> };
}

interface ApiDeps extends Functions, Pick<Asynchronous, 'send'> {
	/** `arn:aws:lambda:<region>:<account>:function:`, of what names are appended to */
	base: string;
	/** those that CDK brings along too, which aren't run here */
	list(): readonly FunctionConfiguration[];
}

/** bytes of an event, by how it is invoked. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxBytes: Readonly<Record<string, number>> = { RequestResponse: maxPayloadBytes, Event: 1024 * 1024 };

const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const listing = /^\/2015-03-31\/functions\/?$/;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/json', ...headers },
	body: JSON.stringify(body),
});
const refused = (status: number, code: string, Message: string): AwsResponse => json(status, { Type: 'User', Message }, { 'x-amzn-errortype': code });

/** ARN of the function that an invocation names; undefined for any other request. */
const invoked = (base: string, { method, path }: Pick<AwsRequest, 'method' | 'path'>): string | undefined => {
	const name = method === 'POST' ? invocation.exec(path)?.[1] : undefined;
	return name === undefined ? undefined : decodeURIComponent(name).replace(/^(?!arn:)/, base);
};

const isListing = ({ method, path }: Pick<AwsRequest, 'method' | 'path'>): boolean => method === 'GET' && listing.test(path);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const needsOfLambda =
	(base: string): NeedsOf =>
	(request) => {
		const arn = invoked(base, request);
		if (arn !== undefined) return [{ action: 'lambda:InvokeFunction', resources: [arn] }];
		return isListing(request) ? [{ action: 'lambda:ListFunctions', resources: ['*'] }] : undefined;
	};

export const createLambdaApi =
	({ base, invoke, send, list }: ApiDeps): AwsHandler =>
	async (request) => {
		const arn = invoked(base, request);
		if (arn === undefined)
			return isListing(request)
				? json(200, { Functions: list() })
				: refused(400, 'UnsupportedOperation', `The local Lambda doesn't cover ${request.method} ${request.path}.`);
		const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
		const most = maxBytes[type];
		if (most === undefined) return refused(400, 'UnsupportedOperation', `The local Lambda doesn't cover invocations of the type ${type}.`);
		if (!list().some(({ FunctionArn }) => FunctionArn === arn)) return refused(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
		if (request.body.length > most)
			return refused(
				413,
				'RequestTooLargeException',
				`${request.body.length} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`,
			);
		const payload = request.body.toString('utf8') || '{}';
		if (type === 'Event') {
			void send(arn, payload);
			return { status: 202 };
		}
		const outcome = await invoke(arn, payload).catch((error: Error) => error.message);
		if (typeof outcome === 'string') return refused(400, 'UnsupportedOperation', outcome);
		if (outcome.kind === 'throttled') return refused(429, 'TooManyRequestsException', 'Rate Exceeded.');
		const ran = { 'x-amz-executed-version': '$LATEST' };
		if (outcome.kind === 'success') return { status: 200, headers: { 'content-type': 'application/json', ...ran }, body: outcome.payload };
		return json(200, outcome.error, { ...ran, 'x-amz-function-error': 'Unhandled' });
	};
