/** The server that browsers reach: the gate, then the sign-in pages and the distribution. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Gate } from './gate/gate.ts';
import { maxBodyBytes } from './http-api/http-api.ts';
import type { CloudFrontStandIn } from './page/cloudfront.ts';
import type { UserPoolStandIn } from './user-pool/user-pool.ts';
import { headerPairs, headerRecord, pathOf, queryOf, readBody, type WireRequest, type WireResponse, writeResponse } from './wire.ts';

export interface FrontOptions {
	gate: Gate;
	userPool: UserPoolStandIn;
	cloudFront: CloudFrontStandIn;
	log: (line: string) => void;
}

export interface FrontServer {
	readonly server: Server;
	/** Until then every request is answered with 503. */
	serve(options: FrontOptions): void;
}

const signInPrefix = '/_sign-in';
/** ms that an idle connection stays, as a load balancer's */
const keepAliveMs = 60_000;

const requestOf = (incoming: IncomingMessage, body: Buffer): WireRequest => {
	const { method = 'GET', url = '/', headers } = incoming;
	// the gate has taken its own cookie out of the parsed headers, not out of the raw ones
	const pairs = headerPairs(incoming.rawHeaders).filter(([name]) => name.toLowerCase() !== 'cookie');
	if (headers.cookie !== undefined) pairs.push(['Cookie', headers.cookie]);
	return { method, target: url.startsWith('/') ? url : '/', headers: pairs, body, sourceIp: '127.0.0.1' };
};

const signInResponse = async (request: WireRequest, pages: UserPoolStandIn['pages']): Promise<WireResponse> => {
	const target = request.target.slice(signInPrefix.length);
	const {
		status,
		headers = {},
		body = '',
	} = await pages({
		method: request.method,
		path: pathOf(target),
		query: new URLSearchParams(queryOf(target)),
		headers: headerRecord(request.headers),
		body: request.body,
	});
	return { status, headers: Object.entries(headers), body: Buffer.from(body) };
};

export const createFrontServer = (): FrontServer => {
	let options: FrontOptions | undefined;

	const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
		if (!options) return void outgoing.writeHead(503, { 'retry-after': '1' }).end('ShellPod is starting.\n');
		const { gate, userPool, cloudFront, log } = options;
		if (!(await gate.pass(incoming, outgoing))) return;
		const body = await readBody(incoming, maxBodyBytes + 1);
		if (!body) return void outgoing.writeHead(413, { connection: 'close' }).end();
		const request = requestOf(incoming, body);
		const work = request.target.startsWith(`${signInPrefix}/`) ? signInResponse(request, userPool.pages) : cloudFront.handle(request);
		const response = await work.catch((error: unknown): WireResponse => {
			log(`${request.method} ${pathOf(request.target)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
			return { status: 502, headers: [['content-type', 'text/plain']], body: Buffer.from('The stand-in failed; see the output of npm start.\n') };
		});
		writeResponse(outgoing, response, request.method);
	};

	const server = createServer({ keepAliveTimeout: keepAliveMs }, (incoming, outgoing) => {
		handle(incoming, outgoing).catch(() => outgoing.destroy());
	});
	server.on('upgrade', (incoming, socket, head) => {
		if (!options) return void socket.destroy();
		if (options.gate.passUpgrade(incoming, socket)) options.cloudFront.upgrade(incoming, socket, head, requestOf(incoming, Buffer.alloc(0)));
	});
	return {
		server,
		serve: (given) => {
			options = given;
		},
	};
};
