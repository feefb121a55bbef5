/** A pool with one client as the product has it, and the moves of a browser and of the control plane. */
import { createHash } from 'node:crypto';
import type { AwsResponse, OpenRequest } from '../../../local/stand-in.ts';
import { createUserPool, type UserPoolStandIn } from '../../../local/user-pool/user-pool.ts';
import { resource, type StillWorld } from '../../support/world.ts';

export const callback = 'http://localhost:8080/api/auth/callback';
export const home = 'http://localhost:8080/';
export const verifier = 'v'.repeat(43);
export const challenge = createHash('sha256').update(verifier).digest('base64url');

export const clientProperties = {
	UserPoolId: '',
	ClientName: 'page',
	GenerateSecret: false,
	AllowedOAuthFlowsUserPoolClient: true,
	AllowedOAuthFlows: ['code'],
	AllowedOAuthScopes: ['openid', 'profile'],
	CallbackURLs: [callback],
	LogoutURLs: [home],
	SupportedIdentityProviders: ['COGNITO'],
	AccessTokenValidity: 10,
	IdTokenValidity: 10,
	RefreshTokenValidity: 43_200,
	TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
	RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 },
};

export interface Site {
	standIn: UserPoolStandIn;
	poolId: string;
	clientId: string;
	issuer: string;
	/** cookies of the one browser, by name */
	cookies: Map<string, string>;
	/** one request of the browser; paths below the domain, or whole addresses of it */
	get(address: string): Promise<AwsResponse>;
	post(address: string, form: Record<string, string>): Promise<AwsResponse>;
	/** query of an authorize request that is right but for what is given; null leaves a parameter out */
	query(changes?: Record<string, string | null>): string;
	/** signs the browser in and gives the code */
	code(name?: string, changes?: Record<string, string | null>): Promise<string>;
	/** what the control plane asks; the parsed answer */
	token(form: Record<string, string>): Promise<{ status: number; body: Record<string, string> }>;
	exchange(code: string): ReturnType<Site['token']>;
	refresh(token: string): ReturnType<Site['token']>;
}

export const location = (answer: AwsResponse): URL => new URL(answer.headers?.location ?? 'nowhere:');
export const claimsOf = (jwt: string | undefined): Record<string, unknown> =>
	JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString());

export const createSite = async (world: StillWorld, properties: Record<string, unknown> = {}): Promise<Site> => {
	const standIn = createUserPool(world);
	const pool = await standIn.create(resource('AWS::Cognito::UserPool', 'Users', { UserPoolName: 'users' }));
	const client = await standIn.create(resource('AWS::Cognito::UserPoolClient', 'Page', { ...clientProperties, UserPoolId: pool.ref, ...properties }));
	await standIn.create(resource('AWS::Cognito::UserPoolDomain', 'Domain', { UserPoolId: pool.ref, Domain: 'p', ManagedLoginVersion: 2 }));
	const cookies = new Map<string, string>();
	const base = `${world.pageBase}/_sign-in/p`;

	const send = async (method: string, address: string, headers: Record<string, string>, body = ''): Promise<AwsResponse> => {
		const url = new URL(address.startsWith('/') ? `${base}${address}` : address);
		const request: OpenRequest = {
			method,
			path: url.pathname.replace('/_sign-in', ''),
			query: url.searchParams,
			headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...headers },
			body: Buffer.from(body),
		};
		const answer = await standIn.pages(request);
		const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(answer.headers?.['set-cookie'] ?? '') ?? [];
		if (name) cookies.set(name, value);
		return answer;
	};
	const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };
	const site: Site = {
		standIn,
		poolId: pool.ref,
		clientId: client.ref,
		issuer: `${world.endpointBase}/cognito-idp/${pool.ref}`,
		cookies,
		get: (address) => send('GET', address, {}),
		post: (address, form) => send('POST', address, formHeaders, new URLSearchParams(form).toString()),
		query(changes = {}) {
			const all: Record<string, string | null> = {
				response_type: 'code',
				client_id: client.ref,
				redirect_uri: callback,
				scope: 'openid profile',
				state: 'st',
				nonce: 'no',
				code_challenge: challenge,
				code_challenge_method: 'S256',
				...changes,
			};
			return new URLSearchParams(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))).toString();
		},
		async code(name = 'ada', changes = {}) {
			const login = await site.get(location(await site.get(`/oauth2/authorize?${site.query(changes)}`)).href);
			const [, form = ''] = /name="form" value="([^"]+)"/.exec(String(login.body)) ?? [];
			const done = await site.post(`/login?${site.query(changes)}`, { form, username: name });
			return location(await site.get(location(done).href)).searchParams.get('code') ?? '';
		},
		async token(form) {
			const answer = await site.post('/oauth2/token', form);
			return { status: answer.status, body: JSON.parse(String(answer.body)) };
		},
		exchange: (code) =>
			site.token({ grant_type: 'authorization_code', client_id: client.ref, redirect_uri: callback, code, code_verifier: verifier }),
		refresh: (token) => site.token({ grant_type: 'refresh_token', client_id: client.ref, refresh_token: token }),
	};
	return site;
};
