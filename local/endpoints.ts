/** The server of everything that AWS answers on hosts of its own: SDK endpoints by service, APIs by id, and what needs no signature. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ApiGatewayStandIn } from './api-gateway/api-gateway.ts';
import { needsOfApi } from './api-gateway/needs.ts';
import { maxBodyBytes } from './http-api/http-api.ts';
import type { Judge } from './iam/judge.ts';
import { s3Failure } from './s3/xml.ts';
import type { Verified, Verifier } from './sigv4.ts';
import type { AwsHandler, AwsRequest, AwsResponse, NeedsOf, OpenHandler, StandIn } from './stand-in.ts';
import { ConnectionCut, headerPairs, headerRecord, pathOf, queryOf, readBody, type WireRequest, type WireResponse, writeResponse } from './wire.ts';

export interface EndpointOptions {
	standIns: readonly StandIn[];
	gateway: ApiGatewayStandIn;
	verify: Verifier;
	/** who may do what; asked before a stand-in sees the call */
	judge: Judge;
	/** `arn:aws:execute-api:<region>:<account>`, of what APIs' ids are appended to */
	apiArn: string;
	/** `127.0.0.1:<port>`: a name that leads here by DNS is another site's page reaching for this machine */
	host: string;
	log: (line: string) => void;
}

/** bytes of a request to S3; larger objects come in parts */
const maxObjectBytes = 100 * 1024 * 1024;
const isForS3 = (target: string): boolean => /^\/s3(?:[/?]|$)/.test(target);

/** S3's own names of what is wrong with a signature. */
const codesOfS3: Readonly<Partial<Record<string, string>>> = {
	MissingAuthenticationToken: 'AccessDenied',
	IncompleteSignature: 'AuthorizationQueryParametersError',
	UnrecognizedClientException: 'InvalidAccessKeyId',
	InvalidSignatureException: 'SignatureDoesNotMatch',
	ExpiredToken: 'AccessDenied',
	InternalFailure: 'InternalError',
};

/** An error in the form that the client's protocol has. */
const awsError = (request: WireRequest, status: number, code: string, message: string): WireResponse => {
	if (isForS3(request.target)) return wireOf(s3Failure(status, codesOfS3[code] ?? code, message));
	const form = headerRecord(request.headers)['content-type']?.startsWith('application/x-www-form-urlencoded');
	const escaped = message.replace(/[<>&]/g, (one) => `&#${one.charCodeAt(0)};`);
	const body = form
		? `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped}</Message></Error><RequestId>local</RequestId></ErrorResponse>`
		: JSON.stringify({ __type: code, code, message });
	const headers = [
		['content-type', form ? 'text/xml' : 'application/x-amz-json-1.1'],
		['x-amzn-errortype', code],
	] as const;
	return { status, headers, body: Buffer.from(body) };
};

/** Status and code of a refusal, which each protocol has its own of. */
const accessDenied = (service: string): [status: number, code: string] =>
	service === 'iam' || service === 's3' ? [403, 'AccessDenied'] : service === 'efs' ? [403, 'AccessDeniedException'] : [400, 'AccessDeniedException'];

const wireOf = ({ status, headers = {}, body = '', stream }: AwsResponse): WireResponse => ({
	status,
	headers: Object.entries(headers),
	body: typeof body === 'string' ? Buffer.from(body) : body,
	...(stream && { stream }),
});

export interface EndpointServer {
	readonly server: Server;
	/** Until then every request is answered with 503. */
	serve(options: EndpointOptions): void;
}

