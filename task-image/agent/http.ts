import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Question {
	method: 'GET' | 'POST';
	url: string;
	headers: Readonly<Record<string, string>>;
	body?: string;
}

export interface Answer {
	status: number;
	body: string;
	/** seconds, of `Retry-After` */
	retryAfter?: number;
}

/** One HTTP request and its whole answer. Throws when there is none within 10 s or it is over 64 KB. */
export type Ask = (question: Question) => Promise<Answer>;

const limits = { ms: 10_000, bytes: 64 * 1024 } as const;

// Not fetch: it would bring a second HTTP client into a process of which every session has one.
export const ask: Ask = ({ method, url, headers, body }) =>
	new Promise((answer, refuse) => {
		const send = url.startsWith('https:') ? tlsRequest : plainRequest;
		const request = send(url, { method, headers, signal: AbortSignal.timeout(limits.ms), agent: false }, (response) => {
			const parts: Buffer[] = [];
			let size = 0;
			response.on('data', (part: Buffer) => {
				size += part.length;
				if (size > limits.bytes) request.destroy(new Error('the answer is too large'));
				else parts.push(part);
			});
			response.on('error', refuse);
			response.on('end', () => {
				const retryAfter = Number(response.headers['retry-after'] ?? Number.NaN);
				const body = Buffer.concat(parts).toString('utf8');
				answer({ status: response.statusCode ?? 0, body, ...(Number.isFinite(retryAfter) && retryAfter >= 0 && { retryAfter }) });
			});
		});
		request.on('error', refuse);
		request.end(body);
	});
