/** The half of the machine that clients meet: codes and refresh tokens for tokens, and their revocation. */
import { createHash } from 'node:crypto';
import { accessClaims, idClaims } from './claims.ts';
import { endOf, hashOf, type Refresh, type User } from './kept.ts';
import type { PoolPorts, PoolState } from './pool.ts';
import type { ClientSettings } from './resources.ts';

export type OAuthError = 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'unsupported_token_type';

export interface TokenResponse {
	access_token: string;
	id_token?: string;
	/** absent in the answer to a refresh when the client's refresh tokens don't rotate */
	refresh_token?: string;
	token_type: 'Bearer';
	/** seconds */
	expires_in: number;
}

export type TokenAnswer = TokenResponse | { error: OAuthError };

export interface Tokens {
	/** `/oauth2/token` */
	token(form: URLSearchParams): TokenAnswer;
	/** `/oauth2/revoke`: an error, or undefined when nothing of it is good any more */
	revoke(form: URLSearchParams): OAuthError | undefined;
}

interface Subject {
	user: User;
	scopes: string[];
	originJti: string;
	authTime: number;
	nonce?: string;
}

const answersChallenge = (verifier: string | null, challenge: string | undefined): boolean =>
	challenge === undefined
		? verifier === null
		: verifier !== null && /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && createHash('sha256').update(verifier).digest('base64url') === challenge;

export const createTokens = (state: PoolState, ports: PoolPorts): Tokens => {
	const tokensFor = (client: ClientSettings, subject: Subject): TokenResponse => {
		const facts = {
			...subject,
			issuer: state.issuer,
			clientId: client.id,
			sub: subject.user.sub,
			userName: subject.user.name,
			eventId: ports.uuid(),
			now: ports.now(),
		};
		const accessToken = ports.sign(accessClaims(facts, ports.uuid(), client.accessTokenMs));
		return {
			access_token: accessToken,
			...(subject.scopes.includes('openid')
				? { id_token: ports.sign(idClaims(facts, ports.uuid(), client.idTokenMs, accessToken, subject.nonce)) }
				: {}),
			token_type: 'Bearer',
			expires_in: client.accessTokenMs / 1000,
		};
	};

	/** The user as they are now: not if disabled, or deleted since; one who came later under the same name is another. */
	const stillThere = (name: string, sub?: string): User | undefined => {
		const user = state.kept.users.get(name);
		return user && !user.disabled && (sub === undefined || user.sub === sub) ? user : undefined;
	};

	const keepRefresh = (facts: Omit<Refresh, 'hash'>): string => {
		const token = ports.secret();
		state.kept.refresh.set(hashOf(token), { ...facts, hash: hashOf(token) });
		ports.save();
		return token;
	};

	const byCode = (client: ClientSettings, form: URLSearchParams): TokenAnswer => {
		const code = form.get('code');
		const redirectUri = form.get('redirect_uri');
		if (!code || !redirectUri) return { error: 'invalid_request' };
		const grant = state.grants.get(hashOf(code));
		// Whoever shows a code has used it up, right or wrong.
		state.grants.delete(hashOf(code));
		if (!grant || grant.expires <= ports.now() || grant.clientId !== client.id || grant.redirectUri !== redirectUri)
			return { error: 'invalid_grant' };
		if (!answersChallenge(form.get('code_verifier'), grant.challenge)) return { error: 'invalid_grant' };
		if (!stillThere(grant.user.name, grant.user.sub)) return { error: 'invalid_grant' };
		const originJti = ports.uuid();
		const refresh = keepRefresh({
			clientId: client.id,
			user: grant.user.name,
			scopes: grant.scopes,
			originJti,
			authTime: grant.authTime,
			expires: ports.now() + client.refreshTokenMs,
		});
		return { ...tokensFor(client, { ...grant, originJti }), refresh_token: refresh };
	};

	const byRefresh = (client: ClientSettings, form: URLSearchParams): TokenAnswer => {
		const token = form.get('refresh_token');
		if (!token) return { error: 'invalid_request' };
		const now = ports.now();
		const kept = state.kept.refresh.get(hashOf(token));
		// its tokens go with a user who is deleted
		const user = kept && stillThere(kept.user);
		if (!kept || !user || endOf(kept) <= now || kept.clientId !== client.id) return { error: 'invalid_grant' };
		const tokens = tokensFor(client, { ...kept, user });
		if (client.rotationGraceMs === undefined) return tokens;
		// Documented: the new token ends when the first one would have. The old one stays good for the grace period, so that a lost answer can be asked for again.
		const { hash, replacedUntil = now + client.rotationGraceMs, ...facts } = kept;
		state.kept.refresh.set(hash, { ...kept, replacedUntil });
		return { ...tokens, refresh_token: keepRefresh(facts) };
	};

	return {
		token(form) {
			const clientId = form.get('client_id');
			const client = state.clients.get(clientId ?? '');
			if (!clientId) return { error: 'invalid_request' };
			if (!client) return { error: 'invalid_client' };
			const type = form.get('grant_type');
			if (type === 'authorization_code') return byCode(client, form);
			if (type === 'refresh_token') return byRefresh(client, form);
			return { error: type ? 'unsupported_grant_type' : 'invalid_request' };
		},
		revoke(form) {
			const client = state.clients.get(form.get('client_id') ?? '');
			const token = form.get('token');
			if (!token) return 'invalid_request';
			if (!client) return 'invalid_client';
			if (!client.revocation || token.split('.').length === 3) return 'unsupported_token_type';
			const kept = state.kept.refresh.get(hashOf(token));
			if (!kept) return undefined;
			if (kept.clientId !== client.id) return 'invalid_client';
			for (const [hash, one] of state.kept.refresh) if (one.originJti === kept.originJti) state.kept.refresh.delete(hash);
			ports.save();
			return undefined;
		},
	};
};