export const createEndpointServer = (): EndpointServer => {
	let options: EndpointOptions | undefined;
	const services = new Map<string, { handler: AwsHandler; needsOf: NeedsOf | undefined }>();
	const open = new Map<string, OpenHandler>();

	const refusalOf = (request: AwsRequest, needsOf: NeedsOf | undefined, judge: Judge): string | undefined => {
		try {
			return judge(request.principal, needsOf?.(request));
		} catch {
			// what can't be read can't be judged
			return judge(request.principal, undefined);
		}
	};

	const answer = async (request: WireRequest, { gateway, verify, judge, apiArn, host }: EndpointOptions): Promise<WireResponse> => {
		const headers = headerRecord(request.headers);
		if (headers.host !== host) return { status: 421, headers: [], body: Buffer.from(`This is ${host}.\n`) };
		const [, first = '', second = ''] = pathOf(request.target).split('/');
		const signature = (): Verified => verify({ method: request.method, target: request.target, headers, body: request.body }, first === 's3');
		const rest = (used: string): string => {
			const target = request.target.slice(used.length);
			return target.startsWith('/') ? target : `/${target}`;
		};
		if (first === 'execute-api') {
			const target = rest(`/execute-api/${second}`);
			const stage = gateway.sockets().find(({ id }) => id === second)?.stage;
			const judged = (): Verified => {
				const verified = signature();
				if ('problem' in verified) return verified;
				const message = judge(verified.principal, needsOfApi(`${apiArn}:${second}`, request.method, target, stage));
				return message === undefined ? verified : { problem: 'AccessDeniedException', message };
			};
			return gateway.handle(second, { ...request, target }, judged);
		}
		const target = rest(`/${first}`);
		const { method, body } = request;
		const unsigned = { method, path: pathOf(target), query: new URLSearchParams(queryOf(target)), headers, body };
		const openHandler = open.get(first);
		if (openHandler) return wireOf(await openHandler(unsigned));
		const verified = signature();
		if ('problem' in verified) return awsError(request, 403, verified.problem, verified.message);
		const service = services.get(first);
		if (!service) return awsError(request, 400, 'UnsupportedOperation', `local mode has no stand-in for the service ${verified.service}`);
		const call = { ...unsigned, principal: verified.principal };
		const refused = refusalOf(call, service.needsOf, judge);
		if (refused !== undefined) return awsError(request, ...accessDenied(first), refused);
		return wireOf(await service.handler(call));
	};

	const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		if (!options) return void outgoing.writeHead(503).end('starting\n');
		// one more than an API may get, so that it can say so itself
		const { method = 'GET', url: target = '/' } = incoming;
		const body = await readBody(incoming, isForS3(target) ? maxObjectBytes : maxBodyBytes + 1);
		if (!body) return void outgoing.writeHead(413, { connection: 'close' }).end();
		const request: WireRequest = { method, target, headers: headerPairs(incoming.rawHeaders), body, sourceIp: '127.0.0.1' };
		const response = await answer(request, options).catch((error: unknown) => {
			if (error instanceof ConnectionCut) throw error;
			options?.log(`${method} ${pathOf(target)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
			return awsError(request, 500, 'InternalFailure', 'the stand-in failed; see the output of npm start');
		});
		writeResponse(outgoing, response, method);
	};

	// No time limit on idle connections: a frozen function's client finds its connection as it left it.
	const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
		handle(incoming, outgoing).catch(() => outgoing.destroy());
	});
	server.on('upgrade', (incoming, socket, head) => {
		const { url: target = '/', headers } = incoming;
		const [, first, apiId = ''] = pathOf(target).split('/');
		if (!options || first !== 'execute-api' || headers.host !== options.host) return void socket.destroy();
		const request = {
			method: 'GET',
			target: target.slice(`/execute-api/${apiId}`.length),
			headers: headerPairs(incoming.rawHeaders),
			body: Buffer.alloc(0),
			sourceIp: '127.0.0.1',
		};
		options.gateway.upgrade(apiId, incoming, socket, head, request);
	});

	return {
		server,
		serve: (given) => {
			for (const standIn of given.standIns) {
				for (const [name, handler] of Object.entries(standIn.endpoints ?? {}))
					services.set(name.toLowerCase(), { handler, needsOf: standIn.needs?.[name] });
				for (const [name, handler] of Object.entries(standIn.open ?? {})) open.set(name, handler);
			}
			options = given;
		},
	};
};
