import { AwsV4Signer } from 'aws4fetch';
import type { Credentials } from './credentials.ts';
import type { Answer, Ask } from './http.ts';

export interface SignedPostDeps {
	/** base of the HTTP API */
	api: string;
	region: string;
	credentials: () => Promise<Credentials>;
	ask: Ask;
}

/** Posts JSON to a path of the HTTP API, signed with the task's role. Throws when there are no credentials or no answer. */
export const createSignedPost =
	({ api, region, credentials, ask }: SignedPostDeps) =>
	async (path: string, body: string): Promise<Answer> => {
		const headers = { 'content-type': 'application/json' };
		const url = `${api}${path}`;
		const signed = await new AwsV4Signer({ method: 'POST', url, service: 'execute-api', region, headers, body, ...(await credentials()) }).sign();
		return ask({ method: 'POST', url: signed.url.href, headers: Object.fromEntries(signed.headers), body });
	};
export type SignedPost = ReturnType<typeof createSignedPost>;
