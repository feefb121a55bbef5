/**
 * The claims of Cognito's tokens. Documented:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
import { createHash } from 'node:crypto';

export interface TokenFacts {
	issuer: string;
	clientId: string;
	sub: string;
	userName: string;
	scopes: readonly string[];
	/** ms since 1970: when the user signed in */
	authTime: number;
	/** one sign-in's tokens share it: revoking its refresh token revokes all of them */
	originJti: string;
	/** names this token request */
	eventId: string;
	/** ms since 1970 */
	now: number;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

const common = (facts: TokenFacts, jti: string, lifeMs: number) => ({
	sub: facts.sub,
	iss: facts.issuer,
	origin_jti: facts.originJti,
	event_id: facts.eventId,
	auth_time: seconds(facts.authTime),
	iat: seconds(facts.now),
	exp: seconds(facts.now + lifeMs),
	jti,
});

export const accessClaims = (facts: TokenFacts, jti: string, lifeMs: number): Record<string, unknown> => ({
	...common(facts, jti, lifeMs),
	token_use: 'access',
	version: 2,
	client_id: facts.clientId,
	scope: facts.scopes.join(' '),
	username: facts.userName,
});

/** @param accessToken the one that goes with it: its hash binds the two, as OpenID Connect says */
export const idClaims = (facts: TokenFacts, jti: string, lifeMs: number, accessToken: string, nonce?: string): Record<string, unknown> => ({
	...common(facts, jti, lifeMs),
	token_use: 'id',
	aud: facts.clientId,
	'cognito:username': facts.userName,
	at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
	...(nonce === undefined ? {} : { nonce }),
});
