/** An HTTP server that answers as the test says and remembers what it was asked: what SDK clients and fetch meet instead of the real one. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
	method: string;
	path: string;
	headers: Record<string, string>;
	body: string;
}

/** `hang`: the connection is cut without an answer. */
export type Answer = { status?: number; body: unknown; headers?: Record<string, string> } | 'hang up';

export interface AnsweringServer {
	url: string;
	asked: Asked[];
	answer: (asked: Asked) => Answer;
	stop(): Promise<void>;
}

export const startAnsweringServer = async (): Promise<AnsweringServer> => {
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
		const asked: Asked = { method: request.method ?? '', path: request.url ?? '', headers, body };
		made.asked.push(asked);
		const answer = made.answer(asked);
		if (answer === 'hang up') return void request.socket.destroy();
		const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
		response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(text);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const made: AnsweringServer = {
		url: `http://127.0.0.1:${port}`,
		asked: [],
		answer: () => ({ body: {} }),
		async stop() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
	return made;
};

/** What an SDK client needs to meet it. */
export const clientOf = ({ url }: AnsweringServer) => ({
	endpoint: url,
	region: 'us-east-1',
	credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
	maxAttempts: 1,
});
