/** HTTP requests to AWS, signed, without an SDK: for the functions whose cold start a user waits for. */
import * as http from 'node:http';
import * as https from 'node:https';
import { type AwsIdentity, createSigner } from './sigv4.ts';

export interface SignedRequest {
	method: string;
	/** lower-case names */
	headers?: Readonly<Record<string, string>>;
	body?: string;
}

export interface SignedAnswer {
	status: number;
	text: string;
}

/** Undefined when no answer came in time. Never throws. */
export type SignedFetch = (url: string, request: SignedRequest) => Promise<SignedAnswer | undefined>;

export interface Patience {
	/** ms that one attempt may take */
	attemptMs: number;
	/** ms that all attempts together may take */
	totalMs: number;
	/** how often it is tried again after a lost connection, silence or 5xx */
	retries: number;
	/** ms before the second attempt at most; doubled before each further one */
	pauseMs: number;
}

/** A retry may double a message that did arrive: both ends of the relay expect that. */
const patient: Patience = { attemptMs: 2_000, totalMs: 3_000, retries: 2, pauseMs: 50 };

/** `stale`: the connection had been kept from an earlier request, and may have died while the environment was frozen. */
type Attempt = { answer: SignedAnswer } | { answer: undefined; stale: boolean };

export const createSignedFetch = (identity: AwsIdentity, service: string, patience: Patience = patient): SignedFetch => {
	const signer = createSigner(identity, service);
	// A new TLS connection costs more than all else that the relay does for a frame.
	const plain = new http.Agent({ keepAlive: true });
	const secure = new https.Agent({ keepAlive: true });

	const attempt = (url: URL, { method, headers = {}, body = '' }: SignedRequest, ms: number): Promise<Attempt> =>
		new Promise((resolve) => {
			const bytes = Buffer.from(body);
			const signed = signer.sign({ method, url, headers, body }, new Date());
			const options = { method, headers: { ...signed, 'content-length': bytes.length } };
			const request = url.protocol === 'https:' ? https.request(url, { ...options, agent: secure }) : http.request(url, { ...options, agent: plain });
			const timer = setTimeout(() => request.destroy(), ms);
			const end = (result: Attempt): void => {
				clearTimeout(timer);
				resolve(result);
			};
			// Of an answer that was cut, too. What the error was makes no difference; its close follows.
			request.once('close', () => end({ answer: undefined, stale: request.reusedSocket }));
			request.on('error', () => {});
			request.once('response', (response) => {
				let text = '';
				response.setEncoding('utf8');
				response.on('data', (part: string) => {
					text += part;
				});
				response.once('end', () => end({ answer: { status: response.statusCode ?? 0, text } }));
			});
			request.end(bytes);
		});

	return async (address, request) => {
		const url = new URL(address);
		const end = performance.now() + patience.totalMs;
		let last: Attempt = { answer: undefined, stale: true };
		for (let tried = 0; tried <= patience.retries; tried++) {
			// A dead connection says nothing about the other side: the next one is tried at once.
			const pause = last.answer === undefined && last.stale ? 0 : Math.random() * patience.pauseMs * 2 ** (tried - 1);
			if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
			const left = end - performance.now();
			if (left <= 0) break;
			last = await attempt(url, request, Math.min(patience.attemptMs, left));
			if (last.answer && last.answer.status < 500) return last.answer;
		}
		return last.answer;
	};
};
