/** The documents that tell others how to check this pool's tokens. */

export interface IssuerFacts {
	issuer: string;
	/** of the domain's pages; empty if the pool has no domain */
	base: string;
	jwks: unknown;
}

/** The document at this path below the issuer, or undefined. */
export const issuerDocument = (path: string, { issuer, base, jwks }: IssuerFacts): unknown => {
	if (path === '/.well-known/jwks.json') return jwks;
	if (path !== '/.well-known/openid-configuration') return undefined;
	return {
		issuer,
		jwks_uri: `${issuer}/.well-known/jwks.json`,
		authorization_endpoint: `${base}/oauth2/authorize`,
		token_endpoint: `${base}/oauth2/token`,
		revocation_endpoint: `${base}/oauth2/revoke`,
		end_session_endpoint: `${base}/logout`,
		id_token_signing_alg_values_supported: ['RS256'],
		response_types_supported: ['code'],
		scopes_supported: ['openid', 'email', 'phone', 'profile'],
		subject_types_supported: ['public'],
		token_endpoint_auth_methods_supported: ['none'],
		code_challenge_methods_supported: ['S256'],
	};
};
