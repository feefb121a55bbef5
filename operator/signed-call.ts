/** Signed POSTs to AWS's control planes that no function calls and no SDK is installed for. */
import { createSignedFetch, type Patience, type SignedFetch } from '@shellpod/functions/signed-fetch.ts';
import type { AwsIdentity } from '@shellpod/functions/sigv4.ts';
import { Problem } from './problem.ts';

export interface Answer {
	status: number;
	text: string;
}

/** AWS refused: its own name for why, and its own words. */
export class Refusal extends Error {
	readonly code: string;
	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

export type SignedCall = (headers: Readonly<Record<string, string>>, body: string) => Promise<string>;

export interface SignedCallDeps {
	endpoint: string;
	/** for people */
	service: string;
	fetch: SignedFetch;
	/** the refusal in an answer that isn't 200 */
	refusalOf: (answer: Answer) => Refusal;
	wait: (ms: number) => Promise<unknown>;
}

/** A person waits, and what they ask for is worth some tries. */
const patience: Patience = { attemptMs: 10_000, totalMs: 30_000, retries: 3, pauseMs: 200 };
export const patientFetch = (identity: AwsIdentity, service: string): SignedFetch => createSignedFetch(identity, service, patience);

const tries = 6;
/** ms before the second try; doubled before each further one */
const pause = 250;
const isThrottle = (status: number, code: string): boolean => status === 429 || /^(TooManyRequests|Throttling|RequestLimitExceeded)/.test(code);

const unknownCaller =
	/^(UnrecognizedClient|InvalidSignature|InvalidClientTokenId|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|RequestExpired)/;

/** What is wrong with the caller and not with what was asked; it ends the command. */
const problemOf = (service: string, status: number, { code, message }: Refusal): Problem | undefined => {
	if (unknownCaller.test(code)) return new Problem(`AWS does not accept these credentials (${code}): ${message}. Sign in again, or set AWS_PROFILE.`);
	if (/^AccessDenied/.test(code)) return new Problem(`These credentials may not do this: ${message}. docs/operate.md lists what the command needs.`);
	if (isThrottle(status, code)) return new Problem(`${service} takes no more requests just now (${code}). Try again in a minute.`);
	return undefined;
};

/** Throws Refusal for what was asked, Problem for all else. */
export const createSignedCall =
	({ endpoint, service, fetch, refusalOf, wait }: SignedCallDeps): SignedCall =>
	async (headers, body) => {
		for (let tried = 1; ; tried++) {
			const answer = await fetch(endpoint, { method: 'POST', headers, body });
			if (!answer) throw new Problem(`${service} does not answer (${new URL(endpoint).host}). Is the region right, and the network there?`);
			if (answer.status === 200) return answer.text;
			if (answer.status >= 500) throw new Problem(`${service} answers ${answer.status}. Try again in a minute.`);
			const refusal = refusalOf(answer);
			if (!isThrottle(answer.status, refusal.code) || tried === tries) throw problemOf(service, answer.status, refusal) ?? refusal;
			await wait(pause * 2 ** (tried - 1));
		}
	};
