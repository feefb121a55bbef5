/** Talks to the table's process over connections that stay open. */
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Connect } from './connections.ts';

export interface RawAnswer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
}

export interface DynamoClient {
	/** An SDK's request as it came. Rejects when the process can't be reached. */
	forward(target: string, body: Buffer): Promise<RawAnswer>;
	/** One operation; its answer is not checked: the caller names what it reads of it. @throws DynamoError */
	call<T>(operation: string, input: unknown): Promise<T>;
	close(): void;
}

export class DynamoError extends Error {
	/** the exception's name without its namespace, e.g. `ResourceNotFoundException` */
	readonly code: string;
	constructor(code: string, message: string) {
		super(`${code}: ${message}`);
		this.code = code;
	}
}

/** The process asks for a signature and does not check it; who may do what has been decided before a request comes here. */
const signature = {
	authorization: 'AWS4-HMAC-SHA256 Credential=local/20000101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
	'x-amz-date': '20000101T000000Z',
};
const api = 'DynamoDB_20120810';

/** requests at a time; it writes one by one anyway */
const maxConnections = 16;

/** headers of its answers that an SDK reads */
const passedOn = ['content-type', 'x-amzn-requestid', 'x-amz-crc32'] as const;

/** @param connect gives a new connection to the process */
export const createDynamoClient = (connect: Connect): DynamoClient => {
	const agent = new Agent({ keepAlive: true });
	const waiting: (() => void)[] = [];
	let running = 0;
	/** The agent does not count connections that are being made, so its own limit would let a burst make one each. */
	const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
		if (running >= maxConnections) await new Promise<void>((resolve) => waiting.push(resolve));
		else running += 1;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next) next();
			else running -= 1;
		}
	};

	agent.createConnection = (_, done) => {
		connect((error, socket) => done?.(error, socket as Socket));
		return undefined;
	};

	const send: DynamoClient['forward'] = (target, body) =>
		new Promise((resolve, reject) => {
			const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length, 'x-amz-target': target, ...signature };
			const outgoing = request({ agent, method: 'POST', path: '/', headers }, (incoming) => {
				const chunks: Buffer[] = [];
				incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
				incoming.once('error', reject);
				incoming.once('end', () => {
					const kept = passedOn.flatMap((name) => {
						const value = incoming.headers[name];
						return typeof value === 'string' ? [[name, value]] : [];
					});
					resolve({ status: incoming.statusCode ?? 500, headers: Object.fromEntries(kept), body: Buffer.concat(chunks) });
				});
			});
			outgoing.once('error', reject);
			outgoing.end(body);
		});

	const forward: DynamoClient['forward'] = (target, body) => inTurn(() => send(target, body));

	return {
		forward,
		async call<T>(operation: string, input: unknown) {
			const answer = await forward(`${api}.${operation}`, Buffer.from(JSON.stringify(input)));
			const value: unknown = JSON.parse(answer.body.toString('utf8'));
			if (answer.status === 200) return value as T;
			const { __type: type = 'Unknown', message = '' } = value as { __type?: string; message?: string };
			throw new DynamoError(type.split('#').at(-1) ?? type, message);
		},
		close: () => agent.destroy(),
	};
};
