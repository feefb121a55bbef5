/** HTTP requests to AWS, signed, without an SDK: for the functions whose cold start a user waits for. */
import { AwsV4Signer } from 'aws4fetch';

export interface AwsIdentity {
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken?: string;
}

export interface SignedRequest {
	method: string;
	headers?: Record<string, string>;
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

/**
 * A connection that was kept open while the environment was frozen is often dead: the first retry is what mends that, so it comes at once or
 * nearly so. A retry may double a message that did arrive: both ends of the relay expect that.
 */
const patient: Patience = { attemptMs: 2_000, totalMs: 3_000, retries: 2, pauseMs: 50 };

export const createSignedFetch = (identity: AwsIdentity, service: string, patience: Patience = patient): SignedFetch => {
	/** the signing key of the day, by date, region and service */
	const cache = new Map<string, ArrayBuffer>();

	const once = async (url: string, request: SignedRequest, ms: number): Promise<SignedAnswer | undefined> => {
		// The signal of a `Request` is lost when the request is collected, and the fetch then waits for ever; a timer holds this one.
		const controller = new AbortController();
		const timer = setTimeout(() => controller.abort(), ms);
		try {
			const { method, headers, body = null } = await new AwsV4Signer({ url, ...request, ...identity, service, cache }).sign();
			const response = await fetch(url, { method, headers, body, signal: controller.signal });
			return { status: response.status, text: await response.text() };
		} catch {
			return undefined;
		} finally {
			clearTimeout(timer);
		}
	};

	return async (url, request) => {
		const end = performance.now() + patience.totalMs;
		let answer: SignedAnswer | undefined;
		for (let attempt = 0; attempt <= patience.retries; attempt++) {
			if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * patience.pauseMs * 2 ** (attempt - 1)));
			const left = end - performance.now();
			if (left <= 0) break;
			answer = await once(url, request, Math.min(patience.attemptMs, left));
			if (answer && answer.status < 500) return answer;
		}
		return answer;
	};
};
