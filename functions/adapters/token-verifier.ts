import { JwtVerifier } from 'aws-jwt-verify';
import { JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { IdTokens } from '../ports.ts';

export interface TokenVerifierDeps {
	issuer: string;
	clientId: string;
	fetch: typeof fetch;
	/** ms that the provider may take to hand out its keys */
	timeout: number;
}

/** The keys are fetched once per process, and again when a token names one that is not among them. */
export const createTokenVerifier = ({ issuer, clientId, fetch, timeout }: TokenVerifierDeps): IdTokens => {
	// The library's own fetcher takes https only, and stand-ins on one machine have none.
	const fetcher = {
		fetch: async (uri: string): Promise<ArrayBuffer> => {
			const response = await fetch(uri, { redirect: 'manual', signal: AbortSignal.timeout(timeout) });
			if (!response.ok) throw new Error(`${uri} answered ${response.status}`);
			return response.arrayBuffer();
		},
	};
	const verifier = JwtVerifier.create(
		{ issuer, audience: clientId, jwksUri: `${issuer}/.well-known/jwks.json`, graceSeconds: 60 },
		{ jwksCache: new SimpleJwksCache({ fetcher }) },
	);
	return {
		async verify(idToken) {
			try {
				const { nonce, token_use: use } = await verifier.verify(idToken);
				return use === 'id' ? { nonce: typeof nonce === 'string' ? nonce : undefined } : undefined;
			} catch (error) {
				if (error instanceof JwtBaseError) return undefined;
				throw error;
			}
		},
	};
};
