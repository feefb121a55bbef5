/**
 * The JWT authorizer's decision. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 * documented: RSA signatures only; kid, iss, aud or client_id, exp, nbf, iat, one of the route's scopes.
 */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

export interface JwtRule {
	issuer: string;
	audience: readonly string[];
	/** at least one must be in the token's scope; none: any token will do */
	scopes: readonly string[];
}

export type JwtVerdict =
	| { kind: 'allowed'; claims: Record<string, string>; scopes: string[] | null }
	| { kind: 'unknown-key'; kid: string }
	| { kind: 'unauthorized'; why: string }
	| { kind: 'forbidden'; why: string };

const algorithms: Record<string, string> = { RS256: 'RSA-SHA256', RS384: 'RSA-SHA384', RS512: 'RSA-SHA512' };

const decode = (part: string | undefined): Record<string, unknown> | undefined => {
	try {
		const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
};

/** measured by many: claims arrive as text, lists in brackets */
const claimText = (value: unknown): string =>
	Array.isArray(value) ? `[${value.map(claimText).join(' ')}]` : typeof value === 'object' ? JSON.stringify(value) : String(value);

export const parseKeys = (jwks: unknown): Map<string, KeyObject> => {
	const keys = new Map<string, KeyObject>();
	const list = (jwks as { keys?: unknown }).keys;
	for (const one of Array.isArray(list) ? (list as (JsonWebKey & { kid?: string })[]) : [])
		if (one.kty === 'RSA' && one.kid) keys.set(one.kid, createPublicKey({ key: one, format: 'jwk' }));
	return keys;
};

/** @param now ms since 1970 */
export const judgeToken = (token: string | undefined, rule: JwtRule, keys: ReadonlyMap<string, KeyObject>, now: number): JwtVerdict => {
	const unauthorized = (why: string): JwtVerdict => ({ kind: 'unauthorized', why });
	if (!token) return unauthorized('there is no token');
	const [head, body, signature, ...rest] = token.replace(/^Bearer\s+/i, '').split('.');
	const [header, claims] = [decode(head), decode(body)];
	if (!header || !claims || !signature || rest.length) return unauthorized('the token is malformed');
	const algorithm = algorithms[String(header.alg)];
	if (!algorithm) return unauthorized('the token is signed by an algorithm that is not allowed');
	const key = keys.get(String(header.kid));
	if (!key) return { kind: 'unknown-key', kid: String(header.kid) };
	const signed = Buffer.from(signature, 'base64url');
	// The decoder forgives other letters, and what is behind the end; a signature has one form only.
	if (signed.toString('base64url') !== signature) return unauthorized('the signature is malformed');
	if (!verify(algorithm, Buffer.from(`${head}.${body}`), key, signed)) return unauthorized('the signature is wrong');
	const seconds = Math.floor(now / 1000);
	if (claims.iss !== rule.issuer) return unauthorized('the issuer is another');
	const audience = claims.aud === undefined ? [claims.client_id] : [claims.aud].flat();
	if (!audience.some((one) => rule.audience.includes(String(one)))) return unauthorized('the audience is another');
	if (typeof claims.exp !== 'number' || claims.exp <= seconds) return unauthorized('the token has expired');
	if (claims.nbf !== undefined && !(Number(claims.nbf) <= seconds)) return unauthorized('the token is not good yet');
	if (claims.iat !== undefined && !(Number(claims.iat) <= seconds)) return unauthorized('the token is from the future');
	const scopes = String(claims.scope ?? claims.scp ?? '')
		.split(' ')
		.filter(Boolean);
	if (rule.scopes.length && !rule.scopes.some((one) => scopes.includes(one))) return { kind: 'forbidden', why: 'the scope is not enough' };
	return {
		kind: 'allowed',
		claims: Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)])),
		scopes: rule.scopes.length ? scopes : null,
	};
};
